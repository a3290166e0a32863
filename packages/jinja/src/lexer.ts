import { Fault } from './jinja-error.ts'
import { toFloat, toInteger } from './numbers.ts'

/** Of the parts of a template, its texts between tags included: to read and compile these takes a quarter of a second. */
const MOST_TOKENS = 100_000

export interface WhiteSpace {
  /** Removes the line break behind a statement or comment. */
  readonly trimBlocks: boolean
  /** Removes white space between the begin of a line and a statement or comment. */
  readonly lstripBlocks: boolean
  /** Keeps the line break at the end of the source. */
  readonly keepTrailingNewline: boolean
}

export interface Token {
  readonly type:
    | 'data'
    | 'variableBegin'
    | 'variableEnd'
    | 'blockBegin'
    | 'blockEnd'
    | 'name'
    | 'number'
    | 'string'
    | 'operator'
    | 'eof'
  /** The text of a datum, name or operator, or of a string without quotes and escapes. */
  readonly text: string
  /** What a number stands for. */
  readonly value?: unknown
  readonly offset: number
}

const SPACE = /\s*/y
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy
const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y
const RAW_BEGIN = /\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})/y
const RAW_END = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}(\n?))/g
const COMMENT_END = /\+#\}|-#\}\s*|#\}(\n?)/g
const BLOCK_END = /\+%\}|-%\}\s*|%\}(\n?)/y
const VARIABLE_END = /-\}\}\s*|\}\}/y
const OPENERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Line breaks become line feeds, and the last one goes, as in Jinja2. */
export function normalizeSource(source: string, keepTrailingNewline: boolean): string {
  const text = source.replace(/\r\n?/g, '\n')
  return !keepTrailingNewline && text.endsWith('\n') ? text.slice(0, -1) : text
}

/** @throws Fault `SYNTAX`; `LIMIT` for a template that was made to be slow */
export function tokenize(source: string, whiteSpace: WhiteSpace): Token[] {
  return new Lexer(source, whiteSpace).run()
}

class Lexer {
  readonly #source: string
  readonly #whiteSpace: WhiteSpace
  readonly #tokens: Token[] = []
  #position = 0
  /** Whether the tag before ended with a line break, so that a line begins here. */
  #lineBegins = true

  constructor(source: string, whiteSpace: WhiteSpace) {
    this.#source = source
    this.#whiteSpace = whiteSpace
  }

  run(): Token[] {
    const source = this.#source
    while (this.#position < source.length) {
      const begin = this.#nextTag()
      if (begin < 0) {
        this.#pushData(source.slice(this.#position), this.#position)
        break
      }
      this.#tag(begin)
    }
    this.#push('eof', '', source.length)
    return this.#tokens
  }

  #nextTag(): number {
    let at = this.#position
    for (;;) {
      at = this.#source.indexOf('{', at)
      if (at < 0) return -1
      const next = this.#source[at + 1]
      if (next === '{' || next === '%' || next === '#') return at
      at++
    }
  }

  #tag(begin: number): void {
    const source = this.#source
    const kind = source[begin + 1]
    const mark = source[begin + 2] ?? ''
    const sign = mark === '-' || mark === '+' ? mark : ''
    this.#dataBefore(begin, sign, kind !== '{')
    this.#position = begin + 2 + sign.length
    if (kind === '#') this.#comment(begin)
    else if (kind === '%' && this.#match(RAW_BEGIN, begin)) this.#raw(begin)
    else if (kind === '%') {
      this.#push('blockBegin', '{%', begin)
      this.#expression(BLOCK_END, 'blockEnd', begin)
    } else {
      this.#push('variableBegin', '{{', begin)
      this.#expression(VARIABLE_END, 'variableEnd', begin)
    }
    this.#lineBegins = source[this.#position - 1] === '\n'
  }

  #dataBefore(begin: number, sign: string, isBlock: boolean): void {
    const start = this.#position
    this.#pushData(this.#stripped(this.#source.slice(start, begin), sign, isBlock), start)
  }

  #stripped(text: string, sign: string, isBlock: boolean): string {
    if (sign === '-') return text.trimEnd()
    if (sign === '+' || !isBlock || !this.#whiteSpace.lstripBlocks) return text
    const line = text.lastIndexOf('\n') + 1
    const isLineBegin = line > 0 || this.#lineBegins
    return isLineBegin && text.slice(line).trim() === '' ? text.slice(0, line) : text
  }

  #comment(begin: number): void {
    COMMENT_END.lastIndex = this.#position
    const end = COMMENT_END.exec(this.#source)
    if (!end && this.#position === this.#source.length) return
    if (!end) throw new Fault('SYNTAX', "A comment is not closed: '#}' is missing.", { offset: begin })
    this.#position = COMMENT_END.lastIndex
    this.#keepLineBreak(end[1])
  }

  #raw(begin: number): void {
    this.#position = RAW_BEGIN.lastIndex
    this.#lineBegins = this.#source[this.#position - 1] === '\n'
    RAW_END.lastIndex = this.#position
    const end = RAW_END.exec(this.#source)
    if (!end)
      throw new Fault('SYNTAX', "'{% raw %}' is not closed: '{% endraw %}' is missing.", { offset: begin })
    const text = this.#source.slice(this.#position, end.index)
    this.#pushData(this.#stripped(text, end[1] ?? '', true), this.#position)
    this.#position = RAW_END.lastIndex
    this.#keepLineBreak(end[2])
  }

  /** The expressions for the ends of tags take a line break that stays without `trimBlocks`. */
  #keepLineBreak(matched: string | undefined): void {
    if (matched === '\n' && !this.#whiteSpace.trimBlocks) this.#position--
  }

  #expression(end: RegExp, endType: 'blockEnd' | 'variableEnd', begin: number): void {
    const source = this.#source
    const open: string[] = []
    for (;;) {
      this.#match(SPACE, this.#position)
      this.#position = SPACE.lastIndex
      const at = this.#position
      if (at >= source.length) {
        const mark = endType === 'blockEnd' ? '%}' : '}}'
        throw new Fault(
          'SYNTAX',
          `'${source.slice(begin, begin + 2)}' is not closed: '${mark}' is missing.`,
          {
            offset: begin,
          },
        )
      }
      if (open.length === 0) {
        const found = this.#match(end, at)
        if (found) {
          this.#position = end.lastIndex
          if (endType === 'blockEnd') this.#keepLineBreak(found[1])
          this.#push(endType, found[0], at)
          return
        }
      }
      this.#token(at, open)
    }
  }

  #token(at: number, open: string[]): void {
    const source = this.#source
    const afterDot = source[at - 1] === '.'
    let found = afterDot ? null : this.#match(FLOAT, at)
    if (found) {
      this.#number(found[0], toFloat(Number(found[0].replaceAll('_', ''))), at)
      return
    }
    found = this.#match(INTEGER, at)
    if (found) {
      this.#number(found[0], toInteger(BigInt(found[0].replaceAll('_', ''))), at)
      return
    }
    found = this.#match(NAME, at)
    if (found) {
      this.#position = at + found[0].length
      this.#push('name', found[0], at)
      return
    }
    found = this.#match(STRING, at)
    if (found) {
      this.#position = at + found[0].length
      this.#push('string', unescapeString(found[0].slice(1, -1), at), at)
      return
    }
    found = this.#match(OPERATOR, at)
    if (!found) throw unexpectedCharacter(source, at)
    const operator = found[0]
    const closer = OPENERS[operator]
    if (closer) open.push(closer)
    else if (')]}'.includes(operator)) {
      const expected = open.pop()
      if (expected !== operator) {
        const hint = expected === undefined ? 'no bracket is open' : `'${expected}' was expected`
        throw new Fault('SYNTAX', `Unexpected '${operator}': ${hint}.`, { offset: at })
      }
    }
    this.#position = at + operator.length
    this.#push('operator', operator, at)
  }

  #number(text: string, value: unknown, at: number): void {
    this.#position = at + text.length
    this.#add({ type: 'number', text, value, offset: at })
  }

  #match(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at
    return pattern.exec(this.#source)
  }

  #pushData(text: string, offset: number): void {
    if (text !== '') this.#push('data', text, offset)
  }

  #push(type: Token['type'], text: string, offset: number): void {
    this.#add({ type, text, offset })
  }

  #add(token: Token): void {
    if (this.#tokens.length >= MOST_TOKENS) {
      const message = `A template has at most ${MOST_TOKENS} names, signs and texts in all, and this one has more. Give what is long as the value of a variable.`
      throw new Fault('LIMIT', message, { offset: token.offset })
    }
    this.#tokens.push(token)
  }
}

function unexpectedCharacter(source: string, at: number): Fault {
  const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
  const isQuote = character === "'" || character === '"'
  const message = isQuote
    ? `A string is not closed: the second ${character} is missing.`
    : `Unexpected character ${JSON.stringify(character)}.`
  return new Fault('SYNTAX', message, { offset: at })
}

const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([\s\S]))/g
const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Python's escapes; a backslash before any other character stays. */
function unescapeString(text: string, offset: number): string {
  if (!text.includes('\\')) return text
  return text.replace(ESCAPE, (all, octal, hex, unicode, long, character: string | undefined) => {
    if (octal) return String.fromCodePoint(Number.parseInt(octal, 8))
    const digits: string | undefined = hex ?? unicode ?? long
    if (digits !== undefined) {
      const code = Number.parseInt(digits, 16)
      if (code > 0x10ffff) throw badEscape(all, offset)
      return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
    }
    if (character === 'x' || character === 'u' || character === 'U' || character === 'N') {
      throw badEscape(all, offset)
    }
    return SIMPLE[character as string] ?? all
  })
}

function badEscape(text: string, offset: number): Fault {
  return new Fault('SYNTAX', `The escape '${text}' in this string is not complete, or is not supported.`, {
    offset,
  })
}
