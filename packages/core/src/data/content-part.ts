import type { JsonObject } from '../json.ts'
import { type Check, checkTagged } from './check.ts'
import { checkFileContent, type FileContent, fileContentSchema } from './file-content.ts'
import { guards } from './guards.ts'
import { checkImageContent, type ImageContent, imageContentSchema } from './image-content.ts'
import { checkReasoningContent, type ReasoningContent, reasoningContentSchema } from './reasoning-content.ts'
import { checkTextContent, type TextContent, textContentSchema } from './text-content.ts'
import { checkToolCall, type ToolCall, toolCallSchema } from './tool-call.ts'
import { checkToolCallResult, type ToolCallResult, toolCallResultSchema } from './tool-call-result.ts'

/** What a message is made of; `type` tells which it is. */
export type ContentPart =
  | TextContent
  | ImageContent
  | FileContent
  | ToolCall
  | ToolCallResult
  | ReasoningContent

export type ContentPartType = ContentPart['type']

const checks: Readonly<Record<ContentPartType, Check>> = {
  text: checkTextContent,
  image: checkImageContent,
  file: checkFileContent,
  toolCall: checkToolCall,
  toolCallResult: checkToolCallResult,
  reasoning: checkReasoningContent,
}

/** JSON Schema 2020-12 of each kind of part, by its `type`. */
export const contentPartSchemas: Readonly<Record<ContentPartType, JsonObject>> = {
  text: textContentSchema,
  image: imageContentSchema,
  file: fileContentSchema,
  toolCall: toolCallSchema,
  toolCallResult: toolCallResultSchema,
  reasoning: reasoningContentSchema,
}

/** JSON Schema 2020-12 of any `ContentPart`. */
export const contentPartSchema: JsonObject = { oneOf: Object.values(contentPartSchemas) }

export const checkContentPart = checkTagged(checks)

/** Reads parts; each kind of part has its own makers. */
export const ContentPart = guards<ContentPart>('content part', 'DATA_INVALID_MESSAGE', checkContentPart)
