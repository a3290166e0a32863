import { DataError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { type Guards, guards } from './guards.ts'
import { mergeChunks } from './merge-chunks.ts'
import {
  type StreamingChunk as Chunk,
  checkStreamingChunk,
  countPayloads,
  type FinishReason,
  type ToolCallDelta,
} from './streaming-chunk-shape.ts'
import type { ToolCallResult } from './tool-call-result.ts'

export {
  type FinishReason,
  type StreamingCallback,
  streamingChunkSchema,
  type ToolCallDelta,
} from './streaming-chunk-shape.ts'

export type StreamingChunk = Chunk

export interface StreamingChunkFields {
  /** @defaultValue `''` */
  readonly content?: string | undefined
  readonly toolCalls?: readonly ToolCallDelta[] | undefined
  readonly toolCallResult?: ToolCallResult | undefined
  readonly reasoning?: string | undefined
  /**
   * Must be given with tool calls, a tool result or reasoning: what follows a text is another block.
   * @defaultValue `0`
   */
  readonly index?: number | undefined
  /** @defaultValue `false` */
  readonly start?: boolean | undefined
  readonly finishReason?: FinishReason | undefined
  readonly component?: Chunk['component'] | undefined
  readonly meta?: JsonObject | undefined
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

const chunkGuards: Guards<StreamingChunk> = guards(
  'streaming chunk',
  'DATA_INVALID_CHUNK',
  checkStreamingChunk,
)

export const StreamingChunk = {
  ...chunkGuards,

  /**
   * Leaves out empty tool calls and an empty reasoning. Called for every token, it checks what costs nothing:
   * one payload, and an index where one is needed. `validate` checks the rest.
   * @throws DataError DATA_INVALID_CHUNK
   */
  create(fields: StreamingChunkFields = {}): StreamingChunk {
    const { content = '', toolCalls, toolCallResult, reasoning, index, start = false } = fields
    const chunk: Writable<StreamingChunk> = { content, index: index ?? 0, start }
    if (toolCalls !== undefined && toolCalls.length > 0) chunk.toolCalls = toolCalls
    if (toolCallResult !== undefined) chunk.toolCallResult = toolCallResult
    if (reasoning !== undefined && reasoning !== '') chunk.reasoning = reasoning
    if (fields.finishReason !== undefined) chunk.finishReason = fields.finishReason
    if (fields.component !== undefined) chunk.component = fields.component
    if (fields.meta !== undefined) chunk.meta = fields.meta
    assertPayload(chunk, index)
    return chunk
  },

  merge: mergeChunks,
}

function assertPayload(chunk: StreamingChunk, index: number | undefined): void {
  const count = countPayloads(chunk)
  const isIndex = Number.isInteger(chunk.index) && chunk.index >= 0
  // The full check is slow, and has the message for each of these.
  if (count > 1 || !isIndex || typeof chunk.content !== 'string') chunkGuards.validate(chunk)
  if (index === undefined && count === 1 && chunk.content === '') {
    throw new DataError(
      'DATA_INVALID_CHUNK',
      "Invalid streaming chunk: with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    )
  }
}
