import type { Socket } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { isOpen, type Plan } from './plan.ts'

/** An input or output of a pipeline that no connection occupies. */
export interface OpenSocket {
  readonly component: string
  readonly socket: string
  /** As a person would write it, such as `ChatMessage[]`. */
  readonly type: string
  readonly mandatory: boolean
  readonly default?: unknown
  readonly description?: string
}

/** The input sockets that a caller may give values for: those without a sender, and those that join several. */
export function openInputs(plan: Plan): OpenSocket[] {
  return plan.sockets
    .filter(isOpen)
    .map(({ owner, name, socket, edges }) => describeSocket(owner.name, name, socket, edges.length === 0))
}

/** The output sockets that no connection consumes: what the result of a run has. */
export function openOutputs(plan: Plan): OpenSocket[] {
  return plan.components.flatMap(({ name: owner, component, consumed }) =>
    Object.entries(component.outputs)
      .filter(([name]) => !consumed.has(name))
      .map(([name, socket]) => describeSocket(owner, name, socket, false)),
  )
}

function describeSocket(
  component: string,
  name: string,
  socket: Socket,
  canBeMandatory: boolean,
): OpenSocket {
  return {
    component,
    socket: name,
    type: typeName(socket.type),
    mandatory: canBeMandatory && !socket.optional,
    ...(socket.default === undefined ? {} : { default: socket.default }),
    ...(socket.description === undefined ? {} : { description: socket.description }),
  }
}
