// The type by itself: the makers, the readers and the conversion to OpenAI's format all stand on it.

import type { JsonObject } from '../json.ts'
import { listNames } from '../text/names.ts'
import {
  at,
  type Check,
  checkArray,
  checkJsonObject,
  checkListOf,
  checkObject,
  checkOneOf,
  checkString,
} from './check.ts'
import {
  type ContentPart,
  type ContentPartType,
  checkContentPart,
  contentPartSchemas,
} from './content-part.ts'

/** `tool` is the role of the results of tool calls. */
export type ChatRole = 'system' | 'user' | 'assistant' | 'tool'

/**
 * One message of a conversation.
 *
 * A system message is made of text; a user message of text, images and files; an assistant message of
 * reasoning, text and tool calls; a tool message of tool call results. Only an assistant message may be empty.
 */
export type ChatMessage = {
  readonly role: ChatRole
  readonly content: readonly ContentPart[]
  /** Who speaks, where several have one role. */
  readonly name?: string
  /** Whatever belongs to the message but not to the conversation. Models don't see it. */
  readonly meta?: JsonObject
}

const partsOfRole: Readonly<Record<ChatRole, readonly ContentPartType[]>> = {
  system: ['text'],
  user: ['text', 'image', 'file'],
  assistant: ['reasoning', 'text', 'toolCall'],
  tool: ['toolCallResult'],
}

const roles = Object.keys(partsOfRole) as ChatRole[]

const checkFields = checkObject(
  { role: checkOneOf(roles), content: checkArray },
  { name: checkString, meta: checkJsonObject },
)

const checkParts = checkListOf(checkContentPart)

export const checkChatMessage: Check = (value, place) => {
  const problem = checkFields(value, place)
  if (problem !== undefined) return problem
  const { role, content } = value as ChatMessage
  const contentPlace = place === '' ? 'content' : `${place}.content`
  return checkParts(content, contentPlace) ?? checkRole(role, content, contentPlace)
}

function checkRole(role: ChatRole, content: readonly ContentPart[], place: string): string | undefined {
  const possible = partsOfRole[role]
  if (content.length === 0 && role !== 'assistant') {
    return `${at(place)} is empty; ${partsIn(role)}.`
  }
  const stranger = content.findIndex((part) => !possible.includes(part.type))
  if (stranger < 0) return undefined
  const type = content[stranger]?.type
  return `${at(`${place}[${stranger}]`)} is of type '${type}'; ${partsIn(role)}.`
}

function partsIn(role: ChatRole): string {
  return `${role === 'assistant' ? 'an' : 'a'} '${role}' message is made of ${listNames(partsOfRole[role])} parts`
}

/** The parts in the order in which an editor offers them. */
const partSchemas = Object.values(contentPartSchemas)

/** JSON Schema 2020-12 of a `ChatMessage`. */
export const chatMessageSchema: JsonObject = messageSchema(
  { type: 'array', items: { oneOf: partSchemas } },
  (types) => ({ type: 'array', items: { type: 'object', properties: { type: { enum: types } } } }),
)

/** JSON Schema 2020-12 of what `ChatMessage.fromJSON` accepts: `content`, and each text in it, may be a string. */
export const chatMessageInputSchema: JsonObject = messageSchema(
  {
    oneOf: [{ type: 'string' }, { type: 'array', items: { oneOf: [{ type: 'string' }, ...partSchemas] } }],
  },
  (types) =>
    types.includes('text')
      ? {
          type: ['array', 'string'],
          items: { type: ['object', 'string'], properties: { type: { enum: types } } },
        }
      : { type: 'array', items: { type: 'object', properties: { type: { enum: types } } } },
)

function messageSchema(
  content: JsonObject,
  contentOf: (types: readonly ContentPartType[]) => JsonObject,
): JsonObject {
  return {
    title: 'ChatMessage',
    type: 'object',
    properties: { role: { enum: roles }, content, name: { type: 'string' }, meta: { type: 'object' } },
    required: ['role', 'content'],
    additionalProperties: false,
    allOf: roles.map((role) => ({
      if: { properties: { role: { const: role } }, required: ['role'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema; nobody awaits a schema.
      then: {
        properties: {
          content: { ...contentOf(partsOfRole[role]), ...(role !== 'assistant' && { minItems: 1 }) },
        },
      },
    })),
  }
}
