import type { JsonObject, JsonValue } from '@millrace/core'
import { LlamaCppError } from '../../errors.ts'
import { linkSignals } from '../../waiting/linked-signal.ts'
import { unlessAborted } from '../../waiting/shared-task.ts'
import type {
  BatchOptions,
  EmbeddingContext,
  ModelContext,
  RankingContext,
  TextEmbedding,
  TextScore,
} from '../engine.ts'
import type { ChatRequest, CompletionRequest, Generation, ReplyDelta, RequestOptions } from '../request.ts'
import { addUp, replayGeneration, replayResult } from './recorded-answer.ts'
import { type RecordedKind, recordedRequest } from './recorded-request.ts'
import type { Replayer } from './replayer.ts'

/** Whose answers are replayed, and what is known of it without loading it. */
export interface ReplayedModel {
  readonly replayer: Replayer
  readonly model: string
  readonly options: JsonObject
  readonly contextSize: number
}

/** What contexts of all kinds do: they look answers up, until they are closed. */
abstract class ReplayingContext {
  readonly contextSize: number
  readonly #of: ReplayedModel
  readonly #closing = new AbortController()

  constructor(of: ReplayedModel) {
    this.contextSize = of.contextSize
    this.#of = of
  }

  async dispose(): Promise<void> {
    this.#closing.abort(new LlamaCppError('CLOSED', 'The model was closed before the request was answered.'))
  }

  protected async replay<Result>(
    kind: RecordedKind,
    request: object,
    signal: AbortSignal | undefined,
    use: (recorded: JsonValue, signal: AbortSignal) => Result | Promise<Result>,
  ): Promise<Result> {
    const { signal: closing } = this.#closing
    closing.throwIfAborted()
    const linked = linkSignals([closing, ...(signal ? [signal] : [])])
    try {
      linked.signal.throwIfAborted()
      const { replayer, model, options } = this.#of
      const answer = await unlessAborted(replayer.next(recordedRequest(kind, model, options, request)), [
        linked.signal,
      ])
      const result = await use(replayResult(answer), linked.signal)
      closing.throwIfAborted()
      return result
    } finally {
      linked.release()
    }
  }
}

export class ReplayingModelContext extends ReplayingContext implements ModelContext {
  chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    return this.replay('chat', request, options.signal, (recorded, signal) =>
      tell(recorded, options.onDelta, signal),
    )
  }

  complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    return this.replay('complete', request, options.signal, (recorded, signal) =>
      tell(recorded, options.onDelta, signal),
    )
  }

  countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number> {
    return this.replay('countTokens', request, undefined, (recorded) => recorded as number)
  }

  tokenize(text: string): Promise<readonly number[]> {
    return this.replay('tokenize', { text }, undefined, (recorded) => recorded as readonly number[])
  }

  /** There are no slots, and nothing in them. */
  async saveState(): Promise<number> {
    return 0
  }

  async loadState(): Promise<number> {
    return 0
  }
}

/** The pieces in their order, each when the listener is done with the one before; then the whole. */
async function tell(
  recorded: JsonValue,
  onDelta: RequestOptions['onDelta'],
  signal: AbortSignal,
): Promise<Generation> {
  const { pieces, generation } = replayGeneration(recorded)
  const told: ReplyDelta[] = []
  for (const piece of pieces) {
    if (signal.aborted) {
      if (told.length === 0) throw signal.reason
      return { ...generation, ...addUp(told), completionTokens: told.length, finishReason: 'aborted' }
    }
    told.push(piece)
    const heard = onDelta?.(piece)
    if (heard === undefined) continue
    await unlessAborted(heard, [signal]).catch((error) => {
      if (!signal.aborted) throw error
    })
  }
  return generation
}

export class ReplayingEmbeddingContext extends ReplayingContext implements EmbeddingContext {
  readonly dimensions: number

  constructor(of: ReplayedModel & { readonly dimensions: number }) {
    super(of)
    this.dimensions = of.dimensions
  }

  embed(
    texts: readonly string[],
    { signal, truncate, onDone }: BatchOptions,
  ): Promise<readonly TextEmbedding[]> {
    return this.replay('embed', { texts, truncate }, signal, (recorded) => {
      for (const index of texts.keys()) onDone?.(index + 1, texts.length)
      // What a request of this kind was answered with, which JSON has come between.
      return recorded as unknown as readonly TextEmbedding[]
    })
  }
}

export class ReplayingRankingContext extends ReplayingContext implements RankingContext {
  rank(
    query: string,
    texts: readonly string[],
    { signal, truncate, onDone }: BatchOptions,
  ): Promise<readonly TextScore[]> {
    return this.replay('rank', { query, texts, truncate }, signal, (recorded) => {
      for (const index of texts.keys()) onDone?.(index + 1, texts.length)
      // What a request of this kind was answered with, which JSON has come between.
      return recorded as unknown as readonly TextScore[]
    })
  }
}
