import type { JsonObject } from '@millrace/core'
import { listNames, shorten } from '@millrace/core/component'
import { jsonCharacter } from './char-set.ts'
import type { Compiling } from './compiling.ts'
import { gbnfLiteral } from './gbnf-literal.ts'
import { checkCounts, countOf } from './keywords.ts'
import { lengthOf, type Pattern, PatternProblem, readPattern } from './pattern.ts'
import { repeated } from './repetition.ts'

const QUOTE = gbnfLiteral('"')
const longestShown = 200

/** The body of a rule for the strings that fit. */
export function stringBody(schema: JsonObject, path: string, compiling: Compiling): string {
  const { book, json, refuse } = compiling
  const least = countOf(schema, 'minLength', 0, path, refuse)
  const most = countOf(schema, 'maxLength', Infinity, path, refuse)
  checkCounts(schema, { low: 'minLength', high: 'maxLength', least, most }, path, refuse)
  const pattern = patternOf(schema, path, compiling)
  if (pattern) {
    const fitting = withLength(pattern, least, most)
    if (!fitting) throw refuse(path, `has a length beside a ${pattern.from} that can be of another`)
    return `${QUOTE} ${patternBody(fitting, path, compiling)} ${QUOTE}`
  }
  if (least === 0 && most === Infinity) return json.name('string')
  return `${QUOTE} ${repeated(book, json.name('char'), least, most)} ${QUOTE}`
}

type Sourced = Pattern & { readonly from: string }

function patternOf(schema: JsonObject, path: string, { refuse }: Compiling): Sourced | undefined {
  const { format, pattern } = schema
  if (format !== undefined && pattern !== undefined) throw refuse(path, "has a 'pattern' beside its 'format'")
  if (format !== undefined) {
    const source = Object.hasOwn(FORMATS, String(format)) ? FORMATS[String(format)] : undefined
    if (source !== undefined) return { ...readPattern(source), from: 'format' }
    throw refuse(
      path,
      `has the format ${JSON.stringify(format)}. Possible: ${listNames(Object.keys(FORMATS))}`,
    )
  }
  if (pattern === undefined) return undefined
  try {
    return { ...readPattern(String(pattern)), from: 'pattern' }
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error
    throw refuse(
      path,
      `has the pattern ${JSON.stringify(shorten(String(pattern), longestShown))}, ${error.what}`,
    )
  }
}

/** A pattern of which all texts are as long as they must be, or undefined where that cannot be said. */
function withLength(pattern: Pattern, least: number, most: number): Pattern | undefined {
  const [min, max] = lengthOf(pattern)
  if (min >= least && max <= most) return pattern
  const only = pattern.kind === 'sequence' && pattern.parts.length === 1 ? pattern.parts[0] : pattern
  if (only?.kind !== 'repeat' || only.part.kind !== 'set') return undefined
  const repeat = { ...only, min: Math.max(only.min, least), max: Math.min(only.max, most) }
  return repeat.min <= repeat.max ? repeat : undefined
}

function patternBody(pattern: Pattern, path: string, compiling: Compiling): string {
  switch (pattern.kind) {
    case 'set':
      return character(pattern, path, compiling)
    case 'sequence':
      return sequence(pattern.parts, path, compiling)
    case 'either':
      return `(${pattern.options.map((option) => patternBody(option, path, compiling)).join(' | ')})`
    case 'repeat': {
      const body = patternBody(pattern.part, path, compiling)
      const isSymbol = /^(\[(\\.|[^\]\\])*\]|[A-Za-z0-9-]+)$/.test(body)
      const symbol = isSymbol ? body : compiling.book.shared('part', body)
      return repeated(compiling.book, symbol, pattern.min, pattern.max)
    }
  }
}

function character({ set }: Pattern & { kind: 'set' }, path: string, { refuse }: Compiling): string {
  const alternatives = jsonCharacter(set)
  if (alternatives === '') throw refuse(path, "has a 'pattern' with a class that no character is in")
  return alternatives.includes(' | ') ? `(${alternatives})` : alternatives
}

/** Characters that stand for themselves are joined to one literal. */
function sequence(parts: readonly Pattern[], path: string, compiling: Compiling): string {
  const bodies: string[] = []
  let literal = ''
  const flush = () => {
    if (literal !== '') bodies.push(gbnfLiteral(literal))
    literal = ''
  }
  for (const part of parts) {
    const own = part.kind === 'set' && part.set.length === 1 ? part.set[0] : undefined
    if (own && own[0] === own[1] && !isSurrogate(own[0])) {
      literal += JSON.stringify(String.fromCodePoint(own[0])).slice(1, -1)
      continue
    }
    flush()
    bodies.push(patternBody(part, path, compiling))
  }
  flush()
  return bodies.length === 0 ? '""' : bodies.join(' ')
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}

const DAY = [
  '[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))',
  '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29',
].join('|')
const HOUR = '(?:[01][0-9]|2[0-3])'
const TIME = `${HOUR}:[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]${HOUR}:[0-5][0-9])`
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const HEX = '[0-9a-fA-F]'
const WORDS = '[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*'

/**
 * The formats of strings, as patterns. They allow less than the standards do: no week dates, no leap seconds, no
 * quoted mailboxes.
 */
const FORMATS: Readonly<Record<string, string>> = {
  date: `^(?:${DAY})$`,
  time: `^${TIME}$`,
  'date-time': `^(?:${DAY})T${TIME}$`,
  uuid: `^${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}$`,
  ipv4: `^${BYTE}(?:\\.${BYTE}){3}$`,
  email: `^[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@(?:${WORDS}\\.)+[A-Za-z]{2,24}$`,
}
