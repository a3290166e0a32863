/**
 * What went wrong: how the template is written (`SYNTAX`), a filter, test, function or method that does not exist
 * (`UNKNOWN_NAME`), arguments that it does not take (`ARGUMENTS`), an operation on values of the wrong type or size
 * (`TYPE`), the use of something undefined (`UNDEFINED`), a value that is not plain data or a name that no template may
 * read (`FORBIDDEN`), `raise_exception` (`RAISED`), or more work than the limits allow (`LIMIT`).
 */
export type JinjaErrorCode =
  | 'SYNTAX'
  | 'UNKNOWN_NAME'
  | 'ARGUMENTS'
  | 'TYPE'
  | 'UNDEFINED'
  | 'FORBIDDEN'
  | 'RAISED'
  | 'LIMIT'

/** Names of `Limits`. */
export type LimitName = 'steps' | 'depth' | 'valueSize' | 'outputSize'

/** A failure inside of the package; the public door makes a `JinjaError` with a position of it. */
export class Fault extends Error {
  readonly code: JinjaErrorCode
  readonly limit: LimitName | undefined
  /** Where in the source; what is undefined here is the place of the operation that was running. */
  offset: number | undefined

  constructor(
    code: JinjaErrorCode,
    message: string,
    options: { offset?: number; limit?: LimitName; cause?: unknown } = {},
  ) {
    super(
      // Names of types begin small. What a template says itself stays as it is.
      code === 'RAISED' ? message : message.replace(/^[a-z]/, (letter) => letter.toUpperCase()),
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.limit = options.limit
    this.offset = options.offset
  }
}

/** The one error that making or rendering a template throws. */
export class JinjaError extends Error {
  override readonly name = 'JinjaError'
  readonly code: JinjaErrorCode
  /** The message without the position. */
  readonly reason: string
  /** From 1. */
  readonly line: number
  /** From 1, in characters: one for each code point. */
  readonly column: number
  /** In UTF-16 units from the begin of the source, after `\r\n` has become `\n`. */
  readonly offset: number
  /** The line, cut to what is around the place, with a caret below it. */
  readonly excerpt: string
  /** Which limit was exceeded, for the code `LIMIT`. */
  readonly limit: LimitName | undefined

  constructor(source: string, fault: Fault, running: number) {
    const offset = Math.min(fault.offset ?? running, source.length)
    const before = source.slice(0, offset)
    const line = before.split('\n').length
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
    super(
      `${fault.message} (line ${line}, column ${column})`,
      fault.cause === undefined ? undefined : { cause: fault.cause },
    )
    this.code = fault.code
    this.reason = fault.message
    this.line = line
    this.column = column
    this.offset = offset
    this.excerpt = excerptAt(source, offset)
    this.limit = fault.limit
  }
}

const EXCERPT_WIDTH = 80
const CONTROL = /\p{Cc}/gu
/** Characters that take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu

function excerptAt(source: string, offset: number): string {
  const begin = source.lastIndexOf('\n', offset - 1) + 1
  const [line = ''] = source.slice(begin).split('\n', 1)
  const start = Math.max(0, Math.min(offset - begin - EXCERPT_WIDTH / 2, line.length - EXCERPT_WIDTH))
  const shown = line.slice(start, start + EXCERPT_WIDTH).replace(CONTROL, ' ')
  const before = shown.slice(0, offset - begin - start)
  const columns = [...before].length + (before.match(WIDE)?.length ?? 0)
  return `${shown}\n${' '.repeat(columns)}^`
}

/** Names in quotes, for messages: `'a', 'b', 'c'`. */
export function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `'${name}'`).join(', ')
}

/** ` Did you mean 'x'?` where a known name is near, otherwise nothing. */
export function suggestion(name: string, known: Iterable<string>): string {
  if (name.length > 40) return ''
  let best: string | undefined
  let least = name.length < 4 ? 2 : Math.floor(name.length / 3) + 2
  for (const candidate of known) {
    if (candidate.length > 40) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best === undefined ? '' : ` Did you mean '${best}'?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = a[i - 1] === b[j - 1] ? 0 : 1
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + swap)
    }
    row = next
  }
  return row[b.length] ?? 0
}
