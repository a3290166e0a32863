import type { SocketType } from '@millrace/core'

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
      return style.full ? [sampleOf(type.items, style)] : []
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
      return type.name === 'Tools' ? [] : null
    default:
      return null
  }
}
