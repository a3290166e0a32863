import type {
  BatchOptions,
  EmbeddingContext,
  LoadingOptions,
  ModelContext,
  RankingContext,
} from '../engine.ts'
import type { ChatRequest, CompletionRequest, Generation, RequestOptions } from '../request.ts'
import type { ContextLink } from './context-link.ts'
import type { EngineCalls, OpenedContext } from './engine-messages.ts'

export class IsolatedModelContext implements ModelContext {
  readonly contextSize: number
  readonly #link: ContextLink<'open'>

  constructor(link: ContextLink<'open'>, { contextSize }: OpenedContext) {
    this.#link = link
    this.contextSize = contextSize
  }

  chat(request: ChatRequest, options: RequestOptions): Promise<Generation> {
    return this.#link.generate('chat', [request], options)
  }

  complete(request: CompletionRequest, options: RequestOptions): Promise<Generation> {
    return this.#link.generate('complete', [request], options)
  }

  countTokens(request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>): Promise<number> {
    return this.#link.request('countTokens', [request], {})
  }

  tokenize(text: string): Promise<readonly number[]> {
    return this.#link.request('tokenize', [text], {})
  }

  saveState(folder: string, { signal }: LoadingOptions): Promise<number> {
    return this.#link.request('saveState', [folder], { signal })
  }

  loadState(folder: string, { signal }: LoadingOptions): Promise<number> {
    return this.#link.request('loadState', [folder], { signal })
  }

  dispose(): Promise<void> {
    return this.#link.dispose()
  }
}

export class IsolatedEmbeddingContext implements EmbeddingContext {
  readonly contextSize: number
  readonly dimensions: number
  readonly #link: ContextLink<'openEmbedding'>

  constructor(
    link: ContextLink<'openEmbedding'>,
    { contextSize, dimensions }: EngineCalls['openEmbedding']['result'],
  ) {
    this.#link = link
    this.contextSize = contextSize
    this.dimensions = dimensions
  }

  embed(texts: readonly string[], { truncate, ...options }: BatchOptions) {
    return this.#link.request('embed', [texts, truncate], options)
  }

  dispose(): Promise<void> {
    return this.#link.dispose()
  }
}

export class IsolatedRankingContext implements RankingContext {
  readonly contextSize: number
  readonly #link: ContextLink<'openRanking'>

  constructor(link: ContextLink<'openRanking'>, { contextSize }: OpenedContext) {
    this.#link = link
    this.contextSize = contextSize
  }

  rank(query: string, texts: readonly string[], { truncate, ...options }: BatchOptions) {
    return this.#link.request('rank', [query, texts, truncate], options)
  }

  dispose(): Promise<void> {
    return this.#link.dispose()
  }
}
