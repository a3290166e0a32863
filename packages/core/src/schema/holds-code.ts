import type { SocketType } from './socket-type.ts'

/** Whether a value of the type is or has a function, or another object that is not data. */
export function holdsCode(type: SocketType): boolean {
  switch (type.kind) {
    case 'named':
      return (
        type.holds !== undefined || (type.of === undefined ? type.check !== undefined : holdsCode(type.of))
      )
    case 'array':
      return holdsCode(type.items)
    case 'union':
      return type.members.every(holdsCode)
    default:
      return false
  }
}
