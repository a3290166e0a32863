import { isJsonObject, type JsonObject } from '../json.ts'
import { checkJsonObject, checkObject, checkOneOf, checkString } from './check.ts'
import { defined } from './defined.ts'
import { type Guards, guards } from './guards.ts'

/** A model's request to run a tool. */
export type ToolCall = {
  readonly type: 'toolCall'
  /** Ties the result to the call. Hosted models need it; not every local one gives it. */
  readonly id?: string
  /** Empty where only the id of the call is known, as in a tool message that came from OpenAI's format. */
  readonly name: string
  readonly arguments: JsonObject
}

export interface ToolCallFields {
  readonly id?: string | undefined
  readonly name: string
  /** @defaultValue `{}` */
  readonly arguments?: JsonObject | undefined
}

/** JSON Schema 2020-12 of a `ToolCall`. */
export const toolCallSchema: JsonObject = {
  title: 'ToolCall',
  type: 'object',
  properties: {
    type: { const: 'toolCall' },
    id: { type: 'string' },
    name: { type: 'string' },
    arguments: { type: 'object' },
  },
  required: ['type', 'name', 'arguments'],
  additionalProperties: false,
}

export const checkToolCall = checkObject(
  { type: checkOneOf(['toolCall']), name: checkString, arguments: checkJsonObject },
  { id: checkString },
)

const toolCallGuards: Guards<ToolCall> = guards('tool call', 'DATA_INVALID_MESSAGE', checkToolCall)

export const ToolCall = {
  ...toolCallGuards,

  /** @throws DataError DATA_INVALID_MESSAGE */
  create(fields: ToolCallFields): ToolCall {
    const { id, name } = fields
    return toolCallGuards.validate({
      type: 'toolCall',
      ...defined({ id }),
      name,
      arguments: fields.arguments ?? {},
    })
  },

  /** The arguments that a model wrote as JSON text; undefined for what is no object. No text at all means none. */
  readArguments(text: string): JsonObject | undefined {
    if (text.trim() === '') return {}
    try {
      const value: unknown = JSON.parse(text)
      return isJsonObject(value) ? value : undefined
    } catch {
      return undefined
    }
  },
}
