import type { JsonObject, JsonValue } from '@millrace/core'
import { type Compiling, gbnfLiteral } from './rule-book.ts'

/** So many values are written one beside the other; more of them by what they begin with. */
const mostBeside = 50
const mostCharacters = 200_000

/** The body of a rule for given values. */
export function literalsBody(values: readonly JsonValue[], path: string, compiling: Compiling): string {
  const texts = [...new Set(values.map((value) => JSON.stringify(value)))]
  const length = texts.reduce((sum, text) => sum + text.length, 0)
  if (length > mostCharacters) {
    throw compiling.refuse(path, `has values of ${length} characters. Possible: ${mostCharacters}`)
  }
  if (texts.length > mostBeside) return byBeginning(texts.toSorted(), 0, compiling)
  return texts.map((text) => spaced(JSON.parse(text) as JsonValue, compiling)).join(' | ')
}

/** A value with the white space that models put into it. */
function spaced(value: JsonValue, compiling: Compiling): string {
  if (typeof value !== 'object' || value === null) return gbnfLiteral(JSON.stringify(value))
  const ws = compiling.json.name('ws')
  const parts = Array.isArray(value)
    ? value.map((item) => spaced(item, compiling))
    : Object.entries(value as JsonObject).map(
        ([key, item]) => `${gbnfLiteral(`${JSON.stringify(key)}:`)} ${ws} ${spaced(item, compiling)}`,
      )
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return gbnfLiteral(`${open}${close}`)
  return `"${open}" ${ws} ${parts.join(` "," ${ws} `)} ${ws} "${close}"`
}

/**
 * Sorted texts, of which the first `from` characters are written already. llama.cpp follows all alternatives at once,
 * so that thousands of them would cost as much at every token.
 */
function byBeginning(texts: readonly string[], from: number, compiling: Compiling): string {
  const bodies: string[] = []
  for (let start = 0; start < texts.length; ) {
    const first = texts[start] as string
    const head = characterAt(first, from)
    let end = start + 1
    while (end < texts.length && characterAt(texts[end] as string, from) === head) end += 1
    const group = texts.slice(start, end)
    const shared = sharedLength(first, group.at(-1) as string)
    const literal = gbnfLiteral(first.slice(from, shared))
    if (group.length === 1) bodies.push(literal)
    else bodies.push(`${literal} ${compiling.book.add('rest', byBeginning(group, shared, compiling))}`)
    start = end
  }
  return bodies.join(' | ')
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}

/** How much of the first and last of sorted texts is the same, which all between them have too. Pairs stay whole. */
function sharedLength(first: string, last: string): number {
  let length = 0
  while (length < first.length && first[length] === last[length]) length += 1
  const code = first.charCodeAt(length - 1)
  return code >= 0xd800 && code < 0xdc00 ? length - 1 : length
}
