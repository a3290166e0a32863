import type {
  ContextSpec,
  EmbeddingContext,
  EmbeddingSpec,
  LoadingOptions,
  ModelContext,
  RankingContext,
  TextEmbedding,
  TextScore,
  Weights,
} from './engine.ts'
import type { ChatRequest, CompletionRequest, Generation, ReplyDelta } from './request.ts'

/**
 * What can be asked of a context, as data: with what, and what comes back. Who answers such calls in another way than
 * an engine does (a child process, a recording) writes one function, and `weightsOver` makes the contract of it.
 */
export interface ContextCalls {
  chat: Asks<[request: ChatRequest], Generation>
  complete: Asks<[request: CompletionRequest], Generation>
  countTokens: Asks<[request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>], number>
  tokenize: Asks<[text: string], readonly number[]>
  saveState: Asks<[folder: string], number>
  loadState: Asks<[folder: string], number>
  embed: Asks<[texts: readonly string[], truncate: boolean], readonly TextEmbedding[]>
  rank: Asks<[query: string, texts: readonly string[], truncate: boolean], readonly TextScore[]>
  dispose: Asks<[], void>
}

interface Asks<Parameters extends readonly unknown[], Result> {
  readonly parameters: Parameters
  readonly result: Result
}

export type CallName = keyof ContextCalls

/** What a call tells before its end. The parameters are those of the contract. */
export interface EngineListeners {
  readonly onProgress?: ((fraction: number) => void) | undefined
  readonly onDelta?: ((delta: ReplyDelta) => void | Promise<void>) | undefined
  readonly onPromptProgress?: ((doneTokens: number, totalTokens: number) => void | Promise<void>) | undefined
  readonly onDone?: ((done: number, total: number) => void) | undefined
}

export interface CallOptions extends EngineListeners {
  readonly signal: AbortSignal | undefined
}

/** Asks a context. */
export type ContextCall = <Name extends CallName>(
  name: Name,
  parameters: ContextCalls[Name]['parameters'],
  options: CallOptions,
) => Promise<ContextCalls[Name]['result']>

/** The methods of weights that open a context, by the kind of the context. */
export type OpeningName = 'open' | 'openEmbedding' | 'openRanking'

/** What is known of an open context without asking it. */
export interface OpenedContext {
  readonly contextSize: number
  /** Of one that embeds. */
  readonly dimensions?: number | undefined
}

export type Opening = (
  name: OpeningName,
  spec: ContextSpec | EmbeddingSpec,
  options: LoadingOptions,
) => Promise<{ readonly opened: OpenedContext; readonly call: ContextCall }>

/** What is known of weights without asking them: the fields of the contract that are data. */
const facts = ['bytes', 'trainedContext', 'device', 'warnings'] as const satisfies readonly (keyof Weights)[]

export type LoadedFacts = Pick<Weights, (typeof facts)[number]>

export function factsOf(weights: Weights): LoadedFacts {
  return Object.fromEntries(facts.map((name) => [name, weights[name]])) as LoadedFacts
}

/** Weights whose contexts are asked through calls. */
export function weightsOver(loaded: LoadedFacts, opening: Opening, dispose: () => Promise<void>): Weights {
  return {
    ...loaded,
    async open(spec, options): Promise<ModelContext> {
      const { opened, call } = await opening('open', spec, options)
      return {
        contextSize: opened.contextSize,
        chat: (request, listening) => call('chat', [request], listening),
        complete: (request, listening) => call('complete', [request], listening),
        countTokens: (request) => call('countTokens', [request], unheard),
        tokenize: (text) => call('tokenize', [text], unheard),
        saveState: (folder, { signal }) => call('saveState', [folder], { signal }),
        loadState: (folder, { signal }) => call('loadState', [folder], { signal }),
        dispose: () => call('dispose', [], unheard),
      }
    },
    async openEmbedding(spec, options): Promise<EmbeddingContext> {
      const { opened, call } = await opening('openEmbedding', spec, options)
      return {
        contextSize: opened.contextSize,
        dimensions: opened.dimensions ?? 0,
        embed: (texts, { truncate, ...listening }) => call('embed', [texts, truncate], listening),
        dispose: () => call('dispose', [], unheard),
      }
    },
    async openRanking(spec, options): Promise<RankingContext> {
      const { opened, call } = await opening('openRanking', spec, options)
      return {
        contextSize: opened.contextSize,
        rank: (query, texts, { truncate, ...listening }) => call('rank', [query, texts, truncate], listening),
        dispose: () => call('dispose', [], unheard),
      }
    },
    dispose,
  }
}

const unheard: CallOptions = { signal: undefined }

type AnyContext = ModelContext & EmbeddingContext & RankingContext

type Answers = {
  readonly [Name in CallName]: (
    context: AnyContext,
    options: CallOptions,
    ...parameters: ContextCalls[Name]['parameters']
  ) => Promise<ContextCalls[Name]['result']>
}

const answers: Answers = {
  chat: (context, options, request) => context.chat(request, options),
  complete: (context, options, request) => context.complete(request, options),
  countTokens: (context, _, request) => context.countTokens(request),
  tokenize: (context, _, text) => context.tokenize(text),
  saveState: (context, options, folder) => context.saveState(folder, options),
  loadState: (context, options, folder) => context.loadState(folder, options),
  embed: (context, { signal, onDone }, texts, truncate) => context.embed(texts, { signal, onDone, truncate }),
  rank: (context, { signal, onDone }, query, texts, truncate) =>
    context.rank(query, texts, { signal, onDone, truncate }),
  dispose: (context) => context.dispose(),
}

/** Opens a context of these weights, to be asked through calls. */
export function openingOf(weights: Weights): Opening {
  return async (name, spec, options) => {
    // Each name takes the spec of its kind, and gives the context of its kind, of which only its own calls are asked.
    const context = (await weights[name](spec as ContextSpec, options)) as AnyContext
    const { contextSize, dimensions } = context
    const call: ContextCall = (asked, parameters, listening) =>
      answers[asked](context, listening, ...parameters)
    return { opened: { contextSize, dimensions }, call }
  }
}
