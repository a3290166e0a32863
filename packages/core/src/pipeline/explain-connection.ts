import { MillraceError } from '../errors.ts'
import { checkConnection, takesMany } from './connect.ts'
import type { Graph } from './graph.ts'

/** Whether, and how, values would get from one socket to another. Changes nothing; an impossible one says why. */
export function explainConnection(graph: Graph, from: string, to: string): string {
  try {
    const connection = checkConnection(graph, from, to)
    if (connection === undefined) return `'${from}' and '${to}' are connected.`
    const how = connection.conversion
      ? `Values of '${from}' reach '${to}' by the conversion ${connection.conversion.name}.`
      : `Values of '${from}' fit '${to}' as they are.`
    const { component, socket } = connection.receiver
    const others = graph
      .into(connection.receiver)
      .map(({ sender }) => `'${sender.component}.${sender.socket}'`)
    const receiving = graph.node(component)?.component.inputs[socket]
    if (others.length === 0 || receiving === undefined || !takesMany(receiving)) return how
    return `${how} They come after those of ${others.join(', ')}.`
  } catch (error) {
    if (MillraceError.isInstance(error)) return error.message
    throw error
  }
}
