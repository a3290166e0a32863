import type { SocketType } from '@millrace/core'

/** Whether a value of the type may be an image, which a command line gives as a file. */
export function takesImage(type: SocketType): boolean {
  if (type.kind === 'array') return takesImage(type.items)
  if (type.kind === 'union') return type.members.some(takesImage)
  return type.kind === 'named' && type.name === 'ImageContent'
}
