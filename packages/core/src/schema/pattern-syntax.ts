// From the regular expressions of JavaScript to those of RE2, which are matched without backtracking.
import { DefinitionError } from '../errors.ts'

/** A pattern in the syntax of RE2, which means what it meant in JavaScript with the flag `u`. */
export interface LinearSyntax {
  readonly text: string
  /** What must, or must not, match as well: the look-aheads right behind the `^` at the start. */
  readonly lookAheads: readonly { readonly source: string; readonly isNegative: boolean }[]
  /** How many groups it has that capture, without those of look-aheads. */
  readonly groups: number
}

/**
 * @throws SyntaxError when the source is not a regular expression of JavaScript
 * @throws DefinitionError `PATTERN_UNSUPPORTED` for back-references, and for look-aheads elsewhere
 */
export function linearSyntax(source: string): LinearSyntax {
  checkSyntax(source)
  const { lookAheads, rest } = withoutLookAheads(source)
  const translated = translate(rest, source)
  const text = lookAheads.length === 0 ? translated.text : `^(?:${translated.text})`
  if (lookAheads.length > 0 && translated.hasAlternatives) throw unsupportedLookAhead(source, '(?')
  return { text, lookAheads, groups: translated.groups }
}

export function unsupportedPattern(source: string, reason: string): DefinitionError {
  return new DefinitionError(
    'PATTERN_UNSUPPORTED',
    `The pattern '${source}' cannot be matched without backtracking: ${reason}`,
  )
}

function unsupportedLookAhead(source: string, begin: string): DefinitionError {
  return unsupportedPattern(
    source,
    `it has the look-ahead '${begin}…)'. Look-aheads are possible right behind a '^' at the start, where no '|' is outside of groups`,
  )
}

/** Also without the flag `u`, which refuses escapes that are not needed, as in `[\w\-]`. */
function checkSyntax(source: string): void {
  try {
    new RegExp(source, 'u')
  } catch (error) {
    try {
      new RegExp(source)
    } catch {
      throw error
    }
  }
}

const TOKEN =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[\da-fA-F]+\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\k<[^>]*>|\\[1-9]\d*|\\[\s\S]|\(\?<?[=!]|\(\?<[^>]*>|\(\?[\w-]*:|\[\^?|[\s\S]/gu

function tokensOf(source: string): readonly string[] {
  return source.match(TOKEN) ?? []
}

interface Translated {
  readonly text: string
  readonly groups: number
  /** Whether a `|` is outside of all groups. */
  readonly hasAlternatives: boolean
}

function translate(part: string, source: string): Translated {
  let [text, groups, depth] = ['', 0, 0]
  let isClass = false
  let hasAlternatives = false
  const tokens = tokensOf(part)
  for (const [index, token] of tokens.entries()) {
    if (isClass) {
      isClass = token !== ']'
      text += token.startsWith('[') ? token.replace('[', '\\[') : escapeOf(token, source, true)
      continue
    }
    if (token.startsWith('(')) depth++
    if (token === ')') depth--
    if (token === '|' && depth === 0) hasAlternatives = true
    if (token === '(?=' || token === '(?!') throw unsupportedLookAhead(source, token)
    if (token.startsWith('[')) {
      isClass = true
      // Without anything in it, which RE2 reads otherwise: no character, or any.
      text += tokens[index + 1] === ']' ? `${token === '[' ? '[^' : '['}\\x{0}-\\x{10ffff}` : token
    } else if (token === '(' || /^\(\?<[^=!]/.test(token)) {
      groups++
      text += '('
    } else if (/^\(\?[\w-]+:/.test(token)) {
      throw unsupportedPattern(source, `it changes flags by '${token}…)'`)
    } else if (token === '.') text += '[^\\n\\r\\x{2028}\\x{2029}]'
    else text += escapeOf(token, source, false)
  }
  return { text, groups, hasAlternatives }
}

/** White space in JavaScript, which is more than in RE2, and all but that. */
const SPACE =
  '\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'
const NO_SPACE =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}!-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}'

function escapeOf(token: string, source: string, isClass: boolean): string {
  if (!token.startsWith('\\') || token.length === 1) return token
  const kind = token[1] as string
  const set = kind === 's' ? SPACE : kind === 'S' ? NO_SPACE : undefined
  if (set !== undefined) return isClass ? set : `[${set}]`
  if (token.length > 2) return longEscapeOf(token, source)
  if (kind === 'b' && isClass) return '\\x08'
  if (kind === '0') return '\\x00'
  if (/[1-9]/.test(kind)) throw backReference(source, token)
  if (/[a-zA-Z]/.test(kind) && !'bBdDfnrtvwW'.includes(kind)) {
    throw unsupportedPattern(source, `it has '${token}', which has no meaning in JavaScript`)
  }
  return token
}

function longEscapeOf(token: string, source: string): string {
  switch (token[1]) {
    case 'u': {
      const pair = /^\\u(\w{4})\\u(\w{4})$/.exec(token)
      const [high = '', low = ''] = pair?.slice(1) ?? []
      const code = pair
        ? String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0)
        : Number.parseInt(token.replace(/[\\u{}]/g, ''), 16)
      return `\\x{${code?.toString(16)}}`
    }
    case 'c':
      return `\\x{${(token.charCodeAt(2) % 32).toString(16)}}`
    case 'p':
    case 'P':
      return token.replace(/\{.*/, `{${propertyOf(token.slice(3, -1))}}`)
    case 'x':
      return token
    default:
      throw backReference(source, token)
  }
}

/** The names of categories, which RE2 knows by their letters. */
const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Separator: 'Z',
  Other: 'C',
}

function propertyOf(written: string): string {
  const name = written.replace(/^(?:General_Category|gc|Script|sc)=/, '')
  return CATEGORIES[name] ?? name
}

function backReference(source: string, token: string): DefinitionError {
  return unsupportedPattern(source, `it has the back-reference '${token}'`)
}

/** `^(?=a)(?!b)c` is the pattern `^(?:c)`, which matches where `^(?:a)` does, too, and `^(?:b)` does not. */
function withoutLookAheads(source: string): {
  readonly lookAheads: LinearSyntax['lookAheads']
  readonly rest: string
} {
  const lookAheads: { source: string; isNegative: boolean }[] = []
  if (!source.startsWith('^')) return { lookAheads, rest: source }
  const tokens = tokensOf(source)
  let at = 1
  while (tokens[at] === '(?=' || tokens[at] === '(?!') {
    const end = endOfGroup(tokens, at)
    // A quantifier behind it is possible without the flag `u`, and means that it need not match.
    if (/^[*+?{]/.test(tokens[end + 1] ?? '')) break
    lookAheads.push({
      source: `^(?:${tokens.slice(at + 1, end).join('')})`,
      isNegative: tokens[at] === '(?!',
    })
    at = end + 1
  }
  return lookAheads.length === 0
    ? { lookAheads, rest: source }
    : { lookAheads, rest: tokens.slice(at).join('') }
}

function endOfGroup(tokens: readonly string[], begin: number): number {
  let depth = 0
  let isClass = false
  return tokens.findIndex((token, index) => {
    if (index < begin) return false
    if (isClass) isClass = token !== ']'
    else if (token.startsWith('[')) isClass = true
    else if (token.startsWith('(')) depth++
    else if (token === ')') depth--
    return depth === 0
  })
}
