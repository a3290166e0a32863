import type { Component } from '../component/component.ts'
import { DefinitionError } from '../errors.ts'
import { describeValue } from '../text/show.ts'
import type { PipelineMapping } from './mapping.ts'
import type { PipelineNames } from './names.ts'
import { parsePath, type SocketPath } from './path.ts'
import type { Plan } from './plan.ts'

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
        `The output '${path}' is mapped to ${describeValue(name)}. It takes the name that it has outside.`,
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

export function pathText({ component, socket }: SocketPath): string {
  return `${component}.${socket}`
}
