import type { Attributes } from '@opentelemetry/api'
import { genAi } from '../conventions.ts'
import { asNumber, asString, asValues, type Values } from './values.ts'

/** Numbers that mean the same in `generationKwargs` and in the conventions. */
const numbers: Readonly<Record<string, string>> = {
  temperature: genAi.requestTemperature,
  topP: genAi.requestTopP,
  topK: genAi.requestTopK,
  seed: genAi.requestSeed,
  frequencyPenalty: genAi.requestFrequencyPenalty,
  presencePenalty: genAi.requestPresencePenalty,
}

/** What a request asked for: the `generationKwargs` of the component, and over them, key by key, those of the run. */
export function requestAttributes(initParameters: Values, inputs: Values): Attributes {
  const run = asValues(inputs['generationKwargs'])
  const init = asValues(initParameters['generationKwargs'])
  const option = (name: string) => (run[name] === undefined ? init[name] : run[name])
  const attributes: Attributes = {}
  for (const [name, attribute] of Object.entries(numbers)) {
    const value = asNumber(option(name))
    if (value !== undefined) attributes[attribute] = value
  }
  const maxTokens = asNumber(option('maxTokens'))
  // Below 1 it sets no limit.
  if (maxTokens !== undefined && maxTokens >= 1) attributes[genAi.requestMaxTokens] = maxTokens
  const stop = stopSequences(option('stop'))
  if (stop.length > 0) attributes[genAi.requestStopSequences] = stop
  const outputType = outputTypeOf(option('responseFormat'))
  if (outputType !== undefined) attributes[genAi.outputType] = outputType
  return attributes
}

function stopSequences(stop: unknown): string[] {
  const list: unknown[] = Array.isArray(stop) ? stop : [stop]
  return list.filter((text) => typeof text === 'string')
}

function outputTypeOf(responseFormat: unknown): string | undefined {
  const { type } = asValues(responseFormat)
  if (type === 'text') return 'text'
  return type === 'jsonObject' || type === 'jsonSchema' ? 'json' : undefined
}

/**
 * The model that the parameters of a generator ask for. Of a file or an address only the last part: where models
 * lie would make a new name on every machine, and an address may hold a key.
 */
export function requestedModel(initParameters: Values): string | undefined {
  const { modelPath } = asValues(initParameters['modelKwargs'])
  const model = asString(modelPath) ?? asString(initParameters['model'])
  // The value of a variable is not for others to see.
  if (model === undefined || model.includes('${')) return undefined
  if (/^(https?|file):/.test(model)) {
    return URL.canParse(model) ? lastPart(new URL(model).pathname) : undefined
  }
  return isPath(model) ? lastPart(model) : model
}

/** `hf:user/model` and `npm:package/file.gguf` are names, and so is `user/model` of a service. */
function isPath(model: string): boolean {
  if (/^(hf|npm):/.test(model)) return false
  return /^(\.{0,2}|~|[A-Za-z]:)[\\/]/.test(model) || model.endsWith('.gguf')
}

function lastPart(path: string): string | undefined {
  return asString(path.replace(/^.*[\\/]/, ''))
}
