import { type Component, typeOf } from '../component/component.ts'
import { conversionBetween, isNotWrapped } from '../component/conversion.ts'
import { DefinitionError } from '../errors.ts'
import { fits } from '../schema/fits.ts'
import type { Socket, Sockets } from '../schema/socket.ts'
import { type SocketType, typeName } from '../schema/socket-type.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { Connection, Graph, GraphNode } from './graph.ts'
import { accepted, pathText, readPath, type SocketPath } from './path.ts'

/**
 * Decides whether two sockets may be connected, and how values get from one to the other.
 * Undefined when this very connection is there already.
 *
 * @throws DefinitionError with the code that says why not, and the possibilities in the message
 */
export function checkConnection(graph: Graph, from: string, to: string): Connection | undefined {
  return accepted(findConnection(graph, from, to))
}

/** Like `checkConnection`, but returns the error. For the loader, which reports all of them at once. */
export function findConnection(
  graph: Graph,
  from: string,
  to: string,
): Connection | DefinitionError | undefined {
  const sender = readPath(from, 'sender')
  if (sender instanceof DefinitionError) return sender
  const receiver = readPath(to, 'receiver')
  if (receiver instanceof DefinitionError) return receiver
  const sending = graph.node(sender.component)
  if (sending === undefined) return unknownComponent(graph, sender, 'sender')
  const receiving = graph.node(receiver.component)
  if (receiving === undefined) return unknownComponent(graph, receiver, 'receiver')
  if (sender.component === receiver.component) {
    return new DefinitionError(
      'CONNECT_SELF',
      `Cannot connect '${from}' to '${to}': a component cannot feed itself. Put another component between the two ends.`,
    )
  }
  const swapped = isSwapped(sending.component, sender.socket, receiving.component, receiver.socket)
  const output = socketAt('output', sending, sender, swapped)
  if (output instanceof DefinitionError) return output
  const input = socketAt('input', receiving, receiver, swapped)
  if (input instanceof DefinitionError) return input
  const conversion = fits(output.type, input.type) ? undefined : conversionBetween(output.type, input.type)
  if (conversion === undefined && !fits(output.type, input.type)) {
    return new DefinitionError(
      'CONNECT_TYPE_MISMATCH',
      `Cannot connect '${from}' (${typeName(output.type)}) to '${to}' (${typeName(input.type)}): the types do not fit and do not convert.${perhapsList(output.type, input.type)}\n${socketLines(graph, receiving)}`,
    )
  }
  if (graph.has(sender, receiver)) return undefined
  const occupant = takesMany(input) ? undefined : graph.into(receiver)[0]
  if (occupant !== undefined) {
    return new DefinitionError(
      'CONNECT_OCCUPIED',
      `Cannot connect '${from}' to '${to}': '${occupant.sender.component}.${occupant.sender.socket}' already sends to it, and ${aSocketOf(input.type)} takes one value. Arrays and variadic sockets join several.`,
    )
  }
  if (input.receives === 'one') {
    const others = graph
      .into(receiver)
      .map((other) => ({ path: pathText(other.sender), type: sentBy(graph, other) }))
    const mixed = findMixed(input.type, others, conversion?.gives ?? output.type)
    if (mixed !== undefined) {
      return new DefinitionError(
        'CONNECT_TYPE_MISMATCH',
        `Cannot connect '${from}' (${typeName(output.type)}) to '${to}' (${typeName(input.type)}): '${mixed.path}' sends ${typeName(mixed.type)} to it, and a list of both is of neither type. Convert one of them before.`,
      )
    }
  }
  return { sender, receiver, ...(conversion ? { conversion } : {}) }
}

/** Why a value is not wrapped in a list that would take it. */
function perhapsList(sends: SocketType, expects: SocketType): string {
  if (!isNotWrapped(sends) || !fits({ kind: 'array', items: sends }, expects)) return ''
  return ` What may be a list itself is not put in a list: give the output the type ${typeName(expects)}, or one that is never a list.`
}

function sentBy(graph: Graph, { sender, conversion }: Connection): SocketType {
  const output = graph.node(sender.component)?.component.outputs[sender.socket]
  return conversion?.gives ?? output?.type ?? { kind: 'unknown' }
}

/** The first of the senders with whom a new one cannot join in one list. */
function findMixed<Sender extends { readonly type: SocketType }>(
  expects: SocketType,
  senders: readonly Sender[],
  added: SocketType,
): Sender | undefined {
  return senders.find(
    (_, index) =>
      joinedType(expects, [...senders.slice(0, index + 1).map(({ type }) => type), added]) === undefined,
  )
}

/**
 * What a list can be that joins what all of these senders send: of several types of lists that a socket takes, those that
 * each sender fits. Undefined when there is none. `null` adds nothing to a list.
 */
export function joinedType(expects: SocketType, sends: readonly SocketType[]): SocketType | undefined {
  if (expects.kind !== 'union') return expects
  const members = expects.members.filter((member) =>
    sends.every((type) => membersOf(type).every((sent) => sent.kind === 'null' || fits(sent, member))),
  )
  const [only, ...others] = members
  return others.length === 0 ? only : { kind: 'union', members }
}

function membersOf(type: SocketType): readonly SocketType[] {
  return type.kind === 'union' ? type.members.flatMap(membersOf) : [type]
}

/** Whether several values may meet in this socket: variadic ones list them, arrays are concatenated. */
export function takesMany(socket: Socket): boolean {
  return socket.receives !== 'one' || isArrays(socket.type)
}

/** As in `an integer socket`. */
export function aSocketOf(type: SocketType): string {
  const name = typeName(type)
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name} socket`
}

function isArrays(type: SocketType): boolean {
  if (type.kind !== 'union') return type.kind === 'array'
  const real = type.members.filter((member) => member.kind !== 'null')
  return real.length > 0 && real.every(isArrays)
}

/** Whether the ends of a connection exist, but the other way round. */
function isSwapped(sending: Component, from: string, receiving: Component, to: string): boolean {
  const isRight = Object.hasOwn(sending.outputs, from) || Object.hasOwn(receiving.inputs, to)
  return !isRight && Object.hasOwn(sending.inputs, from) && Object.hasOwn(receiving.outputs, to)
}

function unknownComponent(graph: Graph, path: SocketPath, end: 'sender' | 'receiver'): DefinitionError {
  const names = graph.names()
  return new DefinitionError(
    'CONNECT_UNKNOWN_COMPONENT',
    `Cannot connect '${path.component}.${path.socket}': there is no component '${path.component}'. Components: ${listNames(names)}.${didYouMean(path.component, names)}`,
    { end },
  )
}

function socketAt(
  kind: 'input' | 'output',
  node: GraphNode,
  path: SocketPath,
  swapped: boolean,
): Socket | DefinitionError {
  const sockets: Sockets = kind === 'input' ? node.component.inputs : node.component.outputs
  const socket = Object.hasOwn(sockets, path.socket) ? sockets[path.socket] : undefined
  if (socket) return socket
  const names = Object.keys(sockets)
  const hint = swapped
    ? ` It has an ${kind === 'input' ? 'output' : 'input'} of that name: are sender and receiver swapped?`
    : didYouMean(path.socket, names)
  const possible =
    names.length === 0
      ? `It has no ${kind}s.`
      : `Its ${kind}s are ${Object.entries(sockets)
          .map(([name, known]) => `'${name}' (${typeName(known.type)})`)
          .join(', ')}.`
  return new DefinitionError(
    'CONNECT_UNKNOWN_SOCKET',
    `'${path.component}' (${typeOf(node.component)}) has no ${kind} '${path.socket}'. ${possible}${hint}`,
    { end: kind === 'input' ? 'receiver' : 'sender' },
  )
}

/** The inputs of a component with their types and who sends to them, one line each. */
function socketLines(graph: Graph, node: GraphNode): string {
  const lines = Object.entries(node.component.inputs).map(([socket, { type, optional }]) => {
    const senders = graph
      .into({ component: node.name, socket })
      .map(({ sender }) => `${sender.component}.${sender.socket}`)
    const from = senders.length > 0 ? `, from ${listNames(senders)}` : ''
    return `  ${socket}: ${typeName(type)}${optional ? ' (optional)' : ''}${from}`
  })
  return `Inputs of '${node.name}':\n${lines.join('\n')}`
}
