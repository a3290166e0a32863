import type { SocketType } from '@millrace/core'
import { typeName } from '@millrace/core/component'

/** What is shown of an input, a parameter or an output. */
export interface ShownSocket {
  readonly name: string
  readonly type: SocketType
  readonly mandatory?: boolean
  readonly default?: unknown
  readonly description?: string | undefined
}

/** The inputs that a caller can write down: one line each, those that a run needs first. */
export function inputLines(inputs: readonly ShownSocket[]): string[] {
  const writable = inputs.filter(({ type }) => !isCode(type))
  const seen = new Set<string>()
  return [...writable.filter(({ mandatory }) => mandatory), ...writable.filter(({ mandatory }) => !mandatory)]
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .map((input) => `${input.mandatory ? 'needs' : 'takes'} ${describeSocket(input)}`)
}

/** `name (type = default): description`. */
export function describeSocket({ name, type, default: fallback, description }: ShownSocket): string {
  const about = description === undefined ? '' : `: ${description}`
  return `${name} (${shortType(type)}${fallback === undefined ? '' : ` = ${JSON.stringify(fallback)}`})${about}`
}

/** Objects by that word alone: their fields would fill the screen. */
export function shortType(type: SocketType): string {
  switch (type.kind) {
    case 'unknown':
      return 'any value'
    case 'object':
      return 'object'
    case 'array': {
      const items = shortType(type.items)
      return items.includes(' | ') ? `(${items})[]` : `${items}[]`
    }
    case 'union':
      return [...new Set(type.members.map(shortType))].join(' | ')
    default:
      return typeName(type)
  }
}

/** Functions, tools and the like, which only code can give. */
export function isCode(type: SocketType): boolean {
  if (type.kind === 'array') return isCode(type.items)
  return type.kind === 'named' && type.of === undefined
}
