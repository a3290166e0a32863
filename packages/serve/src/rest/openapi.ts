import type { CatalogEntry } from '../catalog/catalog.ts'
import { isPipelineFile } from '../catalog/sources.ts'
import type { App, Service } from '../http/context.ts'
import { bodySchema, drawings, outputsSchema } from './describe-pipeline.ts'
import { openAIPaths } from './openai-paths.ts'
import {
  ASKED,
  answer,
  anyObject,
  body,
  errorSchema,
  errors,
  type Json,
  objectOf,
  orEvents,
  pausedSchema,
  RUN,
  ref,
  runSchema,
  SENT,
  textAnswer,
} from './openapi-parts.ts'
import { statePaths } from './state-paths.ts'

/** `GET /openapi.json`: all addresses, with the inputs and outputs of each pipeline, in OpenAPI 3.1. */
export function addOpenApi(app: App, { catalog }: Service): void {
  app.get('/openapi.json', (c) => c.json(openApi(catalog.list(), catalog.isEditable)))
}

/** The names that parts of messages and documents have in schemas: each is said once. */
const NAMED = /^[A-Z][A-Za-z0-9]{2,40}$/

function openApi(entries: readonly CatalogEntry[], isEditable: boolean): object {
  const schemas: Record<string, unknown> = { Error: errorSchema }
  const share = (schema: unknown): unknown => shared(schema, schemas)
  const paths = entries.map((entry) => ({
    ...pipelinePaths(entry, share),
    ...(entry.file !== undefined && isPipelineFile(entry.file) ? filePaths(entry.name, isEditable) : {}),
  }))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Millrace',
      version: '1',
      description:
        'Pipelines with local language models. What is under /v1 is there without it, too; /mcp is for MCP clients.',
    },
    security: [{}, { bearer: [] }],
    paths: Object.assign({}, statePaths, openAIPaths, ...paths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: { Error: answer('An error', ref('Error')) },
      schemas,
    },
  }
}

function pipelinePaths(
  { name, title, description, pipeline }: CatalogEntry,
  share: (schema: unknown) => unknown,
): Json {
  const get = {
    operationId: `describe_${name}`,
    summary: `The inputs, outputs and graph of ${title ?? name}`,
    responses: { 200: answer('The pipeline', anyObject), ...errors(...ASKED, 404) },
  }
  if (pipeline === undefined) return { [`/pipelines/${name}`]: { get } }
  const post = {
    operationId: `run_${name}`,
    summary: title ?? name,
    description,
    requestBody: body(share(bodySchema(pipeline))),
    responses: {
      200: orEvents(
        answer(
          'What the run gave; with `Accept: text/event-stream` its events.',
          runSchema(share(outputsSchema(pipeline))),
        ),
      ),
      202: answer('The run is paused, and asks questions', pausedSchema),
      ...errors(...ASKED, ...RUN),
    },
  }
  const drawn = drawings.map(({ file, format, type }) => {
    const [mime = type] = type.split(';')
    const responses = { 200: textAnswer('The drawing', mime), ...errors(...ASKED, 404, 503) }
    return [`/pipelines/${name}/${file}`, { get: { operationId: `draw_${name}_${format}`, responses } }]
  })
  return { [`/pipelines/${name}`]: { get, post }, ...Object.fromEntries(drawn) }
}

function filePaths(name: string, isEditable: boolean): Json {
  const text = { type: 'string' }
  const file = answer('The text of the file, and its version', anyObject)
  const get = {
    operationId: `read_${name}`,
    responses: { 200: file, ...errors(...ASKED, 404) },
  }
  if (!isEditable) return { [`/pipelines/${name}/file`]: { get } }
  const put = {
    operationId: `write_${name}`,
    requestBody: body(objectOf({ text, version: text })),
    responses: { 200: file, ...errors(...ASKED, 404, 409, ...SENT) },
  }
  const draft = {
    operationId: `draft_${name}`,
    requestBody: body(objectOf({ text })),
    responses: {
      200: answer('The text as a pipeline to try, under its name', anyObject),
      ...errors(...ASKED, 404, ...SENT),
    },
  }
  return { [`/pipelines/${name}/file`]: { get, put }, [`/pipelines/${name}/draft`]: { put: draft } }
}

/** Puts what has a name into the list of schemas, once, and a reference in its place. */
function shared(schema: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(schema)) return schema.map((item) => shared(item, schemas))
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, isData(key) ? value : shared(value, schemas)]),
  )
  const { title, description, default: fallback, ...rest } = inner
  if (typeof title !== 'string' || !NAMED.test(title)) return inner
  const whole = { title, ...rest }
  const known = schemas[title]
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(whole)) return inner
  schemas[title] = whole
  return {
    ...ref(title),
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
  }
}

/** Under these keys are values, not schemas. */
function isData(key: string): boolean {
  return key === 'default' || key === 'enum' || key === 'const' || key === 'examples'
}
