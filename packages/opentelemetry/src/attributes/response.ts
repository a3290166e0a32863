import type { ModelCall } from '@millrace/core'
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { genAi, millrace } from '../conventions.ts'

/** Where the conventions have a word of their own. A reply that was cut off by an abort ended abnormally: `error`. */
const finishReasons: ReadonlyMap<string, string> = new Map([
  ['toolCalls', 'tool_call'],
  ['contentFilter', 'content_filter'],
  ['aborted', 'error'],
])

/** A finish reason in the words of the conventions. */
export function finishReasonOf(reason: string): string {
  return finishReasons.get(reason) ?? reason
}

/** What a model answered. A call that failed has only what it says all the same, such as its usage. */
export function responseAttributes(call: ModelCall): Attributes {
  const { usage, timings = {}, finishReason, error, warnings = [] } = call
  const model = call.responseModel ?? (error === undefined ? call.model : undefined)
  return present({
    [genAi.responseModel]: model,
    [genAi.responseId]: call.responseId,
    [genAi.responseFinishReasons]: finishReason === undefined ? undefined : [finishReasonOf(finishReason)],
    [genAi.inputTokens]: usage?.promptTokens,
    [genAi.outputTokens]: usage?.completionTokens,
    [genAi.cachedInputTokens]: usage?.cachedTokens,
    [millrace.engine]: call.engine,
    [millrace.warnings]: warnings.length === 0 ? undefined : warnings.map(({ code }) => code),
    [millrace.promptMs]: timings.promptMs,
    [millrace.predictedMs]: timings.predictedMs,
    [millrace.queueMs]: timings.queueMs,
    [millrace.tokensPerSecond]: timings.tokensPerSecond,
  })
}

/** The attributes that have a value. */
export function present(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined))
}
