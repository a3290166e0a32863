import type { SocketType } from './socket-type.ts'

// What a socket says to the compiler alone is under keys with `~`: no socket has a value there. They are strings, because
// each copy of this package would have symbols of its own, and the sockets of one would be nothing to the other.

interface SocketShape {
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
  readonly '~omissible'?: 1
}

/**
 * One typed opening of a component. Made by the builders of `t`, which set the static type and the run-time type
 * together.
 */
export interface Socket<out T = unknown> extends SocketShape {
  /** The type of the value that the component receives or gives. */
  readonly '~received'?: T
  /** The type of what one sender sends. */
  readonly '~sent'?: T
}

interface Omissible {
  readonly optional: true
  // `any` shows through a union of sockets, so that ObjectOf finds with one check whether there is one.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly '~omissible'?: any
}

/** A socket that a component can run without. */
export interface OptionalSocket<out T = unknown> extends Socket<T>, Omissible {
  readonly optional: true
  // biome-ignore lint/suspicious/noExplicitAny: see Omissible
  readonly '~omissible'?: any
}

/**
 * A socket for an object with these fields. It keeps their declarations, which a declaration file then has with the comments
 * on them, so that editors show those where somebody gives such an object.
 */
export interface ObjectSocket<S extends Sockets> extends Socket<ObjectOf<S>> {
  /** For the compiler alone. */
  readonly '~fields': S
}

/** An `ObjectSocket` that a component can run without. */
export interface OptionalObjectSocket<S extends Sockets> extends OptionalSocket<ObjectOf<S>> {
  /** For the compiler alone. */
  readonly '~fields': S
}

/** A socket for many senders: each sends `T`, the component receives a list. */
export interface VariadicSocket<out T = unknown> extends SocketShape {
  readonly receives: 'variadic' | 'greedy'
  readonly '~received'?: readonly T[]
  readonly '~sent'?: T
}

/** A socket for many senders that a component can run without. */
export type OptionalVariadicSocket<T = unknown> = VariadicSocket<T> & Omissible

/** Whether a value was made by `t`, or has the parts of what is. */
export function isSocket(value: unknown): value is Socket {
  if (typeof value !== 'object' || value === null) return false
  const { type, receives, optional } = value as Partial<Socket>
  return (
    typeof type === 'object' && type !== null && typeof receives === 'string' && typeof optional === 'boolean'
  )
}

export type Sockets = { readonly [name: string]: Socket }

/** The static type of the value that a component receives from, or gives to, a socket. */
export type ValueOf<S> = S extends { readonly '~received'?: infer T } ? T : never

/** The static type of what one sender sends to a socket. */
export type SentTo<S> = S extends { readonly '~sent'?: infer T } ? T : never

/**
 * The object type that a record of sockets describes; optional sockets are optional keys. That costs the compiler much
 * less where there are none, hence the first question. The two halves have no name: messages show what they are. Each maps
 * over `keyof S` itself, so that editors show the comment of a field, and find where it is declared.
 */
export type ObjectOf<S extends Sockets> = 0 extends S[keyof S]['~omissible']
  ? { readonly [K in keyof S as S[K] extends Omissible ? never : K]: ValueOf<S[K]> } & {
      readonly [K in keyof S as S[K] extends Omissible ? K : never]?: ValueOf<S[K]>
    }
  : { readonly [K in keyof S]: ValueOf<S[K]> }
