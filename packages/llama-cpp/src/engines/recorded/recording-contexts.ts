import type { JsonObject, JsonValue } from '@millrace/core'
import type {
  BatchOptions,
  EmbeddingContext,
  LoadingOptions,
  ModelContext,
  RankingContext,
} from '../engine.ts'
import type { ChatRequest, CompletionRequest, Generation, ReplyDelta, RequestOptions } from '../request.ts'
import { recordError, recordedCallId, recordGeneration, replayGeneration } from './recorded-answer.ts'
import { hashOf, type RecordedKind, recordedRequest } from './recorded-request.ts'
import type { Recorder } from './recorder.ts'

/** Whose answers are recorded, and as what. */
export interface RecordedModel {
  readonly recorder: Recorder
  readonly model: string
  readonly options: JsonObject
}

/** Records what comes of the work; what may well not come again it leaves out. */
export async function recorded<Result>(
  { recorder, model, options }: RecordedModel,
  kind: RecordedKind,
  request: object,
  work: () => Promise<Result>,
): Promise<Result> {
  const record = recorder.begin(recordedRequest(kind, model, options, request))
  try {
    const result = await work()
    await record({ result: result as JsonValue })
    return result
  } catch (error) {
    const answer = recordError(error)
    if (answer) await record(answer)
    throw error
  }
}

export class RecordingModelContext implements ModelContext {
  readonly contextSize: number
  readonly #context: ModelContext
  readonly #of: RecordedModel

  constructor(context: ModelContext, of: RecordedModel) {
    this.contextSize = context.contextSize
    this.#context = context
    this.#of = of
  }

  chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    return this.#generate('chat', request, options, (listening) => this.#context.chat(request, listening))
  }

  complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    return this.#generate('complete', request, options, (listening) =>
      this.#context.complete(request, listening),
    )
  }

  /** Gives what a replay will give, but for the times: so the calls have the ids that they will have then. */
  async #generate(
    kind: 'chat' | 'complete',
    request: object,
    options: RequestOptions,
    work: (options: RequestOptions) => Promise<Generation>,
  ): Promise<Generation> {
    const { recorder, model, options: ofModel } = this.#of
    const asked = recordedRequest(kind, model, ofModel, request)
    const record = recorder.begin(asked)
    const hash = hashOf(asked)
    const pieces: ReplyDelta[] = []
    const onDelta = (delta: ReplyDelta) => {
      const piece = withRecordedId(delta, hash)
      pieces.push(piece)
      return options.onDelta?.(piece)
    }
    let live: Generation
    try {
      live = await work({ ...options, onDelta })
    } catch (error) {
      const answer = recordError(error)
      if (answer) await record(answer)
      throw error
    }
    const toolCalls = live.toolCalls.map((call, index) => ({ ...call, id: recordedCallId(hash, index) }))
    const generation = { ...live, toolCalls }
    // Where it was stopped depends on who stopped it.
    if (generation.finishReason === 'aborted') return generation
    // Plain data, as everything that an engine gives; interfaces have no index signature.
    const result = recordGeneration(pieces, generation) as unknown as JsonValue
    await record({ result })
    const { cachedTokens, queueMs, promptMs, predictedMs } = live
    return { ...replayGeneration(result).generation, cachedTokens, queueMs, promptMs, predictedMs }
  }

  countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number> {
    return recorded(this.#of, 'countTokens', request, () => this.#context.countTokens(request))
  }

  tokenize(text: string): Promise<readonly number[]> {
    return recorded(this.#of, 'tokenize', { text }, () => this.#context.tokenize(text))
  }

  saveState(folder: string, options: LoadingOptions): Promise<number> {
    return this.#context.saveState(folder, options)
  }

  loadState(folder: string, options: LoadingOptions): Promise<number> {
    return this.#context.loadState(folder, options)
  }

  dispose(): Promise<void> {
    return this.#context.dispose()
  }
}

function withRecordedId(delta: ReplyDelta, hash: string): ReplyDelta {
  if (delta.kind !== 'toolCall' || delta.id === undefined) return delta
  return { ...delta, id: recordedCallId(hash, delta.index) }
}

export class RecordingEmbeddingContext implements EmbeddingContext {
  readonly contextSize: number
  readonly dimensions: number
  readonly #context: EmbeddingContext
  readonly #of: RecordedModel

  constructor(context: EmbeddingContext, of: RecordedModel) {
    this.contextSize = context.contextSize
    this.dimensions = context.dimensions
    this.#context = context
    this.#of = of
  }

  embed(texts: readonly string[], options: BatchOptions) {
    const request = { texts, truncate: options.truncate }
    return recorded(this.#of, 'embed', request, () => this.#context.embed(texts, options))
  }

  dispose(): Promise<void> {
    return this.#context.dispose()
  }
}

export class RecordingRankingContext implements RankingContext {
  readonly contextSize: number
  readonly #context: RankingContext
  readonly #of: RecordedModel

  constructor(context: RankingContext, of: RecordedModel) {
    this.contextSize = context.contextSize
    this.#context = context
    this.#of = of
  }

  rank(query: string, texts: readonly string[], options: BatchOptions) {
    const request = { query, texts, truncate: options.truncate }
    return recorded(this.#of, 'rank', request, () => this.#context.rank(query, texts, options))
  }

  dispose(): Promise<void> {
    return this.#context.dispose()
  }
}
