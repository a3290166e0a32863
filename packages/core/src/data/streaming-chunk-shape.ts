// The type by itself: `StreamingChunk.create` and the merging of chunks both stand on it.

import type { JsonObject } from '../json.ts'
import {
  at,
  type Check,
  checkBoolean,
  checkIndex,
  checkJsonObject,
  checkListOf,
  checkObject,
  checkOneOf,
  checkString,
} from './check.ts'
import { checkToolCallResult, type ToolCallResult, toolCallResultSchema } from './tool-call-result.ts'

/** Why a model, or the run of a tool, stopped. `length`: the token limit was reached. */
export type FinishReason = 'stop' | 'length' | 'toolCalls' | 'toolCallResults' | 'contentFilter' | 'aborted'

/** A piece of a tool call. Pieces with one `index` belong to one call. */
export type ToolCallDelta = {
  readonly index: number
  readonly id?: string
  /** Names of several pieces are joined, so it is sent once. */
  readonly name?: string
  /** A piece of JSON text. */
  readonly arguments?: string
}

/**
 * A piece of a reply, as soon as it is known. It carries at most one of content, tool calls, a tool result and
 * reasoning; an empty one of them counts as none.
 */
export type StreamingChunk = {
  readonly content: string
  readonly toolCalls?: readonly ToolCallDelta[]
  readonly toolCallResult?: ToolCallResult
  readonly reasoning?: string
  /** The number of the block, from 0: a text, one tool call, one result. */
  readonly index: number
  /** True for the first piece of a block. */
  readonly start: boolean
  readonly finishReason?: FinishReason
  /** Who sent it; there is no name outside a pipeline. */
  readonly component?: { readonly name?: string; readonly type: string }
  readonly meta?: JsonObject
}

/** Called for each chunk, in order. A generator waits for the promise before it goes on. */
export type StreamingCallback = (chunk: StreamingChunk) => void | Promise<void>

const finishReasons: readonly FinishReason[] = [
  'stop',
  'length',
  'toolCalls',
  'toolCallResults',
  'contentFilter',
  'aborted',
]

const checkFields = checkObject(
  { content: checkString, index: checkIndex, start: checkBoolean },
  {
    toolCalls: checkListOf(
      checkObject({ index: checkIndex }, { id: checkString, name: checkString, arguments: checkString }),
    ),
    toolCallResult: checkToolCallResult,
    reasoning: checkString,
    finishReason: checkOneOf(finishReasons),
    component: checkObject({ type: checkString }, { name: checkString }),
    meta: checkJsonObject,
  },
)

export const checkStreamingChunk: Check = (value, place) =>
  checkFields(value, place) ?? checkOnePayload(value as StreamingChunk, place)

function checkOnePayload(chunk: StreamingChunk, place: string): string | undefined {
  if (countPayloads(chunk) <= 1) return undefined
  return `${at(place)} carries more than one of content, tool calls, a tool result and reasoning; send one chunk for each.`
}

/** Called for every token: it only looks whether something is there. */
export function countPayloads(
  chunk: Pick<StreamingChunk, 'content' | 'toolCalls' | 'toolCallResult' | 'reasoning'>,
): number {
  let count = 0
  if (chunk.content !== '') count++
  if (chunk.toolCalls !== undefined && chunk.toolCalls.length > 0) count++
  if (chunk.toolCallResult !== undefined) count++
  if (chunk.reasoning !== undefined && chunk.reasoning !== '') count++
  return count
}

const indexSchema: JsonObject = { type: 'integer', minimum: 0 }

const payloadSchemas: readonly JsonObject[] = [
  { properties: { content: { type: 'string', minLength: 1 } } },
  { properties: { toolCalls: { type: 'array', minItems: 1 } }, required: ['toolCalls'] },
  { required: ['toolCallResult'] },
  { properties: { reasoning: { type: 'string', minLength: 1 } }, required: ['reasoning'] },
]

/** JSON Schema 2020-12 of a `StreamingChunk`. */
export const streamingChunkSchema: JsonObject = {
  title: 'StreamingChunk',
  type: 'object',
  properties: {
    content: { type: 'string' },
    toolCalls: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          index: indexSchema,
          id: { type: 'string' },
          name: { type: 'string' },
          arguments: { type: 'string' },
        },
        required: ['index'],
        additionalProperties: false,
      },
    },
    toolCallResult: toolCallResultSchema,
    reasoning: { type: 'string' },
    index: indexSchema,
    start: { type: 'boolean' },
    finishReason: { enum: finishReasons },
    component: {
      type: 'object',
      properties: { name: { type: 'string' }, type: { type: 'string' } },
      required: ['type'],
      additionalProperties: false,
    },
    meta: { type: 'object' },
  },
  required: ['content', 'index', 'start'],
  additionalProperties: false,
  oneOf: [{ not: { anyOf: payloadSchemas } }, ...payloadSchemas],
}
