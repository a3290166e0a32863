import { DefinitionError } from '../errors.ts'
import { fits } from '../schema/fits.ts'
import type { Socket, Sockets } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { type Ends, pathText, type ShownPipeline } from './mapped-ends.ts'
import type { SocketPath } from './path.ts'
import { surelyRunning } from './reachable.ts'

/** The inputs outside: for several sockets the narrowest of their types, mandatory if any is. */
export function shownInputs(pipeline: ShownPipeline, ends: Ends['inputs']): Sockets {
  const open = new Map(pipeline.inputs().map((input) => [pathText(input), input]))
  return Object.fromEntries(
    [...ends].map(([name, paths]) => {
      const sockets = paths.map((path) => {
        const socket = socketAt(pipeline, path, 'inputs')
        const state = open.get(pathText(path))
        if (state) return { path: pathText(path), socket, mandatory: state.mandatory }
        throw new DefinitionError(
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
    throw new DefinitionError(
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
  throw new DefinitionError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' has no '${path.socket}' among its ${side} ${listNames(names)}.${didYouMean(path.socket, names)}`,
  )
}
