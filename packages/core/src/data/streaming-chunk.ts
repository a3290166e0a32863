import { DataError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import * as t from '../schema/builders.ts'
import type { Socket, ValueOf } from '../schema/socket.ts'
import { type ToolCallResult, toolCallResult } from './content-part.ts'
import { completed, type Declared, declared, given } from './declared.ts'
import { mergeChunks } from './merge-chunks.ts'

const delta = t.object({
  /** Pieces with one index belong to one call. */
  index: t.integer({ minimum: 0 }),
  id: t.optional(t.string()),
  /** Names of several pieces are joined, so it is sent once. */
  name: t.optional(t.string()),
  /** A piece of JSON text. */
  arguments: t.optional(t.string()),
})

type Delta = ValueOf<typeof delta>

/** A piece of a tool call. */
export type ToolCallDelta = { [Key in keyof Delta]: Delta[Key] }

const shape = t.object({
  content: t.string(),
  toolCalls: t.optional(t.array(delta as Socket<ToolCallDelta>)),
  toolCallResult: t.optional(toolCallResult),
  reasoning: t.optional(t.string()),
  /** The number of the block, from 0: a text, one tool call, one result. */
  index: t.integer({ minimum: 0 }),
  /** True for the first piece of a block. */
  start: t.boolean(),
  finishReason: t.optional(
    t.literal('stop', 'length', 'toolCalls', 'toolCallResults', 'contentFilter', 'aborted'),
  ),
  /** Who sent it; there is no name outside a pipeline. */
  component: t.optional(t.object({ name: t.optional(t.string()), type: t.string() })),
  meta: t.optional(t.record(t.json())),
})

type Shape = ValueOf<typeof shape>

/**
 * A piece of a reply, as soon as it is known. It has at most one of content, tool calls, a tool result and reasoning; an
 * empty one of them counts as none.
 */
export type StreamingChunk = { [Key in keyof Shape]: Shape[Key] }
export const streamingChunk: Socket<StreamingChunk> = t.named('StreamingChunk', shape, (value) => {
  const isChunk = typeof value === 'object' && value !== null && 'content' in value
  return isChunk && countPayloads(value as StreamingChunk) > 1
    ? 'it has more than one of content, tool calls, a tool result and reasoning; send one chunk for each.'
    : undefined
})

/** Why a model, or the run of a tool, stopped. `length`: the token limit was reached. */
export type FinishReason = NonNullable<StreamingChunk['finishReason']>

/** Called for each chunk, in order. A generator waits for the promise before it goes on. */
export type StreamingCallback = (chunk: StreamingChunk) => void | Promise<void>

export interface StreamingChunkFields {
  /** @defaultValue `''` */
  readonly content?: string | null | undefined
  readonly toolCalls?: readonly ToolCallDelta[] | null | undefined
  readonly toolCallResult?: ToolCallResult | null | undefined
  readonly reasoning?: string | null | undefined
  /**
   * Must be given with tool calls, a tool result or reasoning: what follows a text is another block.
   * @defaultValue `0`
   */
  readonly index?: number | null | undefined
  /** @defaultValue `false` */
  readonly start?: boolean | null | undefined
  readonly finishReason?: FinishReason | null | undefined
  readonly component?: StreamingChunk['component'] | null | undefined
  readonly meta?: JsonObject | null | undefined
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

const chunkReaders: Declared<StreamingChunk> = declared(
  'streaming chunk',
  'DATA_INVALID_CHUNK',
  streamingChunk,
  (value) => completed(value, { content: '', index: 0, start: false }),
)

const known = {
  content: true,
  toolCalls: true,
  toolCallResult: true,
  reasoning: true,
  index: true,
  start: true,
  finishReason: true,
  component: true,
  meta: true,
} as const

export const StreamingChunk = {
  ...chunkReaders,

  /**
   * Leaves out empty tool calls and an empty reasoning. Called for every token, it checks only what is cheap:
   * one payload, and an index where one is needed. `validate` checks the rest.
   * @throws DataError DATA_INVALID_CHUNK
   */
  create(fields: StreamingChunkFields = {}): StreamingChunk {
    const {
      content = '',
      toolCalls,
      toolCallResult,
      reasoning,
      index,
      start = false,
      ...rest
    } = given('streaming chunk', 'DATA_INVALID_CHUNK', fields, known)
    const chunk: Writable<StreamingChunk> = { content, index: index ?? 0, start }
    if (toolCalls !== undefined && toolCalls.length > 0) chunk.toolCalls = toolCalls
    if (toolCallResult !== undefined) chunk.toolCallResult = toolCallResult
    if (reasoning !== undefined && reasoning !== '') chunk.reasoning = reasoning
    if (rest.finishReason !== undefined) chunk.finishReason = rest.finishReason
    if (rest.component !== undefined) chunk.component = rest.component
    if (rest.meta !== undefined) chunk.meta = rest.meta
    assertPayload(chunk, index)
    return chunk
  },

  merge: mergeChunks,
}

function assertPayload(chunk: StreamingChunk, index: number | undefined): void {
  const count = countPayloads(chunk)
  const isIndex = Number.isInteger(chunk.index) && chunk.index >= 0
  // The full check is slow, and has the message for each of these.
  if (count > 1 || !isIndex || typeof chunk.content !== 'string') chunkReaders.validate(chunk)
  if (index === undefined && count === 1 && chunk.content === '') {
    throw new DataError(
      'DATA_INVALID_CHUNK',
      "Invalid streaming chunk: with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    )
  }
}

/** Called for every token: it only looks whether something is there. */
function countPayloads(chunk: StreamingChunk): number {
  let count = 0
  if (chunk.content !== '') count++
  if (chunk.toolCalls !== undefined && chunk.toolCalls.length > 0) count++
  if (chunk.toolCallResult !== undefined) count++
  if (chunk.reasoning !== undefined && chunk.reasoning !== '') count++
  return count
}
