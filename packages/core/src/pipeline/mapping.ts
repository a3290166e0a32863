import type { Components } from '../component/component.ts'
import type { OptionalSocket, SentTo, Socket, Sockets } from '../schema/socket.ts'

/** Which sockets of the inner pipeline show on the outside, and by what names. */
export interface PipelineMapping {
  /** For each name, the open input sockets that its value goes to. Absent: all open inputs by their socket names. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>
  /** For each output socket, its name outside; connected ones too. Absent: all open outputs by their socket names. */
  readonly outputs?: Readonly<Record<string, string>>
}

interface AnyMapping {
  readonly inputs?: object
  readonly outputs?: object
}

/** What `asComponent` takes: the paths of the sockets inside are known to the compiler. */
export type MappingOf<C extends Components> = string extends keyof C
  ? PipelineMapping
  : {
      readonly inputs?: {
        readonly [name: string]: readonly {
          [N in keyof C & string]: `${N}.${keyof C[N]['inputs'] & string}`
        }[keyof C & string][]
      }
      readonly outputs?: {
        readonly [P in { [N in keyof C & string]: `${N}.${keyof C[N]['outputs'] & string}` }[keyof C &
          string]]?: string
      }
    }

/** Shown by the compiler where a mapping names an output that is not there. */
interface NoSuchOutput<Path> {
  readonly noSuchOutput: Path
}

/** `unknown` (which adds nothing) where all outputs are there: a wrong one beside a right one is not refused otherwise. */
export type KnownOutputs<C extends Components, M> = M extends { readonly outputs: infer Outputs }
  ? {
      readonly outputs: {
        readonly [P in keyof Outputs as P extends {
          [N in keyof C & string]: `${N}.${keyof C[N]['outputs'] & string}`
        }[keyof C & string]
          ? never
          : P]: NoSuchOutput<P>
      }
    }
  : unknown

type SocketAt<C extends Components, P, Side extends 'inputs' | 'outputs'> = P extends `${infer N}.${infer S}`
  ? C[N][Side][S]
  : never

/** What all of the sockets in the union `S` take. */
type SentToAll<S> = (S extends unknown ? (value: SentTo<S>) => void : never) extends (value: infer T) => void
  ? T
  : never

type Merged<S> = [S] extends [{ readonly optional: true }]
  ? OptionalSocket<SentToAll<S>>
  : Socket<SentToAll<S>>

type ElementOf<Paths> = Paths extends readonly (infer P)[] ? P : never

/** The input sockets that a mapping shows, typed from the inner components; else the names that the pipeline has. */
export type MappedInputs<
  C extends Components,
  M extends AnyMapping,
  Named extends string = never,
> = M['inputs'] extends object
  ? { readonly [K in keyof M['inputs']]: Merged<SocketAt<C, ElementOf<M['inputs'][K]>, 'inputs'>> }
  : [Named] extends [never]
    ? Sockets
    : { readonly [K in Named]: Socket }

/** The output sockets that a mapping shows, typed from the inner components. */
export type MappedOutputs<C extends Components, M extends AnyMapping> = M['outputs'] extends object
  ? { readonly [P in keyof M['outputs'] as M['outputs'][P] & string]: SocketAt<C, P, 'outputs'> }
  : Sockets
