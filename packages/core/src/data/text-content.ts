import type { JsonObject } from '../json.ts'
import { checkObject, checkOneOf, checkString } from './check.ts'
import { type Guards, guards } from './guards.ts'

/** A piece of text in a message; it may be empty. */
export type TextContent = {
  readonly type: 'text'
  readonly text: string
}

/** JSON Schema 2020-12 of a `TextContent`. */
export const textContentSchema: JsonObject = {
  title: 'TextContent',
  type: 'object',
  properties: { type: { const: 'text' }, text: { type: 'string' } },
  required: ['type', 'text'],
  additionalProperties: false,
}

export const checkTextContent = checkObject({ type: checkOneOf(['text']), text: checkString })

const textGuards: Guards<TextContent> = guards('text part', 'DATA_INVALID_MESSAGE', checkTextContent)

export const TextContent = {
  ...textGuards,

  /** @throws DataError DATA_INVALID_MESSAGE when `text` is not a string. */
  create(text: string): TextContent {
    return textGuards.validate({ type: 'text', text })
  },
}
