import {
  type CheckContext,
  type Finding,
  type ParametersOf,
  type Pipeline,
  PipelineComponent,
  type Sockets,
  t,
} from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { ComponentRunner, runnerParameters } from './component-runner.ts'

const end = t.string()

/**
 * A pipeline as a tool: Haystack's class of this name. The model gives its inputs as arguments, and reads its outputs.
 *
 * Without mappings these are the inputs and outputs that the pipeline names, or all that are open. What `ComponentTool` says of
 * arguments, results, loading and pauses holds here, too.
 *
 * @throws ComponentsError `TOOL_COMPONENT_INVALID`; ToolError `TOOL_INVALID` for a bad name; DefinitionError `CONNECT_…` and
 * `PIPELINE_INVALID_NAME` for mappings that lead nowhere
 * @example
 * const ask = new PipelineTool({
 *   pipeline: retrieval,
 *   name: 'search_notes',
 *   description: 'Find notes that answer a question.',
 *   inputMapping: { question: ['embedder.text', 'prompt.question'] },
 *   outputMapping: { 'llm.replies': 'answer' },
 * })
 */
export class PipelineTool extends ComponentRunner {
  static readonly type = 'PipelineTool'
  static readonly description = 'A pipeline as a tool.'
  static readonly parameters = t.object({
    /** What runs. In a file: { file }, the path of another file, or { definition }. */
    pipeline: t.pipeline({
      description: 'What runs. In a file: { file }, the path of another file, or { definition }.',
    }),
    /** What the model calls it by. */
    name: t.string({ description: 'What the model calls it by.' }),
    /** What the model reads to decide when to call it. */
    description: t.string({ description: 'What the model reads to decide when to call it.' }),
    /** The arguments, each with the inputs inside that it goes to: question: [prompt.question]. */
    inputMapping: t.optional(t.record(t.union(end, t.array(end))), {
      description: 'The arguments, each with the inputs inside that it goes to: question: [prompt.question].',
    }),
    /** The outputs inside that the model reads, each with its name: llm.replies: answer. */
    outputMapping: t.optional(t.record(t.string()), {
      description: 'The outputs inside that the model reads, each with its name: llm.replies: answer.',
    }),
    ...runnerParameters,
  })
  readonly initParameters: ParametersOf<typeof PipelineTool>

  constructor(given: ParametersOf<typeof PipelineTool>) {
    const parameters = readParameters(PipelineTool, given)
    const { pipeline, inputMapping, outputMapping, ...others } = parameters
    const inner = new PipelineComponent(pipeline, {
      ...(inputMapping && { inputs: asLists(inputMapping) }),
      ...(outputMapping && { outputs: outputMapping }),
    })
    const sockets = withDefaults(inner.inputs, pipeline, inputMapping)
    super({ ...others, sockets, outputs: inner.outputs, connect: () => inner })
    this.initParameters = parameters
  }

  /** What its pipeline finds; where it stands in a file, with the place. */
  async check(context?: CheckContext): Promise<Finding[]> {
    const findings = await this.inner.check(context)
    return findings.map(({ option: _, resource: __, ...finding }) => ({ ...finding, option: 'pipeline' }))
  }
}

/** With the default of the input inside, where an argument goes to one alone. */
function withDefaults(
  sockets: Sockets,
  pipeline: Pipeline,
  mapping: ParametersOf<typeof PipelineTool>['inputMapping'],
): Sockets {
  const open = new Map(
    pipeline.inputs().map((input) => [mapping ? `${input.component}.${input.socket}` : input.name, input]),
  )
  const complete = Object.entries(sockets).map(([name, socket]) => {
    const [end = name, ...others] = mapping === undefined ? [name] : [mapping[name] ?? []].flat()
    const value = others.length > 0 ? undefined : open.get(end)?.default
    return [name, value === undefined ? socket : { ...socket, default: value }]
  })
  return Object.fromEntries(complete)
}

function asLists(mapping: NonNullable<ParametersOf<typeof PipelineTool>['inputMapping']>) {
  return Object.fromEntries(
    Object.entries(mapping).map(([name, ends]) => [name, typeof ends === 'string' ? [ends] : ends]),
  )
}
