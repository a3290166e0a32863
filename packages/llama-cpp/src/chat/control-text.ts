import { LlamaCppError } from '../errors.ts'

/** Code points that are no characters: Unicode leaves them to programs for marks like these. */
const FIRST_MARK = 0xfdd0
const LAST_MARK = 0xfdef

/** Marks that no text of a request has. */
export interface TextMarks {
  /** Stands where a text must not be read as one token. */
  readonly cut: string
  /** Stands where the words of the assistant end that are to be continued. */
  readonly end: string
}

export function freeMarks(texts: string): TextMarks {
  const free: string[] = []
  for (let code = FIRST_MARK; code <= LAST_MARK && free.length < 2; code++) {
    const mark = String.fromCharCode(code)
    if (!texts.includes(mark)) free.push(mark)
  }
  const [cut, end] = free
  if (cut === undefined || end === undefined) {
    throw new LlamaCppError(
      'MODALITY_UNSUPPORTED',
      'The messages hold 31 or all of the code points from U+FDD0 to U+FDEF, which are no characters. Take them out: the engine marks texts with them.',
    )
  }
  return { cut, end }
}

/**
 * Keeps what people wrote from being read as control tokens. It is rendered as it is, so that templates see the text
 * itself, with a mark inside of whatever spells a control token; there the prompt is cut before it is tokenized.
 */
export class ControlText {
  /** By their first two characters; the longest first. */
  readonly #texts = new Map<string, string[]>()
  readonly #starts: RegExp | undefined

  constructor(controlTexts: readonly string[]) {
    const texts = [...new Set(controlTexts)].filter((text) => text.length > 1)
    for (const text of texts.toSorted((a, b) => b.length - a.length)) {
      const start = text.slice(0, 2)
      this.#texts.set(start, [...(this.#texts.get(start) ?? []), text])
    }
    const starts = [...this.#texts.keys()].map(escaped)
    this.#starts = starts.length > 0 ? new RegExp(starts.join('|'), 'g') : undefined
  }

  /** The text with the mark in it wherever it could be read as a control token, also together with what is around it. */
  guard(text: string, cut: string): string {
    if (!this.#starts || text === '') return text
    let guarded = ''
    let done = 0
    this.#starts.lastIndex = 0
    for (let match = this.#starts.exec(text); match; match = this.#starts.exec(text)) {
      const { index } = match
      this.#starts.lastIndex = index + 1
      if (!this.#texts.get(match[0])?.some((control) => text.startsWith(control, index))) continue
      guarded += text.slice(done, index + 1) + cut
      done = index + 1
    }
    guarded += text.slice(done)
    return (this.#endsOne(text) ? cut : '') + guarded + (this.#beginsOne(text) ? cut : '')
  }

  /** Whether the text begins with the end of a control token. */
  #endsOne(text: string): boolean {
    if (/^\s/.test(text)) return false
    return this.#some((control) => overlap(control, text, text) > 0)
  }

  /** Whether the text ends with the beginning of a control token. */
  #beginsOne(text: string): boolean {
    if (/\s$/.test(text)) return false
    return this.#some((control) => overlap(text, control, text) > 0)
  }

  #some(test: (control: string) => boolean): boolean {
    for (const controls of this.#texts.values()) if (controls.some(test)) return true
    return false
  }
}

/** How many characters the end of one text shares with the beginning of another. Only `whole` may be shared as a whole. */
function overlap(before: string, after: string, whole: string): number {
  const other = whole === before ? after : before
  for (let length = Math.min(whole.length, other.length - 1); length > 0; length--) {
    if (before.endsWith(after.slice(0, length))) return length
  }
  return 0
}

/** Guards all texts within plain data, the keys too. */
export function guardAll<Data>(data: Data, guard: (text: string) => string): Data {
  if (typeof data === 'string') return guard(data) as Data
  if (Array.isArray(data)) return data.map((item) => guardAll(item, guard)) as Data
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [guard(key), guardAll(value, guard)]),
  ) as Data
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
