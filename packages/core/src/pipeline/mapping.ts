import type { Components } from '../component/component.ts'
import { DefinitionError } from '../errors.ts'
import { isSocketName } from '../graph/names.ts'
import { parsePath, pathText, type SocketPath } from '../graph/path.ts'
import type { OptionalSocket, SentTo, Socket, Sockets } from '../schema/socket.ts'
import { describeValue } from '../text/show.ts'
import type { Pipeline } from './pipeline.ts'

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

/** The sockets inside behind each name outside. */
export interface Ends {
  readonly inputs: ReadonlyMap<string, readonly SocketPath[]>
  readonly outputs: ReadonlyMap<string, SocketPath>
}

/** Where the names of a mapping lead. Without one: the names that the pipeline gives itself, or all that is open. */
export function mappedEnds(pipeline: Pipeline, { inputs, outputs }: PipelineMapping): Ends {
  const own = pipeline.options
  const ends = {
    inputs: inputs ? givenInputs(inputs) : named(own.inputs) ? givenInputs(own.inputs) : openInputs(pipeline),
    outputs: outputs
      ? givenOutputs(outputs)
      : named(own.outputs)
        ? ownOutputs(own.outputs)
        : openOutputs(pipeline),
  }
  for (const name of [...ends.inputs.keys(), ...ends.outputs.keys()]) {
    if (!isSocketName(name)) {
      throw invalid(`A pipeline cannot call an input or output '${name}'. Choose another name.`)
    }
  }
  checkReachedOnce(ends.inputs)
  return ends
}

function invalid(message: string): DefinitionError {
  return new DefinitionError('PIPELINE_INVALID_NAME', message)
}

function named<T extends object>(names: T | undefined): names is T {
  return names !== undefined && Object.keys(names).length > 0
}

function givenInputs(inputs: Readonly<Record<string, readonly string[]>>): Ends['inputs'] {
  const ends = Object.entries(inputs).map(([name, paths]) => {
    if (!Array.isArray(paths)) {
      throw invalid(
        `The input '${name}' is mapped to ${describeValue(paths)}. It takes a list, such as ['prompt.question'].`,
      )
    }
    if (paths.length === 0)
      throw invalid(`The input '${name}' is mapped to no socket. Name one, or leave it out.`)
    return [name, paths.map((path) => parsePath(path))] as const
  })
  return new Map(ends)
}

function givenOutputs(outputs: Readonly<Record<string, string>>): Ends['outputs'] {
  const ends = new Map<string, SocketPath>()
  for (const [path, name] of Object.entries(outputs)) {
    if (typeof name !== 'string') {
      throw invalid(
        `The output '${path}' is mapped to ${describeValue(name)}. Give the name that the output has outside.`,
      )
    }
    const twin = ends.get(name)
    if (twin)
      throw invalid(`'${pathText(twin)}' and '${path}' are both mapped to '${name}'. Give each its own name.`)
    ends.set(name, parsePath(path))
  }
  return ends
}

function ownOutputs(outputs: Readonly<Record<string, string>>): Ends['outputs'] {
  return new Map(Object.entries(outputs).map(([name, path]) => [name, parsePath(path)]))
}

function openInputs(pipeline: Pipeline): Ends['inputs'] {
  const ends = new Map<string, SocketPath[]>()
  for (const { component, socket } of pipeline.inputs()) {
    const others = ends.get(socket)
    if (others) others.push({ component, socket })
    else ends.set(socket, [{ component, socket }])
  }
  return ends
}

function openOutputs(pipeline: Pipeline): Ends['outputs'] {
  const ends = new Map<string, SocketPath>()
  for (const { component, socket } of pipeline.outputs()) {
    const twin = ends.get(socket)
    if (twin) {
      throw invalid(
        `Two open outputs are called '${socket}': '${pathText(twin)}' and '${component}.${socket}'. Say with outputs which name each has outside.`,
      )
    }
    ends.set(socket, { component, socket })
  }
  return ends
}

/** Two values for one socket: one of them would be lost. */
function checkReachedOnce(inputs: Ends['inputs']): void {
  const reached = new Map<string, string>()
  for (const [name, paths] of inputs) {
    for (const path of paths.map(pathText)) {
      const other = reached.get(path)
      if (other === name) throw invalid(`The input '${name}' is mapped to '${path}' twice.`)
      if (other !== undefined) {
        throw invalid(
          `The inputs '${other}' and '${name}' are both mapped to '${path}', which takes one value.`,
        )
      }
      reached.set(path, name)
    }
  }
}
