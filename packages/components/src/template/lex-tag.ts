import { TemplateFailure } from './template-failure.ts'
import type { Token, TokenType } from './token.ts'

export interface LexedTag {
  /** Without the delimiters. */
  readonly tokens: readonly Token[]
  /** The offset after the closing delimiter. */
  readonly end: number
  /** The tag ends in `-%}` or `-}}`: white space after it goes. */
  readonly trimsAfter: boolean
}

const SPACE = /\s*/y
const WORD = /[\p{ID_Start}_]\p{ID_Continue}*/uy
const NUMBER = /\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?/y
const INDEX = /\d+/y
const OPERATOR = /\*\*|\/\/|[=!<>]=|[()[\]{},.:|<>+\-~*/%=]/y

const operatorTypes: Readonly<Record<string, TokenType>> = {
  '(': 'OpenParen',
  ')': 'CloseParen',
  '[': 'OpenSquareBracket',
  ']': 'CloseSquareBracket',
  '{': 'OpenCurlyBracket',
  '}': 'CloseCurlyBracket',
  ',': 'Comma',
  '.': 'Dot',
  ':': 'Colon',
  '|': 'Pipe',
  '=': 'Equals',
  '+': 'AdditiveBinaryOperator',
  '-': 'AdditiveBinaryOperator',
  '~': 'AdditiveBinaryOperator',
  '*': 'MultiplicativeBinaryOperator',
  '/': 'MultiplicativeBinaryOperator',
  '//': 'MultiplicativeBinaryOperator',
  '%': 'MultiplicativeBinaryOperator',
  '**': 'ExponentiationBinaryOperator',
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '\n': '',
}

/**
 * Reads the inside of a tag, from `start` to its closing delimiter. Linear in the length of the tag.
 *
 * @throws TemplateFailure `TEMPLATE_SYNTAX`
 */
export function lexTag(text: string, opening: number, start: number, closing: '%}' | '}}'): LexedTag {
  const tokens: Token[] = []
  let braces = 0
  let at = start
  for (;;) {
    at += match(SPACE, text, at)?.length ?? 0
    if (at >= text.length) {
      throw failure(
        `'${text.slice(opening, opening + 2)}' is never closed: '${closing}' is missing.`,
        opening,
      )
    }
    // Within an object literal, two closing braces close two objects.
    if (braces === 0 || closing === '%}') {
      const sign = text[at] === '-' || text[at] === '+' ? 1 : 0
      if (text.startsWith(closing, at + sign)) {
        return { tokens, end: at + sign + closing.length, trimsAfter: text[at] === '-' }
      }
    }
    const { token, end } = lexToken(text, at, tokens.at(-1))
    if (token.type === 'OpenCurlyBracket') braces++
    if (token.type === 'CloseCurlyBracket') braces--
    tokens.push(token)
    at = end
  }
}

function lexToken(text: string, at: number, previous: Token | undefined): { token: Token; end: number } {
  const first = text[at] as string
  if (first === '"' || first === "'") return lexString(text, at, first)
  const digits = match(previous?.type === 'Dot' ? INDEX : NUMBER, text, at)
  if (digits !== undefined)
    return { token: token('NumericLiteral', numberText(digits), at), end: at + digits.length }
  const word = match(WORD, text, at)
  if (word !== undefined) return { token: token('Identifier', word, at), end: at + word.length }
  const operator = match(OPERATOR, text, at)
  if (operator === undefined) {
    throw failure(
      `The character '${String.fromCodePoint(text.codePointAt(at) ?? 0)}' has no meaning in a tag.`,
      at,
    )
  }
  const type = operatorTypes[operator] ?? 'ComparisonBinaryOperator'
  return { token: token(type, operator, at), end: at + operator.length }
}

/** By hand: a regular expression would run out of stack on a long text that is never closed. */
function lexString(text: string, start: number, quote: string): { token: Token; end: number } {
  let value = ''
  let from = start + 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === quote)
      return { token: token('StringLiteral', value + text.slice(from, at), start), end: at + 1 }
    if (text[at] !== '\\') continue
    const escaped = readEscape(text, at)
    value += text.slice(from, at) + escaped.value
    from = escaped.end
    at = from - 1
  }
  throw failure(`A text that starts with ${quote} is never closed.`, start)
}

/** An escape that has no meaning stands for itself, as in Python. */
function readEscape(text: string, at: number): { value: string; end: number } {
  const letter = text[at + 1] ?? ''
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(text.slice(at + 1, at + 6))
  if (hex) {
    return {
      value: String.fromCharCode(Number.parseInt(hex[1] ?? hex[2] ?? '', 16)),
      end: at + 1 + hex[0].length,
    }
  }
  if (letter === 'x' || letter === 'u') {
    throw failure(`'\\${letter}' needs ${letter === 'x' ? 'two' : 'four'} hexadecimal digits after it.`, at)
  }
  return { value: Object.hasOwn(escapes, letter) ? (escapes[letter] as string) : `\\${letter}`, end: at + 2 }
}

/** The parser takes a number with a point for a float, and any other for an integer. */
function numberText(digits: string): string {
  const plain = digits.replaceAll('_', '')
  return /[eE]/.test(plain) && !plain.includes('.') ? plain.replace(/[eE]/, '.0e') : plain
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function token(type: TokenType, value: string, offset: number): Token {
  return { type, value, offset }
}

function failure(message: string, offset: number): TemplateFailure {
  return new TemplateFailure('TEMPLATE_SYNTAX', message, offset)
}
