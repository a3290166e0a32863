import type { Tool } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import { type Option, seedOf } from './options.ts'
import type { Source, TextModel } from './served-models.ts'

/** What a request gives to a model beside the conversation or the text. */
export interface Asked {
  readonly options: readonly Option[]
  readonly tools: readonly Tool[]
}

/**
 * The inputs of the run for one answer, by the names and paths of the pipeline.
 *
 * @param prompt the conversation, or the text
 * @param index of the answer, where several are asked for
 * @throws ServeError `SERVE_UNSUPPORTED` for what the pipeline has no open input for
 */
export function inputsOf(
  { input, sources, isDirect }: TextModel,
  prompt: unknown,
  { options, tools }: Asked,
  index: number,
): Readonly<Record<string, unknown>> {
  const inputs: Record<string, unknown> = { [input]: prompt }
  const supported = options.filter((option) => takes(sources, option))
  if (supported.length > 0) {
    const given = supported.map(({ name, value }) => [name, name === 'seed' ? seedOf(value, index) : value])
    for (const { options } of sources) if (options) inputs[options.path] = Object.fromEntries(given)
  }
  if (tools.length === 0) return inputs
  const socket = sources[0]?.tools
  if (!isDirect || socket === undefined) {
    const message =
      "'tools' cannot be given to this model: its pipeline does not pass the calls of a reply on to the client. Leave them out, or serve a pipeline whose output 'replies' is that of a generator."
    throw new ServeError('SERVE_UNSUPPORTED', message, { param: 'tools' })
  }
  inputs[socket.path] = tools
  return inputs
}

/** Whether all generators of the model take an option. One that is a hint need not be taken. */
function takes(sources: readonly Source[], { name, field, isHint = false }: Option): boolean {
  const lacking = sources.find(({ options }) => !hasField(options, name))
  if (sources.length > 0 && lacking === undefined) return true
  if (isHint) return false
  throw new ServeError('SERVE_UNSUPPORTED', refusal(field, name, lacking), { param: field })
}

function refusal(field: string, name: string, lacking: Source | undefined): string {
  if (lacking === undefined) {
    return `'${field}' cannot be given to this model: no generator with an input 'generationKwargs' writes its answers.`
  }
  const { component, options } = lacking
  if (options === undefined) {
    return `'${field}' cannot be given to this model: the input '${component}.generationKwargs' of its pipeline is not open. Where '${component}' is a pipeline in the pipeline, name it there: inputs: { generationKwargs: [llm.generationKwargs] }.`
  }
  const { type } = options
  const known = type.kind === 'object' ? ` It takes ${listNames(Object.keys(type.fields))}.` : ''
  return `'${field}' cannot be given to this model: '${options.path}' of its pipeline has no '${name}'.${known}`
}

function hasField(options: Source['options'], name: string): boolean {
  if (options === undefined) return false
  return options.type.kind !== 'object' || Object.hasOwn(options.type.fields, name)
}
