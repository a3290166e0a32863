import { DefinitionError } from '../errors.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { Graph } from './graph.ts'
import { accepted, readPath, type SocketPath } from './path.ts'

export interface PipelineNames {
  /** Names that the pipeline gives to inputs: `{ question: ['prompt.question'] }`. */
  readonly inputs?: Readonly<Record<string, readonly string[]>>
  /** Names that it gives to outputs: `{ answer: 'llm.replies' }`. */
  readonly outputs?: Readonly<Record<string, string>>
}

export interface ResolvedNames {
  readonly inputs: ReadonlyMap<string, readonly SocketPath[]>
  readonly outputs: ReadonlyMap<string, SocketPath>
}

/**
 * Finds the sockets behind the names that a pipeline gives itself.
 *
 * @throws DefinitionError `PIPELINE_INVALID_NAME` for a name that is also a component's, `CONNECT_…` for a bad socket
 */
export function resolveNames(graph: Graph, { inputs = {}, outputs = {} }: PipelineNames): ResolvedNames {
  const isComponent = (name: string) => graph.node(name) !== undefined
  for (const name of Object.keys(inputs)) accepted(checkName(name, 'inputs', isComponent))
  for (const name of Object.keys(outputs)) accepted(checkName(name, 'outputs', isComponent))
  return {
    inputs: new Map(
      Object.entries(inputs).map(([name, paths]) => [
        name,
        paths.map((path) => accepted(findSocket(graph, path, 'inputs'))),
      ]),
    ),
    outputs: new Map(
      Object.entries(outputs).map(([name, path]) => [name, accepted(findSocket(graph, path, 'outputs'))]),
    ),
  }
}

/** Why a pipeline cannot give an input or output this name; undefined when it can. */
export function checkName(
  name: string,
  side: 'inputs' | 'outputs',
  isComponent: (name: string) => boolean,
): DefinitionError | undefined {
  if (!isSocketName(name)) {
    return new DefinitionError(
      'PIPELINE_INVALID_NAME',
      `A pipeline cannot call an input or output '${name}'. Choose another name.`,
    )
  }
  if (side === 'outputs' || !isComponent(name)) return undefined
  return new DefinitionError(
    'PIPELINE_INVALID_NAME',
    `The input name '${name}' is also the name of a component: run({ ${name}: … }) could mean either. Choose another.`,
  )
}

/** The socket that a name of one side leads to, or why there is none. */
export function findSocket(
  graph: Graph,
  written: string,
  side: 'inputs' | 'outputs',
): SocketPath | DefinitionError {
  const path = readPath(written)
  if (path instanceof DefinitionError) return path
  const node = graph.node(path.component)
  if (!node) {
    return new DefinitionError(
      'CONNECT_UNKNOWN_COMPONENT',
      `'${written}' names no component. Components: ${listNames(graph.names())}.${didYouMean(path.component, graph.names())}`,
    )
  }
  const sockets = node.component[side]
  if (Object.hasOwn(sockets, path.socket)) return path
  const names = Object.keys(sockets)
  return new DefinitionError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' has no '${path.socket}' among its ${side} ${listNames(names)}.${didYouMean(path.socket, names)}`,
  )
}

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** @throws DefinitionError `CONNECT_INVALID_NAME` for a name that no component of a pipeline can have */
export function checkComponentName(name: unknown): asserts name is string {
  const fault = componentNameFault(name)
  if (fault) throw fault
}

/** Why no component of a pipeline can have this name; undefined when one can. */
export function componentNameFault(name: unknown): DefinitionError | undefined {
  if (typeof name === 'string' && NAME.test(name) && name !== '__proto__') return undefined
  return new DefinitionError(
    'CONNECT_INVALID_NAME',
    `A component cannot be called '${String(name)}': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.`,
  )
}

/**
 * Whether a socket, or an input or output of a pipeline, may be called so. Names are free, dots and slashes included,
 * but values are kept under them in plain objects: not `constructor`, `toString`, `__proto__` and the like.
 */
export function isSocketName(name: string): boolean {
  return name !== '' && !(name in Object.prototype)
}

/** @throws DefinitionError `COMPONENT_INVALID` */
export function checkSocketNames(component: string, kind: 'input' | 'output', sockets: object): void {
  const refused = Object.keys(sockets).find((name) => !isSocketName(name))
  if (refused === undefined) return
  throw new DefinitionError(
    'COMPONENT_INVALID',
    `'${component}' has an ${kind} called '${refused}': a socket can have any name but '' and those of properties that every object has, such as 'constructor'.`,
  )
}
