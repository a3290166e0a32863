import type { Component } from '../component/component.ts'
import { fits } from '../component/fits.ts'
import type { Socket, Sockets } from '../component/socket.ts'
import { typeName } from '../component/socket-type.ts'
import { shown } from '../component/validate.ts'
import { ConnectError } from '../errors.ts'
import { didYouMean, listNames } from '../suggest.ts'
import type { PipelineMapping } from './mapping.ts'
import type { PipelineNames } from './names.ts'
import { parsePath, type SocketPath } from './path.ts'
import type { Plan } from './plan.ts'
import { surelyRunning } from './reachable.ts'

/** What must be known of a pipeline to show its sockets. */
export interface ShownPipeline {
  readonly options: PipelineNames
  get(name: string): Component
  inputs(): readonly (SocketPath & { readonly mandatory: boolean })[]
  outputs(): readonly SocketPath[]
  compiled(): Plan
}

/** The sockets inside behind each name outside. */
export interface Ends {
  readonly inputs: ReadonlyMap<string, readonly SocketPath[]>
  readonly outputs: ReadonlyMap<string, SocketPath>
}

/** Where the names of a mapping lead. Without one: the names that the pipeline gives itself, or all that is open. */
export function mappedEnds(pipeline: ShownPipeline, { inputs, outputs }: PipelineMapping): Ends {
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
    if (name === '' || name === '__proto__') {
      throw invalid(`A pipeline cannot call an input or output '${name}'. Choose another name.`)
    }
  }
  checkReachedOnce(ends.inputs)
  return ends
}

function invalid(message: string): ConnectError {
  return new ConnectError('PIPELINE_INVALID_OPTION', message)
}

function named<T extends object>(names: T | undefined): names is T {
  return names !== undefined && Object.keys(names).length > 0
}

function givenInputs(inputs: Readonly<Record<string, readonly string[]>>): Ends['inputs'] {
  const ends = Object.entries(inputs).map(([name, paths]) => {
    if (!Array.isArray(paths)) {
      throw invalid(
        `The input '${name}' is mapped to ${shown(paths)}. It takes a list, such as ['prompt.question'].`,
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
        `The output '${path}' is mapped to ${shown(name)}. It takes the name that it has outside.`,
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

function openInputs(pipeline: ShownPipeline): Ends['inputs'] {
  const ends = new Map<string, SocketPath[]>()
  for (const { component, socket } of pipeline.inputs()) {
    const others = ends.get(socket)
    if (others) others.push({ component, socket })
    else ends.set(socket, [{ component, socket }])
  }
  return ends
}

function openOutputs(pipeline: ShownPipeline): Ends['outputs'] {
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

/** The inputs outside: for several sockets the narrowest of their types, mandatory if any is. */
export function shownInputs(pipeline: ShownPipeline, ends: Ends['inputs']): Sockets {
  const open = new Map(pipeline.inputs().map((input) => [pathText(input), input]))
  return Object.fromEntries(
    [...ends].map(([name, paths]) => {
      const sockets = paths.map((path) => {
        const socket = socketAt(pipeline, path, 'inputs')
        const state = open.get(pathText(path))
        if (state) return { path: pathText(path), socket, mandatory: state.mandatory }
        throw new ConnectError(
          'CONNECT_OCCUPIED',
          `The input '${name}' cannot reach '${pathText(path)}': a connection feeds it already.`,
        )
      })
      return [name, merge(name, sockets)]
    }),
  )
}

interface Reached {
  readonly path: string
  readonly socket: Socket
  readonly mandatory: boolean
}

/** What is not given outside is not given inside either, so that the defaults there apply: none is shown. */
function merge(name: string, sockets: readonly Reached[]): Socket {
  const narrowest = sockets.find(({ socket: { type } }) =>
    sockets.every(({ socket }) => fits(type, socket.type)),
  )
  if (narrowest === undefined) {
    const types = sockets.map(({ path, socket }) => `\n  ${path}: ${typeName(socket.type)}`)
    throw new ConnectError(
      'CONNECT_TYPE_MISMATCH',
      `The input '${name}' would reach sockets of which no type fits all the others. Give them names of their own with inputs.${types.join('')}`,
    )
  }
  const { type, description } = narrowest.socket
  return Object.freeze({
    type,
    receives: 'one',
    optional: !sockets.some(({ mandatory }) => mandatory),
    ...(description === undefined ? {} : { description }),
  })
}

/** The outputs outside: optional if the component inside may leave it out, or may not run at all. */
export function shownOutputs(pipeline: ShownPipeline, ends: Ends['outputs']): Sockets {
  if (ends.size === 0) return {}
  const plan = pipeline.compiled()
  const sure = surelyRunning(plan)
  return Object.fromEntries(
    [...ends].map(([name, path]) => {
      const socket = socketAt(pipeline, path, 'outputs')
      const isSure = sure.has(plan.byName.get(path.component)?.index ?? -1)
      return [name, socket.optional || isSure ? socket : Object.freeze({ ...socket, optional: true })]
    }),
  )
}

function socketAt(pipeline: ShownPipeline, path: SocketPath, side: 'inputs' | 'outputs'): Socket {
  const sockets = pipeline.get(path.component)[side]
  if (Object.hasOwn(sockets, path.socket)) return sockets[path.socket] as Socket
  const names = Object.keys(sockets)
  throw new ConnectError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' has no '${path.socket}' among its ${side} ${listNames(names)}.${didYouMean(path.socket, names)}`,
  )
}

export function pathText({ component, socket }: SocketPath): string {
  return `${component}.${socket}`
}
