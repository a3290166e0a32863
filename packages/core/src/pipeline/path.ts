import type { Components } from '../component/component.ts'
import type { SentTo, Socket, ValueOf } from '../component/socket.ts'
import type { ChatMessage } from '../data/chat-message.ts'
import { ConnectError } from '../errors.ts'

/** One end of a connection. */
export interface SocketPath {
  readonly component: string
  readonly socket: string
}

/**
 * Reads `component.socket`. The first dot divides: socket names may have dots and slashes of their own, as in
 * `router.text/plain`.
 *
 * @throws ConnectError `CONNECT_INVALID_PATH`
 */
export function parsePath(path: string, end?: 'sender' | 'receiver'): SocketPath {
  const dot = typeof path === 'string' ? path.indexOf('.') : -1
  if (dot <= 0 || dot === path.length - 1) {
    throw new ConnectError(
      'CONNECT_INVALID_PATH',
      `'${String(path)}' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.`,
      end ? { end } : {},
    )
  }
  return { component: path.slice(0, dot), socket: path.slice(dot + 1) }
}

/** What the socket at path `P` sends. */
export type Sent<C extends Components, P> = P extends `${infer N}.${infer S}`
  ? ValueOf<C[N]['outputs'][S]>
  : never

/** What one sender must send to the socket at path `P`. */
export type Wanted<C extends Components, P> = P extends `${infer N}.${infer S}`
  ? SentTo<C[N]['inputs'][S]>
  : never

/** Shown by the compiler where two sockets do not fit. */
export interface SocketMismatch<Sends, Expects> {
  readonly sends: Sends
  readonly expects: Expects
}

/** `unknown` (which adds nothing) where the sockets at the two ends fit or convert, otherwise the mismatch. */
export type Fit<C extends Components, From, To> = FitTypes<Sent<C, From>, Wanted<C, To>>

type FitTypes<Sends, Expects> = [Sends] extends [Expects]
  ? unknown
  : true extends Converts<Sends, Expects>
    ? unknown
    : SocketMismatch<Sends, Expects>

type ElementOf<T> = T extends readonly (infer E)[] ? E : never

/** The rules of `conversionBetween`, for the compiler. */
type Converts<Sends, Expects> = [Sends] extends [ElementOf<Expects>]
  ? true
  : [Sends] extends [string]
    ? Takes<ChatMessage, Expects>
    : [Sends] extends [ChatMessage]
      ? Takes<string, Expects>
      : [Sends] extends [readonly string[]]
        ? TakesOne<string, Expects> | TakesOne<ChatMessage, Expects>
        : [Sends] extends [readonly ChatMessage[]]
          ? TakesOne<ChatMessage, Expects> | TakesOne<string, Expects>
          : false

type TakesOne<Value, Expects> = [Value] extends [Expects] ? true : false
type Takes<Value, Expects> = TakesOne<Value, Expects> | ([Value] extends [ElementOf<Expects>] ? true : false)

type GivenTo<Inputs> = { readonly [S in keyof Inputs]?: SentTo<Inputs[S]> }

type NestedInputs<C extends Components> = { readonly [N in keyof C]?: GivenTo<C[N]['inputs']> }

/** The names of all input sockets of all components; `string` when a component names its sockets at run time. */
type SocketNames<C extends Components> = { [N in keyof C]: keyof C[N]['inputs'] & string }[keyof C]

type FlatValue<C extends Components, S extends string> = {
  [N in keyof C]: C[N]['inputs'] extends { readonly [K in S]: Socket } ? SentTo<C[N]['inputs'][S]> : never
}[keyof C]

/**
 * What `run` takes: values by component and socket, or by socket name alone.
 *
 * A component that makes its sockets from its parameters (a prompt builder) has names that the compiler cannot know;
 * then unknown keys are left to the check at run time, and the known ones keep their types.
 */
export type RunInputs<C extends Components> = string extends keyof C
  ? { readonly [name: string]: unknown }
  : string extends SocketNames<C>
    ? NestedInputs<C> & { readonly [name: string]: unknown }
    : NestedInputs<C> & { readonly [S in Exclude<SocketNames<C>, keyof C>]?: FlatValue<C, S> }

/** What a run gave: by component and socket, only what is there. */
export type RunOutputs<C extends Components> = {
  readonly [N in keyof C]?: { readonly [S in keyof C[N]['outputs']]?: ValueOf<C[N]['outputs'][S]> }
}
