import type { Component, Components, WarmUpContext } from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import { fits } from '../component/fits.ts'
import { aloneContext, type RunContext } from '../component/run-context.ts'
import type { Socket, Sockets } from '../component/socket.ts'
import { typeName } from '../component/socket-type.ts'
import { ConnectError } from '../errors.ts'
import { didYouMean, listNames } from '../suggest.ts'
import type { RunEvent } from './events.ts'
import type { PipelineNames } from './names.ts'
import { parsePath, type SocketPath } from './path.ts'

/** Which sockets of the inner pipeline show on the outside, and by what names. */
export interface PipelineMapping {
  /** For each name, the open input sockets that its value goes to. Absent: all open inputs by their socket names. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>
  /** For each output socket, its name outside; connected ones too. Absent: all open outputs by their socket names. */
  readonly outputs?: Readonly<Record<string, string>>
}

/** What a pipeline is to the component around it. */
export interface InnerPipeline {
  readonly options: PipelineNames
  get(name: string): Component
  inputs(): readonly (SocketPath & { readonly mandatory: boolean })[]
  outputs(): readonly SocketPath[]
  warmUp(context?: WarmUpContext): Promise<void>
  check(context?: CheckContext): Promise<Finding[]>
  close(): Promise<void>
  run(
    inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    options: {
      readonly signal: AbortSignal
      readonly includeOutputsFrom: readonly string[]
      readonly onEvent: (event: RunEvent) => void
    },
  ): Promise<{ readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> }>
}

interface AnyMapping {
  readonly inputs?: object
  readonly outputs?: object
}

type SocketAt<C extends Components, P, Side extends 'inputs' | 'outputs'> = P extends `${infer N}.${infer S}`
  ? C[N][Side][S]
  : never

/** The input sockets that a mapping shows, typed from the inner components. */
export type MappedInputs<C extends Components, M extends AnyMapping> = M['inputs'] extends object
  ? {
      readonly [K in keyof M['inputs']]: SocketAt<
        C,
        M['inputs'][K] extends readonly [infer P, ...unknown[]] ? P : never,
        'inputs'
      >
    }
  : Sockets

/** The output sockets that a mapping shows, typed from the inner components. */
export type MappedOutputs<C extends Components, M extends AnyMapping> = M['outputs'] extends object
  ? { readonly [P in keyof M['outputs'] as M['outputs'][P] & string]: SocketAt<C, P, 'outputs'> }
  : Sockets

interface Ends {
  readonly inputs: ReadonlyMap<string, readonly SocketPath[]>
  readonly outputs: ReadonlyMap<string, SocketPath>
}

/**
 * A pipeline as a component of another one. Streams, aborts, loads and closes through; an error inside is the inner
 * component's own. The inner pipeline stays usable by itself.
 */
export class PipelineComponent<Inputs extends Sockets = Sockets, Outputs extends Sockets = Sockets>
  implements Component
{
  static readonly type = 'Pipeline'
  static readonly description = 'A pipeline as a component.'
  readonly inputs: Inputs
  readonly outputs: Outputs
  readonly pipeline: InnerPipeline
  /** The mapping as it was given. */
  readonly mapping: PipelineMapping
  readonly #ends: Ends
  readonly #included: readonly string[]

  /** @throws ConnectError for a socket that does not exist or is taken, or two that do not go together */
  constructor(pipeline: InnerPipeline, mapping: PipelineMapping = {}) {
    this.pipeline = pipeline
    this.mapping = mapping
    this.#ends = {
      inputs: mapping.inputs ? mappedInputs(mapping.inputs) : openInputs(pipeline),
      outputs: mapping.outputs ? mappedOutputs(mapping.outputs) : openOutputs(pipeline),
    }
    this.inputs = inputSockets(pipeline, this.#ends.inputs) as Inputs
    this.outputs = outputSockets(pipeline, this.#ends.outputs) as Outputs
    this.#included = [...new Set([...this.#ends.outputs.values()].map(({ component }) => component))]
  }

  async warmUp(context?: WarmUpContext): Promise<void> {
    await this.pipeline.warmUp(context)
  }

  /** The findings inside, each saying where, and the inputs inside that must get a value and never will. */
  async check(context?: CheckContext): Promise<Finding[]> {
    const findings = await this.pipeline.check(context)
    return [
      ...this.#unreached(),
      ...findings.map(({ component: inner, ...finding }) => ({
        ...finding,
        message: inner === undefined ? finding.message : `Inside, at '${inner}': ${finding.message}`,
      })),
    ]
  }

  #unreached(): Finding[] {
    const reached = new Set([...this.#ends.inputs.values()].flat().map(pathText))
    const names = Object.keys(this.inputs)
    const none =
      names.length === 0
        ? 'the component has no inputs'
        : `none of the inputs ${listNames(names)} leads to it`
    return this.pipeline
      .inputs()
      .filter((open) => open.mandatory && !reached.has(pathText(open)))
      .map((open) => ({
        level: 'error',
        code: 'MISSING_INPUT',
        message: `Inside, '${pathText(open)}' must get a value, and ${none}.`,
      }))
  }

  async close(): Promise<void> {
    await this.pipeline.close()
  }

  async run(
    values: Readonly<Record<string, unknown>>,
    context: RunContext = aloneContext(PipelineComponent),
  ): Promise<Record<string, unknown>> {
    const inner: Record<string, Record<string, unknown>> = {}
    for (const [name, paths] of this.#ends.inputs) {
      if (values[name] === undefined) continue
      for (const { component, socket } of paths) {
        inner[component] ??= {}
        inner[component][socket] = values[name]
      }
    }
    const result = await this.pipeline.run(inner, {
      signal: context.signal,
      includeOutputsFrom: this.#included,
      onEvent: (event) => {
        if (event.type === 'chunk') context.emit(event.chunk)
      },
    })
    const outputs: Record<string, unknown> = {}
    for (const [name, { component, socket }] of this.#ends.outputs) {
      const value = result.outputs[component]?.[socket]
      if (value !== undefined) outputs[name] = value
    }
    return outputs
  }
}

function pathText({ component, socket }: SocketPath): string {
  return `${component}.${socket}`
}

function mappedInputs(inputs: Readonly<Record<string, readonly string[]>>): Ends['inputs'] {
  return new Map(Object.entries(inputs).map(([name, paths]) => [name, paths.map((path) => parsePath(path))]))
}

function mappedOutputs(outputs: Readonly<Record<string, string>>): Ends['outputs'] {
  const names = Object.values(outputs)
  const twin = names.find((name, index) => names.indexOf(name) !== index)
  if (twin !== undefined) {
    throw new ConnectError(
      'PIPELINE_INVALID_OPTION',
      `Two outputs are mapped to the name '${twin}'. Give each its own.`,
    )
  }
  return new Map(Object.entries(outputs).map(([path, name]) => [name, parsePath(path)]))
}

function openInputs(pipeline: InnerPipeline): Ends['inputs'] {
  const own = Object.entries(pipeline.options.inputs ?? {})
  if (own.length > 0) return mappedInputs(Object.fromEntries(own))
  const ends = new Map<string, SocketPath[]>()
  for (const { component, socket } of pipeline.inputs()) {
    ends.set(socket, [...(ends.get(socket) ?? []), { component, socket }])
  }
  return ends
}

function openOutputs(pipeline: InnerPipeline): Ends['outputs'] {
  const own = Object.entries(pipeline.options.outputs ?? {})
  if (own.length > 0) return new Map(own.map(([name, path]) => [name, parsePath(path)]))
  const ends = new Map<string, SocketPath>()
  for (const { component, socket } of pipeline.outputs()) {
    const twin = ends.get(socket)
    if (twin) {
      throw new ConnectError(
        'PIPELINE_INVALID_OPTION',
        `Two open outputs are called '${socket}': '${twin.component}.${socket}' and '${component}.${socket}'. Say with outputs which name each has outside.`,
      )
    }
    ends.set(socket, { component, socket })
  }
  return ends
}

function inputSockets(pipeline: InnerPipeline, ends: Ends['inputs']): Sockets {
  const open = new Set(pipeline.inputs().map(({ component, socket }) => `${component}.${socket}`))
  return Object.fromEntries(
    [...ends].map(([name, paths]) => {
      const sockets = paths.map((path) => {
        const socket = socketAt(pipeline, path, 'inputs')
        if (open.has(`${path.component}.${path.socket}`)) return socket
        throw new ConnectError(
          'CONNECT_OCCUPIED',
          `Input '${name}' cannot reach '${path.component}.${path.socket}': a connection feeds it already.`,
        )
      })
      return [name, merge(name, sockets)]
    }),
  )
}

function outputSockets(pipeline: InnerPipeline, ends: Ends['outputs']): Sockets {
  return Object.fromEntries([...ends].map(([name, path]) => [name, socketAt(pipeline, path, 'outputs')]))
}

/** One socket for several: the narrowest of their types, mandatory if any is. What is not given leaves inner defaults. */
function merge(name: string, sockets: readonly Socket[]): Socket {
  const narrowest = sockets.find(({ type }) => sockets.every((other) => fits(type, other.type)))
  if (narrowest === undefined) {
    const types = sockets.map(({ type }) => typeName(type))
    throw new ConnectError(
      sockets.length === 0 ? 'PIPELINE_INVALID_OPTION' : 'CONNECT_TYPE_MISMATCH',
      sockets.length === 0
        ? `Input '${name}' is mapped to no socket.`
        : `Input '${name}' is mapped to sockets of types that no one value has: ${listNames(types)}.`,
    )
  }
  const { type, description } = narrowest
  return {
    type,
    receives: 'one',
    optional: sockets.every((socket) => socket.optional),
    ...(description === undefined ? {} : { description }),
  }
}

function socketAt(pipeline: InnerPipeline, path: SocketPath, side: 'inputs' | 'outputs'): Socket {
  const sockets = pipeline.get(path.component)[side]
  if (Object.hasOwn(sockets, path.socket)) return sockets[path.socket] as Socket
  const names = Object.keys(sockets)
  throw new ConnectError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' has no '${path.socket}' among its ${side} ${listNames(names)}.${didYouMean(path.socket, names)}`,
  )
}
