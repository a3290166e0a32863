import type { JsonObject } from '../json.ts'
import {
  type Check,
  checkBoolean,
  checkListOf,
  checkObject,
  checkOneOf,
  checkTagged,
  describeValue,
} from './check.ts'
import { checkFileContent, type FileContent, fileContentSchema } from './file-content.ts'
import { type Guards, guards } from './guards.ts'
import { checkImageContent, type ImageContent, imageContentSchema } from './image-content.ts'
import { checkTextContent, type TextContent, textContentSchema } from './text-content.ts'
import { checkToolCall, type ToolCall, toolCallSchema } from './tool-call.ts'

/** What a tool gave back, as the model gets to see it. */
export type ToolCallResult = {
  readonly type: 'toolCallResult'
  readonly result: string | readonly (TextContent | ImageContent | FileContent)[]
  /** The call that this answers. */
  readonly origin: ToolCall
  /** True when `result` tells why the tool failed. */
  readonly error: boolean
}

export interface ToolCallResultFields {
  readonly result: ToolCallResult['result']
  readonly origin: ToolCall
  /** @defaultValue `false` */
  readonly error?: boolean | undefined
}

/** JSON Schema 2020-12 of a `ToolCallResult`. */
export const toolCallResultSchema: JsonObject = {
  title: 'ToolCallResult',
  type: 'object',
  properties: {
    type: { const: 'toolCallResult' },
    result: {
      oneOf: [
        { type: 'string' },
        { type: 'array', items: { oneOf: [textContentSchema, imageContentSchema, fileContentSchema] } },
      ],
    },
    origin: toolCallSchema,
    error: { type: 'boolean' },
  },
  required: ['type', 'result', 'origin', 'error'],
  additionalProperties: false,
}

const checkParts = checkListOf(
  checkTagged({ text: checkTextContent, image: checkImageContent, file: checkFileContent }),
)

const checkResult: Check = (value, place) => {
  if (typeof value === 'string') return undefined
  if (Array.isArray(value)) return checkParts(value, place)
  return `'${place}' must be a string or an array of text, image and file parts, not ${describeValue(value)}.`
}

export const checkToolCallResult = checkObject({
  type: checkOneOf(['toolCallResult']),
  result: checkResult,
  origin: checkToolCall,
  error: checkBoolean,
})

const resultGuards: Guards<ToolCallResult> = guards(
  'tool call result',
  'DATA_INVALID_MESSAGE',
  checkToolCallResult,
)

export const ToolCallResult = {
  ...resultGuards,

  /** @throws DataError DATA_INVALID_MESSAGE */
  create({ result, origin, error = false }: ToolCallResultFields): ToolCallResult {
    return resultGuards.validate({ type: 'toolCallResult', result, origin, error })
  },
}
