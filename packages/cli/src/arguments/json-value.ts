import { ChatMessage, Document, MillraceError, type SocketType } from '@millrace/core'
import { fitsType } from './fits-type.ts'

/**
 * A JSON value as the type wants it, where people write it shorter: a text for a message or a document, a message
 * whose content is a text, a document without an id, one value for a list. Anything else stays as it is: whether it
 * fits is for the check to say.
 */
export function readJson(type: SocketType, value: unknown): unknown {
  if (fitsType(type, value)) return value
  for (const read of readings(type, value)) {
    if (fitsType(type, read)) return read
  }
  return value
}

function readings(type: SocketType, value: unknown): unknown[] {
  switch (type.kind) {
    case 'named':
      return namedReadings(type.name, value)
    case 'array':
      if (Array.isArray(value)) return [value.map((item) => readJson(type.items, item))]
      return [[readJson(type.items, value)]]
    case 'union':
      return type.members.map((member) => readJson(member, value))
    default:
      return []
  }
}

function namedReadings(name: string, value: unknown): unknown[] {
  try {
    if (name === 'ChatMessage') {
      return [typeof value === 'string' ? ChatMessage.user(value) : ChatMessage.fromJSON(value)]
    }
    if (name === 'Document') {
      return [Document.create(typeof value === 'string' ? { content: value } : Object(value))]
    }
    return []
  } catch (error) {
    if (MillraceError.isInstance(error)) return []
    throw error
  }
}
