import type { RunContext, StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppGenerator } from '../src/components/generator.ts'
import type { TokenLogprob } from '../src/engines/request.ts'
import type { CompletionOptions } from '../src/options/completion-options.ts'
import type { ReplyMeta } from '../src/replies/reply.ts'
import type { Asking } from './asking.ts'

export interface Completed {
  readonly text: string
  readonly meta: Omit<ReplyMeta, 'logprobs'> & {
    readonly logprobs?: readonly TokenLogprob[]
    readonly promptLogprobs?: readonly TokenLogprob[]
  }
  readonly chunks: readonly StreamingChunk[]
}

/** Completes once; gives the one reply, its meta, and all chunks. */
export async function complete(
  generator: LlamaCppGenerator,
  prompt: string,
  generationKwargs: CompletionOptions = {},
  { signal = new AbortController().signal, onChunk }: Asking = {},
): Promise<Completed> {
  const chunks: StreamingChunk[] = []
  const context: RunContext = {
    ...aloneContext(LlamaCppGenerator),
    signal,
    emit: (chunk) => {
      chunks.push(chunk)
      onChunk?.(chunk)
    },
  }
  const { replies, meta } = await generator.run({ prompt, generationKwargs }, context)
  const [reply] = replies
  if (reply === undefined) throw new RangeError('there is no reply')
  return { text: reply, meta: meta[0] as unknown as Completed['meta'], chunks }
}
