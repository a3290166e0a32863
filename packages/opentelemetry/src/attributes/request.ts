import type { Attributes } from '@opentelemetry/api'
import { genAi } from '../conventions.ts'
import { asNumber, asValues, type Values } from './values.ts'

/** Numbers that mean the same in `generationKwargs` and in the conventions. */
const numbers: Readonly<Record<string, string>> = {
  temperature: genAi.requestTemperature,
  topP: genAi.requestTopP,
  topK: genAi.requestTopK,
  seed: genAi.requestSeed,
  frequencyPenalty: genAi.requestFrequencyPenalty,
  presencePenalty: genAi.requestPresencePenalty,
}

/** What a request asked for, by its options. */
export function requestAttributes(options: Values = {}): Attributes {
  const attributes: Attributes = {}
  for (const [name, attribute] of Object.entries(numbers)) {
    const value = asNumber(options[name])
    if (value !== undefined) attributes[attribute] = value
  }
  const maxTokens = asNumber(options['maxTokens'])
  // Below 1 it sets no limit.
  if (maxTokens !== undefined && maxTokens >= 1) attributes[genAi.requestMaxTokens] = maxTokens
  const stop = stopSequences(options['stop'])
  if (stop.length > 0) attributes[genAi.requestStopSequences] = stop
  const outputType = outputTypeOf(options['responseFormat'])
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
