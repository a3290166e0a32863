import { ChatMessage, type RunContext, type StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../src/components/chat-generator.ts'
import type { GenerationOptions } from '../src/options/generation-options.ts'
import type { ReplyMeta } from '../src/replies/reply.ts'

export interface Answer {
  readonly text: string
  readonly meta: ReplyMeta
  readonly chunks: readonly StreamingChunk[]
}

export interface Asking {
  readonly signal?: AbortSignal
  readonly onChunk?: (chunk: StreamingChunk) => void
}

/** Asks once; gives the text of the one reply, its meta, and all chunks. */
export async function ask(
  generator: LlamaCppChatGenerator,
  messages: readonly ChatMessage[] | string,
  generationKwargs: GenerationOptions = {},
  { signal = new AbortController().signal, onChunk }: Asking = {},
): Promise<Answer> {
  const chunks: StreamingChunk[] = []
  const context: RunContext = {
    ...aloneContext(LlamaCppChatGenerator),
    signal,
    emit: (chunk) => {
      chunks.push(chunk)
      onChunk?.(chunk)
    },
  }
  const { replies } = await generator.run({ messages, generationKwargs }, context)
  const [reply] = replies
  if (!reply) throw new RangeError('there is no reply')
  return { text: ChatMessage.text(reply) ?? '', meta: reply.meta as unknown as ReplyMeta, chunks }
}
