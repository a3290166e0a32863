import type { JsonSchema, Pipeline, PipelineInput, PipelineOutput } from '@millrace/core'
import { holdsCode, inputsSchema, listNames } from '@millrace/core/component'
import { drawPipeline } from '@millrace/drawing'
import type { CatalogEntry } from '../catalog/catalog.ts'
import { ServeError } from '../errors.ts'
import type { App, Service } from '../http/context.ts'

/** `GET /pipelines`, `/pipelines/NAME`, `/pipelines/NAME/drawing.svg` and `.mmd`. */
export function addDescriptions(app: App, { catalog }: Service): void {
  app.get('/pipelines', (c) => c.json({ pipelines: catalog.list().map(entrySummary) }))
  app.get('/pipelines/:name', (c) => c.json(describeEntry(catalog.find(c.req.param('name')))))
  app.get('/pipelines/:name/:drawing{drawing\\..+}', (c) => {
    const pipeline = catalog.use(c.req.param('name'))
    const format = drawings.find(({ file }) => file === c.req.param('drawing'))
    if (format === undefined) {
      const message = `A pipeline is drawn as ${listNames(drawings.map(({ file }) => file))}.`
      throw new ServeError('SERVE_NOT_FOUND', message)
    }
    return c.body(drawPipeline(pipeline, { format: format.format }), 200, {
      'content-type': format.type,
      // What opens the picture alone runs nothing in it.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    })
  })
}

/** The formats of drawings. */
export const drawings = [
  { file: 'drawing.svg', format: 'svg', type: 'image/svg+xml' },
  { file: 'drawing.mmd', format: 'mermaid', type: 'text/plain; charset=utf-8' },
  { file: 'drawing.txt', format: 'text', type: 'text/plain; charset=utf-8' },
] as const

/** An entry as it is listed. */
function entrySummary({ name, title, description, file, state, findings }: CatalogEntry): object {
  return { name, title, description, file, state, findings }
}

/** An entry with its inputs, outputs, graph, and the schema of the body that runs it. */
export function describeEntry(entry: CatalogEntry): object {
  const { pipeline } = entry
  if (pipeline === undefined) return entrySummary(entry)
  return {
    ...entrySummary(entry),
    inputs: dataInputs(pipeline).map(({ type: _, ...input }) => input),
    outputs: pipeline.outputs().map(({ type: _, ...output }) => output),
    schema: bodySchema(pipeline),
    graph: graphOf(pipeline),
  }
}

function graphOf(pipeline: Pipeline): object {
  return {
    components: pipeline.names().map((name) => {
      const component = pipeline.get(name)
      const { type, description } = component.constructor as {
        readonly type?: string
        readonly description?: string
      }
      return {
        name,
        type,
        description,
        inputs: Object.keys(component.inputs),
        outputs: Object.keys(component.outputs),
      }
    }),
    connections: pipeline.connections(),
  }
}

/** Those that a request can give: a function, such as what takes chunks, has no JSON. */
function dataInputs(pipeline: Pipeline): PipelineInput[] {
  return pipeline.inputs().filter(({ type, mandatory }) => mandatory || !holdsCode(type))
}

/** The body that runs a pipeline: its inputs by name. */
export function bodySchema(pipeline: Pipeline): JsonSchema {
  return inputsSchema(dataInputs(pipeline))
}

/** What a run of a pipeline gives: by its own names, else by component. Which of them is there, the run decides. */
export function outputsSchema(pipeline: Pipeline): object {
  const named = new Set(Object.keys(pipeline.options.outputs ?? {}))
  const outputs = pipeline.outputs()
  if (named.size > 0)
    return objectOf(outputs.filter(({ name }) => named.has(name)).map((output) => [output.name, output]))
  const components = new Map<string, [string, PipelineOutput][]>()
  for (const output of outputs) {
    const own = components.get(output.component) ?? []
    own.push([output.socket, output])
    components.set(output.component, own)
  }
  return {
    type: 'object',
    properties: Object.fromEntries([...components].map(([name, own]) => [name, objectOf(own)])),
  }
}

function objectOf(outputs: readonly (readonly [string, PipelineOutput])[]): object {
  return {
    type: 'object',
    properties: Object.fromEntries(
      outputs.map(([name, { schema, description }]) => [
        name,
        { ...schema, ...(description === undefined ? {} : { description }) },
      ]),
    ),
  }
}
