import fc from 'fast-check'
import { ChatMessage } from '../../src/data/chat-message.ts'
import {
  ContentPart,
  ReasoningContent,
  TextContent,
  ToolCall,
  ToolCallResult,
} from '../../src/data/content-part.ts'
import type { Document } from '../../src/data/document.ts'
import { FileContent } from '../../src/data/file-content.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import type { JsonObject } from '../../src/json.ts'

/** An option that is there, absent, or there as `undefined`. */
export function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined })
}

/** JSON text has no minus zero. */
function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value
}

export const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(withoutMinusZero)

export const jsonObject = fc
  .dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject)

export const text = fc.string({ unit: 'binary' })

export const textContent = text.map(TextContent.create)
export const reasoningContent = text.map(ReasoningContent.create)

const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 })

export const imageContent = fc
  .tuple(
    bytes,
    fc.record({
      mimeType: fc.constantFrom('image/png', 'image/jpeg'),
      detail: maybe(fc.constantFrom('auto' as const, 'low' as const)),
      meta: maybe(jsonObject),
    }),
  )
  .map(([data, options]) => ImageContent.fromBytes(data, options))

export const fileContent = fc
  .tuple(bytes, fc.record({ filename: maybe(text), meta: maybe(jsonObject) }))
  .map(([data, options]) => FileContent.fromBytes(data, options))

export const toolCall = fc
  .record({ id: maybe(text), name: text, arguments: maybe(jsonObject) })
  .map(ToolCall.create)

export const toolCallResult = fc
  .record({
    result: fc.oneof(text, fc.array(fc.oneof(textContent, imageContent, fileContent), { maxLength: 3 })),
    origin: toolCall,
    error: maybe(fc.boolean()),
  })
  .map(ToolCallResult.create)

export const contentPart: fc.Arbitrary<ContentPart> = fc
  .oneof(textContent, reasoningContent, imageContent, fileContent, toolCall, toolCallResult)
  .map(ContentPart.validate)

export const documentFields = fc.record({
  content: maybe(text),
  meta: maybe(jsonObject),
  score: maybe(number),
  embedding: maybe(fc.array(number)),
}) satisfies fc.Arbitrary<{ [Key in keyof Document]?: Document[Key] | undefined }>

const options = { name: maybe(text), meta: maybe(jsonObject) }
const userParts = fc.array(fc.oneof(text, textContent, imageContent, fileContent), {
  minLength: 1,
  maxLength: 4,
})

/** What the makers make. */
export const chatMessage: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.tuple(text, fc.record(options)).map((given) => ChatMessage.system(...given)),
  fc.tuple(fc.oneof(text, userParts), fc.record(options)).map((given) => ChatMessage.user(...given)),
  fc
    .record({
      text: maybe(text),
      reasoning: maybe(text),
      toolCalls: maybe(fc.array(toolCall, { maxLength: 3 })),
      ...options,
    })
    .map((fields) => ChatMessage.assistant(fields)),
  fc.record({ result: text, origin: toolCall, meta: options.meta }).map((fields) => ChatMessage.tool(fields)),
)

const delta = fc.record({ index: fc.nat(), arguments: text }, { noNullPrototype: true })
const payload = fc.oneof(
  fc.record({ content: maybe(text) }),
  fc.record({ reasoning: text }),
  fc.record({ toolCallResult }),
  fc.record({ toolCalls: fc.array(delta) }),
)

export const streamingChunk: fc.Arbitrary<StreamingChunk> = fc
  .tuple(
    payload,
    fc.record({
      index: fc.nat(),
      start: maybe(fc.boolean()),
      finishReason: maybe(fc.constant('stop' as const)),
      meta: maybe(jsonObject),
    }),
  )
  .map(([given, others]) => StreamingChunk.create({ ...given, ...others }))
