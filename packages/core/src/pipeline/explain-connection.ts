import { MillraceError } from '../errors.ts'
import { checkConnection, takesMany } from '../graph/connect.ts'
import type { Connection, Graph } from '../graph/graph.ts'
import { parsePath } from '../graph/path.ts'
import type { Socket } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { listNames } from '../text/names.ts'
import { conversionWords } from './conversion-words.ts'

/** Whether, and how, values would get from one socket to another. Changes nothing; an impossible one says why. */
export function explainConnection(graph: Graph, from: string, to: string): string {
  try {
    const possible = checkConnection(graph, from, to)
    if (possible) return [howValuesPass(graph, possible), ...whatElseComes(graph, possible)].join(' ')
    const present = graph
      .into(parsePath(to))
      .find(({ sender }) => `${sender.component}.${sender.socket}` === from)
    return `They are connected. ${howValuesPass(graph, present as Connection)}`
  } catch (error) {
    if (MillraceError.isInstance(error)) return error.message
    throw error
  }
}

function socketOf(graph: Graph, { sender, receiver }: Connection, side: 'inputs' | 'outputs'): Socket {
  const { component, socket } = side === 'inputs' ? receiver : sender
  return graph.node(component)?.component[side][socket] as Socket
}

function howValuesPass(graph: Graph, connection: Connection): string {
  const { sender, receiver, conversion } = connection
  const from = `'${sender.component}.${sender.socket}' (${typeName(socketOf(graph, connection, 'outputs').type)})`
  const to = `'${receiver.component}.${receiver.socket}' (${typeName(socketOf(graph, connection, 'inputs').type)})`
  if (conversion === undefined) return `Values of ${from} fit ${to} as they are.`
  const { how, fails } = conversionWords[conversion.name]
  return `Values of ${from} reach ${to} converted: ${how}.${fails === undefined ? '' : ` ${fails} fails the run.`}`
}

/** What a new connection would meet in a socket that several may send to. */
function whatElseComes(graph: Graph, connection: Connection): string[] {
  const others = graph.into(connection.receiver).map(({ sender }) => `${sender.component}.${sender.socket}`)
  const socket = socketOf(graph, connection, 'inputs')
  if (others.length === 0 || !takesMany(socket)) return []
  return socket.receives === 'greedy'
    ? [`The socket takes each value by itself, those of ${listNames(others)} too.`]
    : [`They come after those of ${listNames(others)}.`]
}
