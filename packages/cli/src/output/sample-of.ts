import type { SocketType } from '@millrace/core'

type Holding = NonNullable<Extract<SocketType, { readonly kind: 'named' }>['holds']>

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
      return Number(type.constraints?.['minItems'] ?? 0) > 0 ? [sampleOf(type.items)] : []
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
      return sampleHeld(type.holds)
    default:
      return null
  }
}

function sampleHeld(holds: Holding | undefined): unknown {
  switch (holds?.kind) {
    case 'tools':
      return []
    case 'resource':
      return {}
    case 'component': {
      const { inputs, outputs } = holds.shape
      return { inputs: socketsOf(inputs), outputs: socketsOf(outputs), run: () => ({}) }
    }
    default:
      return null
  }
}

function socketsOf(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, { ...field, receives: 'one' }]),
  )
}
