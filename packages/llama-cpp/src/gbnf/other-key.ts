import { type CharSet, charClass, complement, union } from './char-set.ts'
import { gbnfLiteral } from './gbnf-literal.ts'
import type { RuleBook } from './rule-book.ts'

/** What a key of characters that stand for themselves cannot have, and half characters. */
const NOT_PLAIN: CharSet = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0xd800, 0xdfff],
]

interface Branch {
  readonly next: Map<string, Branch>
  ends: boolean
}

/** The rule for a key that is none of these. It is written without escapes, for with them it could be one of these. */
export function otherKey(keys: readonly string[], book: RuleBook): string {
  const root: Branch = { next: new Map(), ends: false }
  for (const key of keys) {
    let branch = root
    for (const character of key) {
      const next = branch.next.get(character) ?? { next: new Map(), ends: false }
      branch.next.set(character, next)
      branch = next
    }
    branch.ends = true
  }
  const plain = book.shared('plain', charClass(complement(NOT_PLAIN)))
  const rest = (branch: Branch): string => {
    const taken = [...branch.next.keys()].map((key): [number, number] => {
      const code = key.codePointAt(0) as number
      return [code, code]
    })
    const bodies = [`${charClass(complement(union(NOT_PLAIN, taken)))} ${plain}*`]
    for (const [character, next] of branch.next) {
      const isPlain = JSON.stringify(character) === `"${character}"`
      if (isPlain) bodies.push(`${gbnfLiteral(character)} ${rest(next)}`)
    }
    const body = bodies.join(' | ')
    return book.shared('differs', branch.ends ? body : `(${body})?`)
  }
  return book.shared('key', `"\\"" ${rest(root)} "\\""`)
}
