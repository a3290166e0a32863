import { gbnfLiteral } from '../../gbnf/gbnf-literal.ts'

/** What has no names of rules in it, and names. */
const LEXEMES = /"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|#[^\n]*|<\[\d+\]>|\{[^}]*\}|[A-Za-z][0-9A-Za-z-]*/g

/** The grammar with another beginning for the names of all its rules, so that it can stand beside a second one. */
export function renamedRules(gbnf: string, prefix: string): string {
  return gbnf.replace(LEXEMES, (lexeme) => (/^[A-Za-z]/.test(lexeme) ? `${prefix}${lexeme}` : lexeme))
}

/** The body of the rule `root` in a grammar that has each rule on a line. */
export function rootBody(gbnf: string): string | undefined {
  return /^root ::= (.*)$/m.exec(gbnf)?.[1]
}

export function withRoot(gbnf: string, body: string): string {
  return gbnf.replace(/^root ::= .*$/m, () => `root ::= ${body}`)
}

/** Rules for any text up to and with an end mark; the first is called `name`. */
export function untilRules(name: string, mark: string): string {
  const characters = [...mark]
  const state = (index: number) => (index === 0 ? name : `${name}-${index}`)
  const rules = characters.map((next, index) => {
    const known = new Set([...characters.slice(0, index), next])
    const steps = [...known].map((character) => {
      const reached = longestEnd([...characters.slice(0, index), character], characters)
      return reached === characters.length
        ? gbnfLiteral(character)
        : `${gbnfLiteral(character)} ${state(reached)}`
    })
    const others = `[^${[...known].map(inClass).join('')}] ${name}`
    return `${state(index)} ::= ${[...steps, others].join(' | ')}`
  })
  return `${rules.join('\n')}\n`
}

/** How much of a mark the end of what was read is the beginning of. */
function longestEnd(read: readonly string[], mark: readonly string[]): number {
  for (let length = Math.min(read.length, mark.length); length > 0; length--) {
    if (mark.slice(0, length).join('') === read.slice(-length).join('')) return length
  }
  return 0
}

function inClass(character: string): string {
  const code = character.codePointAt(0) as number
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`
}
