import type { SocketType } from './socket-type.ts'

declare const value: unique symbol
declare const element: unique symbol

/**
 * One typed opening of a component. Made by the builders of `t`, which set the static type and the run-time type
 * together.
 */
export interface Socket<out T = unknown> {
  readonly type: SocketType
  /**
   * `one` value at a time; `variadic`: a list of what all senders sent, once all have run; `greedy`: a list with
   * the first value that arrived, at once.
   */
  readonly receives: 'one' | 'variadic' | 'greedy'
  /** A component runs without a value for an optional socket. */
  readonly optional: boolean
  /** What the component gets when nobody gives a value. Its presence makes the socket optional. */
  readonly default?: unknown
  readonly description?: string
  /** Carries the static type; there is never a value here. */
  readonly [value]?: T
}

/** A socket that a component can run without. */
export interface OptionalSocket<out T = unknown> extends Socket<T> {
  readonly optional: true
}

/** A socket for many senders: each sends `T`, the component receives a list. */
export interface VariadicSocket<out T = unknown> extends Socket<readonly T[]> {
  readonly receives: 'variadic' | 'greedy'
  readonly [element]?: T
}

export type Sockets = { readonly [name: string]: Socket }

/** The static type of the value that a component receives from, or gives to, a socket. */
export type ValueOf<S> = S extends Socket<infer T> ? T : never

/** The static type of what one sender sends to a socket. */
export type SentTo<S> = S extends VariadicSocket<infer T> ? T : ValueOf<S>

type OptionalKeys<S> = { [K in keyof S]: S[K] extends { readonly optional: true } ? K : never }[keyof S]

/** The object type that a record of sockets describes; optional sockets are optional keys. */
export type ObjectOf<S> = { readonly [K in Exclude<keyof S, OptionalKeys<S>>]: ValueOf<S[K]> } & {
  readonly [K in OptionalKeys<S>]?: ValueOf<S[K]>
}
