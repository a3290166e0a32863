// What an engine in a child process and its host say to each other. All of it is data.
import type { EngineName } from '../../options/options.ts'
import type { ContextSpec, EmbeddingSpec, TextEmbedding, TextScore, Weights, WeightsSpec } from '../engine.ts'
import type { ChatRequest, CompletionRequest, Generation, ReplyDelta } from '../request.ts'
import type { CarriedError } from './carried-error.ts'

/** The number by which a child knows a context that it has opened. */
export type ContextId = number

export interface OpenedContext {
  readonly id: ContextId
  readonly contextSize: number
}

/** What can be asked of a child. It loads once, then opens contexts. */
export interface EngineCalls {
  load: Asks<
    [engine: EngineName, spec: WeightsSpec],
    Pick<Weights, 'bytes' | 'trainedContext' | 'device' | 'warnings'>
  >
  open: Asks<[spec: ContextSpec], OpenedContext>
  openEmbedding: Asks<[spec: EmbeddingSpec], OpenedContext & { readonly dimensions: number }>
  openRanking: Asks<[spec: EmbeddingSpec], OpenedContext>
  chat: Asks<[context: ContextId, request: ChatRequest], Generation>
  complete: Asks<[context: ContextId, request: CompletionRequest], Generation>
  countTokens: Asks<
    [context: ContextId, request: Pick<ChatRequest, 'messages' | 'tools' | 'templateKwargs'>],
    number
  >
  tokenize: Asks<[context: ContextId, text: string], readonly number[]>
  saveState: Asks<[context: ContextId, folder: string], number>
  loadState: Asks<[context: ContextId, folder: string], number>
  embed: Asks<[context: ContextId, texts: readonly string[], truncate: boolean], readonly TextEmbedding[]>
  rank: Asks<
    [context: ContextId, query: string, texts: readonly string[], truncate: boolean],
    readonly TextScore[]
  >
  dispose: Asks<[context: ContextId], undefined>
}

interface Asks<Parameters extends readonly unknown[], Result> {
  readonly parameters: Parameters
  readonly result: Result
}

export type CallName = keyof EngineCalls

/** What a call tells before its end. The parameters are those of the contract. */
export interface EngineListeners {
  readonly onProgress?: ((fraction: number) => void) | undefined
  readonly onDelta?: ((delta: ReplyDelta) => void | Promise<void>) | undefined
  readonly onPromptProgress?: ((doneTokens: number, totalTokens: number) => void | Promise<void>) | undefined
  readonly onDone?: ((done: number, total: number) => void) | undefined
}

export type ListenerName = keyof EngineListeners

export type ToEngine =
  | {
      readonly type: 'call'
      readonly id: number
      readonly name: CallName
      readonly parameters: readonly unknown[]
      /** Those that somebody listens with. Nothing is said to the others. */
      readonly listeners: readonly ListenerName[]
    }
  | { readonly type: 'abort'; readonly id: number }
  /** So many more events were heard, that is, what the listener returned has settled. */
  | { readonly type: 'heard'; readonly id: number; readonly count: number }

export type FromEngine =
  | {
      readonly type: 'event'
      readonly id: number
      readonly listener: ListenerName
      readonly parameters: readonly unknown[]
    }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly id: number; readonly error: CarriedError }
  /** The call failed with the reason of its signal, which the host knows. */
  | { readonly type: 'aborted'; readonly id: number }

/** How many events of one call may be on the way: so few that a slow listener is waited for, without a round trip for each. */
export const EVENTS_ON_THE_WAY = 8
