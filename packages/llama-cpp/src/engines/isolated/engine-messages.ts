// What an engine in a child process and its host say to each other. All of it is data.
import type { CallName, EngineListeners, OpenedContext, OpeningName } from '../engine-calls.ts'
import type { CarriedError } from './carried-error.ts'

/** The number by which a child knows a context that it has opened. */
export type ContextId = number

/** What a child answers when it has opened a context. */
export interface OpenedInChild extends OpenedContext {
  readonly id: ContextId
}

export type ListenerName = keyof EngineListeners

/** What is asked of a child: to load once, then to open contexts, then what contexts are asked. */
export interface Asked {
  readonly name: 'load' | OpeningName | CallName
  /** Whose call it is. */
  readonly context?: ContextId
  readonly parameters: readonly unknown[]
}

export type ToEngine =
  | (Asked & {
      readonly type: 'call'
      readonly id: number
      /** Those that somebody listens with. Nothing is said to the others. */
      readonly listeners: readonly ListenerName[]
    })
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
