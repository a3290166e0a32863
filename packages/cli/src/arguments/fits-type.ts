import type { Socket, SocketType } from '@millrace/core'
import { checkValue, type ValueProblem } from '@millrace/core/component'

const sockets = new WeakMap<SocketType, Socket>()

/** Everything that is wrong with one value of this type. */
export function problemsOf(type: SocketType, value: unknown): ValueProblem[] {
  let socket = sockets.get(type)
  if (socket === undefined) {
    socket = { type, receives: 'one', optional: false }
    sockets.set(type, socket)
  }
  return checkValue(socket, value)
}

export function fitsType(type: SocketType, value: unknown): boolean {
  return problemsOf(type, value).length === 0
}
