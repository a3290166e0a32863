import type { JsonObject, JsonValue } from '../json.ts'
import type { AssistantMessage } from './chat-message.ts'
import { ToolCall } from './content-part.ts'
import { defined } from './declared.ts'
import type { StreamingChunk, ToolCallDelta } from './streaming-chunk.ts'

/** A tool call whose arguments are not the JSON text of an object. */
export type MalformedToolCall = {
  readonly index: number
  readonly id?: string
  readonly name: string
  /** The text as the model wrote it. */
  readonly arguments: string
}

/** What generators write to `meta.malformedToolCalls`, which may hold anything, by ascending index. */
export function readMalformedCalls(listed: JsonValue | undefined): MalformedToolCall[] {
  if (!Array.isArray(listed)) return []
  const calls = (listed as readonly JsonValue[]).flatMap((item): MalformedToolCall[] => {
    const { index, id, name, arguments: written } = Object(item) as Readonly<Record<string, JsonValue>>
    if (typeof index !== 'number' || typeof name !== 'string' || typeof written !== 'string') return []
    return [{ index, ...(typeof id === 'string' && { id }), name, arguments: written }]
  })
  return calls.sort((one, other) => one.index - other.index)
}

interface CollectedCall {
  readonly index: number
  id: string
  name: string
  arguments: string
}

/**
 * The assistant message that the chunks of one reply are the pieces of: reasoning, text, tool calls by index.
 * Tool results are not the assistant's words and are passed over. No chunks make an empty message.
 *
 * A call without an id gets one. A call whose arguments are not a JSON object is not among the tool calls but, with its
 * raw text, in `meta.malformedToolCalls`; no text at all means no arguments. The rest of `meta`: `index` (0: the first
 * reply), `finishReason`, and `model`, `usage` and `timings` are the last that a chunk had; `completionStartTime` is the
 * `receivedAt` of the first chunk that has one; `logprobs` are those of all chunks in a row.
 */
export function mergeChunks(chunks: readonly StreamingChunk[]): AssistantMessage {
  if (chunks.length === 0) return { role: 'assistant', content: [] }
  const text = chunks.map((chunk) => chunk.content).join('')
  const reasoning = chunks.map((chunk) => chunk.reasoning ?? '').join('')
  const { calls, malformed } = readCalls(collectCalls(chunks))
  const content: AssistantMessage['content'][number][] = []
  if (reasoning !== '') content.push({ type: 'reasoning', text: reasoning })
  if (text !== '') content.push({ type: 'text', text })
  return { role: 'assistant', content: [...content, ...calls], meta: mergeMeta(chunks, malformed) }
}

function collectCalls(chunks: readonly StreamingChunk[]): CollectedCall[] {
  const calls = new Map<number, CollectedCall>()
  for (const delta of chunks.flatMap((chunk) => chunk.toolCalls ?? [])) {
    const call = calls.get(delta.index) ?? { index: delta.index, id: '', name: '', arguments: '' }
    calls.set(delta.index, call)
    addDelta(call, delta)
  }
  return [...calls.values()].sort((one, other) => one.index - other.index)
}

function addDelta(call: CollectedCall, delta: ToolCallDelta): void {
  if (delta.id !== undefined && delta.id !== '') call.id = delta.id
  call.name += delta.name ?? ''
  call.arguments += delta.arguments ?? ''
}

function readCalls(collected: readonly CollectedCall[]): {
  calls: ToolCall[]
  malformed: MalformedToolCall[]
} {
  const calls: ToolCall[] = []
  const malformed: MalformedToolCall[] = []
  for (const { index, id, name, arguments: text } of collected) {
    const read = ToolCall.readArguments(text)
    if (read !== undefined) calls.push({ type: 'toolCall', id: id || makeId(), name, arguments: read })
    else malformed.push({ index, ...(id !== '' && { id }), name, arguments: text })
  }
  return { calls, malformed }
}

function makeId(): string {
  // `randomUUID` is not there in pages that come by http.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `call_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function mergeMeta(chunks: readonly StreamingChunk[], malformed: readonly MalformedToolCall[]): JsonObject {
  const logprobs = chunks.flatMap(({ meta: { logprobs = [] } = {} }) => logprobs ?? [])
  return {
    index: 0,
    ...defined({
      model: lastOf(chunks, 'model'),
      finishReason: chunks.findLast((chunk) => chunk.finishReason !== undefined)?.finishReason,
      completionStartTime: chunks.find(({ meta }) => meta?.['receivedAt'] !== undefined)?.meta?.[
        'receivedAt'
      ],
      usage: lastOf(chunks, 'usage'),
      timings: lastOf(chunks, 'timings'),
    }),
    ...(logprobs.length > 0 && { logprobs }),
    ...(malformed.length > 0 && { malformedToolCalls: malformed }),
  }
}

function lastOf(chunks: readonly StreamingChunk[], key: string): JsonValue | undefined {
  const chunk = chunks.findLast(({ meta }) => meta?.[key] !== undefined && meta[key] !== null)
  return chunk?.meta?.[key]
}
