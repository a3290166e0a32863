import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { genAi, millrace } from '../conventions.ts'
import { asNumber, asString, asValues, type Values } from './values.ts'

/** Where the conventions have a word of their own. A reply that was cut off by an abort ended abnormally: `error`. */
const finishReasons: ReadonlyMap<string, string> = new Map([
  ['toolCalls', 'tool_call'],
  ['contentFilter', 'content_filter'],
  ['aborted', 'error'],
])

/** What a model answered, by the meta of its replies. The usage is that of the whole request. */
export function responseAttributes(replyMetas: readonly Values[]): Attributes {
  const [meta = {}] = replyMetas
  const usage = asValues(meta['usage'])
  const timings = asValues(meta['timings'])
  return present({
    [genAi.responseModel]: asString(meta['model']),
    [genAi.responseId]: asString(meta['responseId']),
    [genAi.responseFinishReasons]: finishReasonsOf(replyMetas),
    [genAi.inputTokens]: asNumber(usage['promptTokens']),
    [genAi.outputTokens]: asNumber(usage['completionTokens']),
    [genAi.cachedInputTokens]: asNumber(usage['cachedTokens']),
    [millrace.engine]: asString(meta['engine']),
    [millrace.promptMs]: asNumber(timings['promptMs']),
    [millrace.predictedMs]: asNumber(timings['predictedMs']),
    [millrace.queueMs]: asNumber(timings['queueMs']),
    [millrace.tokensPerSecond]: asNumber(timings['tokensPerSecond']),
  })
}

/** One for each reply; none at all when no reply gives a reason. */
function finishReasonsOf(replyMetas: readonly Values[]): string[] | undefined {
  const reasons = replyMetas.map((meta) => asString(meta['finishReason']))
  if (reasons.every((reason) => reason === undefined)) return undefined
  return reasons.map((reason = 'aborted') => finishReasons.get(reason) ?? reason)
}

/** The attributes that have a value. */
function present(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
