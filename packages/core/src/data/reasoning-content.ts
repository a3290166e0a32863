import type { JsonObject } from '../json.ts'
import { checkObject, checkOneOf, checkString } from './check.ts'
import { type Guards, guards } from './guards.ts'

/** What a model thought before it answered. It is not part of the answer. */
export type ReasoningContent = {
  readonly type: 'reasoning'
  readonly text: string
}

/** JSON Schema 2020-12 of a `ReasoningContent`. */
export const reasoningContentSchema: JsonObject = {
  title: 'ReasoningContent',
  type: 'object',
  properties: { type: { const: 'reasoning' }, text: { type: 'string' } },
  required: ['type', 'text'],
  additionalProperties: false,
}

export const checkReasoningContent = checkObject({ type: checkOneOf(['reasoning']), text: checkString })

const reasoningGuards: Guards<ReasoningContent> = guards(
  'reasoning part',
  'DATA_INVALID_MESSAGE',
  checkReasoningContent,
)

export const ReasoningContent = {
  ...reasoningGuards,

  /** @throws DataError DATA_INVALID_MESSAGE when `text` is not a string. */
  create(text: string): ReasoningContent {
    return reasoningGuards.validate({ type: 'reasoning', text })
  },
}
