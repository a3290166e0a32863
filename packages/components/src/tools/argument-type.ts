import type { SocketType } from '@millrace/core'
import { fits } from '@millrace/core/component'

const text: SocketType = { kind: 'string' }

/** Of our data, what a model writes as a text, which a connection would convert, too. */
const asText = new Set(['ChatMessage', 'Document'])

/** Made by programs: a model cannot write them. */
const ofPrograms = new Set(['ImageContent', 'FileContent', 'StreamingChunk'])

const anything: SocketType = { kind: 'json' }

/**
 * What a model writes for an input of this type: JSON, with texts in the place of messages and documents. Undefined where it
 * cannot write any value: tools, callbacks, images.
 */
export function argumentType(type: SocketType): SocketType | undefined {
  switch (type.kind) {
    case 'named':
      if (asText.has(type.name)) return text
      return ofPrograms.has(type.name) || !fits(type, anything) ? undefined : type
    case 'array': {
      // A conversation is what a user says.
      if (type.items.kind === 'named' && type.items.name === 'ChatMessage') return text
      const items = argumentType(type.items)
      return items && { ...type, items }
    }
    case 'record': {
      const values = argumentType(type.values)
      return values && { ...type, values }
    }
    case 'object':
      return objectArgument(type)
    case 'union':
      return unionArgument(type.members)
    default:
      return type
  }
}

function objectArgument(type: Extract<SocketType, { kind: 'object' }>): SocketType | undefined {
  const fields = Object.entries(type.fields).map(([name, field]) => {
    const written = argumentType(field.type)
    return { name, optional: field.optional, field: written && { ...field, type: written } }
  })
  if (fields.some(({ optional, field }) => field === undefined && !optional)) return undefined
  const writable = fields.flatMap(({ name, field }) => (field === undefined ? [] : [[name, field] as const]))
  return { kind: 'object', fields: Object.fromEntries(writable) }
}

/** Each member that a model can write, once. */
function unionArgument(types: readonly SocketType[]): SocketType | undefined {
  const members: SocketType[] = []
  for (const member of types.map(argumentType)) {
    if (member === undefined) continue
    if (!members.some((known) => fits(member, known) && fits(known, member))) members.push(member)
  }
  const real = members.filter(({ kind }) => kind !== 'null')
  return real.length === 0 ? undefined : members.length === 1 ? members[0] : { kind: 'union', members }
}
