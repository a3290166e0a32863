import { gbnfCodePoint, gbnfLiteral } from './gbnf-literal.ts'
import type { RuleBook } from './rule-book.ts'

/** The rule for any text up to and with an end mark. */
export function untilRule(book: RuleBook, mark: string): string {
  const characters = [...mark]
  const names = characters.map((_, index) =>
    index === 0 ? book.reserve('until') : book.reserve(`until-${index}`),
  )
  for (const [index, next] of characters.entries()) {
    const known = [...new Set([...characters.slice(0, index), next])]
    const steps = known.map((character) => {
      const reached = longestEnd([...characters.slice(0, index), character], characters)
      return `${gbnfLiteral(character)} ${names[reached] ?? ''}`
    })
    const others = `[^${known.map((character) => gbnfCodePoint(character.codePointAt(0) as number)).join('')}] ${names[0]}`
    book.define(names[index] as string, [...steps, others].join(' | '))
  }
  return names[0] as string
}

/** How much of a mark the end of what was read is the beginning of. */
function longestEnd(read: readonly string[], mark: readonly string[]): number {
  for (let length = Math.min(read.length, mark.length); length > 0; length--) {
    if (mark.slice(0, length).join('') === read.slice(-length).join('')) return length
  }
  return 0
}
