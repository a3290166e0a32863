import type { SocketType } from '@millrace/core'

type Holding = NonNullable<Extract<SocketType, { readonly kind: 'named' }>['holds']>

export interface SampleStyle {
  /** What texts are. */
  readonly text: string
  /** Whether lists and records have an element, rather than none. */
  readonly full: boolean
}

const plain: SampleStyle = { text: 'sample', full: false }

/** Some value of a type, with nothing in it that need not be. It may miss constraints, such as a pattern. */
export function sampleOf(type: SocketType, style: SampleStyle = plain): unknown {
  switch (type.kind) {
    case 'string':
      return style.text
    case 'number':
    case 'integer': {
      const { minimum = 0 } = (type.constraints ?? {}) as { minimum?: number }
      return Math.max(minimum, 1)
    }
    case 'boolean':
      return style.full
    case 'literal':
      return type.values.at(style.full ? -1 : 0)
    case 'array':
      if (type.items.kind === 'named' && type.items.holds?.kind === 'tool') return []
      return style.full || Number(type.constraints?.['minItems'] ?? 0) > 0
        ? [sampleOf(type.items, style)]
        : []
    case 'union':
      return type.members[0] === undefined ? null : sampleOf(type.members[0], style)
    case 'object':
      return Object.fromEntries(
        Object.entries(type.fields)
          .filter(([, field]) => !field.optional)
          .map(([name, field]) => [name, sampleOf(field.type, style)]),
      )
    case 'record':
      return style.full ? { sample: sampleOf(type.values, style) } : {}
    case 'named':
      return sampleHeld(type.holds)
    default:
      return null
  }
}

function sampleHeld(holds: Holding | undefined): unknown {
  switch (holds?.kind) {
    case 'resource':
      return {}
    case 'component': {
      const { inputs = {}, outputs = {} } = holds.shape ?? {}
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
