import type { SocketType } from '@millrace/core'

/** Some value of a type, with nothing in it that need not be. It may miss constraints, such as a pattern. */
export function sampleOf(type: SocketType): unknown {
  switch (type.kind) {
    case 'string':
      return 'sample'
    case 'number':
    case 'integer': {
      const { minimum = 0 } = (type.constraints ?? {}) as { minimum?: number }
      return Math.max(minimum, 1)
    }
    case 'boolean':
      return false
    case 'literal':
      return type.values[0]
    case 'array':
      return []
    case 'union':
      return type.members[0] === undefined ? null : sampleOf(type.members[0])
    case 'object':
      return Object.fromEntries(
        Object.entries(type.fields)
          .filter(([, field]) => !field.optional)
          .map(([name, field]) => [name, sampleOf(field.type)]),
      )
    case 'record':
      return {}
    case 'named':
      return type.name === 'Tools' ? [] : null
    default:
      return null
  }
}
