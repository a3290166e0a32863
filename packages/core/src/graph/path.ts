import type { Components } from '../component/component.ts'
import type { ChatMessage, WrittenMessage } from '../data/chat-message.ts'
import type { Document, DocumentFields } from '../data/document.ts'
import { DefinitionError } from '../errors.ts'
import type { SentTo, ValueOf } from '../schema/socket.ts'

/** One end of a connection. */
export interface SocketPath {
  readonly component: string
  readonly socket: string
}

/**
 * Reads `component.socket`. The first dot divides: socket names may have dots and slashes, too, as in
 * `router.text/plain`.
 *
 * @throws DefinitionError `CONNECT_INVALID_PATH`
 */
export function parsePath(path: string, end?: 'sender' | 'receiver'): SocketPath {
  return accepted(readPath(path, end))
}

/** What was found; throws what says why there is nothing. */
export function accepted<T>(found: T | DefinitionError): T {
  if (found instanceof DefinitionError) throw found
  return found
}

/** Like `parsePath`, but returns the error. For the loader, which reports all of them at once. */
export function readPath(path: string, end?: 'sender' | 'receiver'): SocketPath | DefinitionError {
  const dot = typeof path === 'string' ? path.indexOf('.') : -1
  if (dot <= 0 || dot === path.length - 1) {
    return new DefinitionError(
      'CONNECT_INVALID_PATH',
      `'${String(path)}' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.`,
      end ? { end } : {},
    )
  }
  return { component: path.slice(0, dot), socket: path.slice(dot + 1) }
}

/** `component.socket`, which `parsePath` reads. */
export function pathText({ component, socket }: SocketPath): string {
  return `${component}.${socket}`
}

/** What the socket at path `P` sends. */
export type Sent<C extends Components, P> = P extends `${infer N}.${infer S}`
  ? ValueOf<C[N]['outputs'][S]>
  : never

/** Shown by the compiler where two sockets do not fit. */
export interface SocketMismatch<Sends, Expects> {
  readonly sends: Sends
  readonly expects: Expects
}

/**
 * `unknown` (which adds nothing) where the sockets at the two ends fit or convert, otherwise the mismatch. The
 * look-ups are written out, and only what does not fit is looked at closer: this runs for every `connect`.
 */
export type Fit<C extends Components, From, To> = From extends `${infer N}.${infer S}`
  ? To extends `${infer M}.${infer R}`
    ? C[N]['outputs'][S]['~received'] extends C[M]['inputs'][R]['~sent']
      ? unknown
      : string extends keyof C[N]['outputs']
        ? unknown
        : Converted<ValueOf<C[N]['outputs'][S]>, SentTo<C[M]['inputs'][R]>>
    : never
  : never

type Converted<Sends, Expects> =
  true extends Converts<Sends, Expects> ? unknown : SocketMismatch<Sends, Expects>

type ElementOf<T> = T extends readonly (infer E)[] ? E : never

/** The rules of `conversionBetween`, for the compiler. */
type Converts<Sends, Expects> = [Sends] extends [ElementOf<Expects>]
  ? Wraps<Sends>
  : [Sends] extends [string]
    ? Takes<ChatMessage, Expects>
    : [Sends] extends [ChatMessage]
      ? Takes<string, Expects>
      : [Sends] extends [readonly string[]]
        ? TakesOne<string, Expects> | TakesOne<ChatMessage, Expects>
        : [Sends] extends [readonly ChatMessage[]]
          ? TakesOne<ChatMessage, Expects> | TakesOne<string, Expects>
          : [Sends] extends [readonly string[] | readonly ChatMessage[]]
            ? TakesOne<string | ChatMessage, Expects>
            : false

/** What may or may not be a list itself is not wrapped. */
type Wraps<Sends> = unknown extends Sends
  ? false
  : [Extract<Sends, readonly unknown[]>] extends [never]
    ? true
    : [Sends] extends [readonly unknown[]]
      ? true
      : false

type TakesOne<Value, Expects> = [Value] extends [Expects] ? true : false
type Takes<Value, Expects> = TakesOne<Value, Expects> | ([Value] extends [ElementOf<Expects>] ? true : false)

/** The names of all input sockets of all components; `string` when a component names its sockets at run time. */
type SocketNames<C extends Components> = { [N in keyof C]: keyof C[N]['inputs'] }[keyof C]

type FlatValue<C extends Components, S> = {
  [N in keyof C]: S extends keyof C[N]['inputs'] ? SentTo<C[N]['inputs'][S]> : never
}[keyof C]

/**
 * What a caller may give where a socket takes `T`: also what `run` reads as one. A list of one value for the value is read,
 * too, but the compiler cannot count.
 */
// A conditional type: messages of the compiler show what it comes to, and not its name.
export type Given<T> = [T] extends [infer Value]
  ? Value | (string extends T ? ChatMessage : never) | GivenData<T> | GivenList<T>
  : never

type GivenData<T> = ChatMessage extends T
  ? string | WrittenMessage
  : Document extends T
    ? string | DocumentFields
    : never

type GivenList<T> = T extends readonly (infer Item)[]
  ?
      | Item
      | (string extends Item ? ChatMessage : never)
      | GivenData<Item>
      | readonly (Item | GivenData<Item>)[]
      | (Item extends number ? Float32Array : never)
  : never

/**
 * What `run` takes: values by component and socket, or by socket name alone. Where a socket is called like a component,
 * the name stands for the component.
 *
 * A component that makes its sockets from its parameters (a prompt builder) has names that the compiler cannot know;
 * then unknown keys are left to the check at run time, and the known ones keep their types.
 */
// Without smaller aliases for its parts: messages of the compiler would show their names instead of the inputs.
export type RunInputs<C extends Components> = string extends keyof C
  ? { readonly [name: string]: unknown }
  : string extends SocketNames<C>
    ? {
        readonly [N in keyof C]?: { readonly [S in keyof C[N]['inputs']]?: Given<SentTo<C[N]['inputs'][S]>> }
      } & { readonly [name: string]: unknown }
    : {
        readonly [K in keyof C | SocketNames<C>]?: K extends keyof C
          ? { readonly [S in keyof C[K]['inputs']]?: Given<SentTo<C[K]['inputs'][S]>> }
          : Given<FlatValue<C, K>>
      }

/** What `run` takes from a pipeline that names some inputs. */
export type NamedRunInputs<C extends Components, Named extends string> = [Named] extends [never]
  ? RunInputs<C>
  : RunInputs<C> & { readonly [N in Named]?: unknown }

/** What a run gave: by component and socket, only what is there. */
export type RunOutputs<C extends Components> = {
  readonly [N in keyof C]?: { readonly [S in keyof C[N]['outputs']]?: ValueOf<C[N]['outputs'][S]> }
}
