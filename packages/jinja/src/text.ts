/** Characters that Python counts as white space; JavaScript's are others. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const BREAKS = '\\n-\\r\\x1c-\\x1e\\x85\\u2028\\u2029'
const LEADING = new RegExp(`^[${SPACE}]+`)
const TRAILING = new RegExp(`[${SPACE}]$`)
const SPACES = new RegExp(`[${SPACE}]+`, 'g')
const ALL_SPACE = new RegExp(`^[${SPACE}]+$`)
const LINE_BREAK = new RegExp(`\\r\\n|[${BREAKS}]`, 'g')

export function isSpace(text: string): boolean {
  return ALL_SPACE.test(text)
}

/** Removes white space, or any of the characters, from the begin or the end or both. */
export function strip(text: string, characters: string | undefined, side: 'left' | 'right' | 'both'): string {
  const set = characters === undefined ? undefined : new Set(characters)
  let [start, end] = [0, text.length]
  if (set === undefined) {
    if (side !== 'right') start = LEADING.exec(text)?.[0].length ?? 0
    if (side !== 'left') while (end > start && TRAILING.test(text[end - 1] as string)) end--
    return text.slice(start, end)
  }
  const characterAt = (at: number) => String.fromCodePoint(text.codePointAt(at) as number)
  if (side !== 'right') while (start < end && set.has(characterAt(start))) start += characterAt(start).length
  if (side !== 'left') {
    for (;;) {
      const last = lastCharacter(text, end)
      if (end <= start || !set.has(last)) break
      end -= last.length
    }
  }
  return text.slice(start, end)
}

function lastCharacter(text: string, end: number): string {
  const pair = text.slice(Math.max(0, end - 2), end)
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(pair) ? pair : text.slice(end - 1, end)
}

/** `str.split` and `str.rsplit`; without a separator at white space, and without empty texts. */
export function split(
  text: string,
  separator: string | undefined,
  most: number,
  fromRight: boolean,
): string[] {
  const count = most < 0 ? Number.POSITIVE_INFINITY : most
  if (separator === undefined) return splitAtSpace(text, count, fromRight)
  if (fromRight) return splitFromRight(text, separator, count)
  if (most < 0) return text.split(separator)
  const parts: string[] = []
  let begin = 0
  while (parts.length < count) {
    const at = text.indexOf(separator, begin)
    if (at < 0) break
    parts.push(text.slice(begin, at))
    begin = at + separator.length
  }
  return [...parts, text.slice(begin)]
}

function splitFromRight(text: string, separator: string, most: number): string[] {
  const parts: string[] = []
  let end = text.length
  while (parts.length < most) {
    const at = end < separator.length ? -1 : text.lastIndexOf(separator, end - separator.length)
    if (at < 0) break
    parts.push(text.slice(at + separator.length, end))
    end = at
  }
  return [...parts, text.slice(0, end)].reverse()
}

function splitAtSpace(text: string, most: number, fromRight: boolean): string[] {
  const stripped = strip(text, undefined, 'both')
  if (stripped === '') return []
  const spaces = Array.from(stripped.matchAll(SPACES))
  if (spaces.length < most) return stripped.split(SPACES)
  if (most === 0) return [strip(text, undefined, fromRight ? 'right' : 'left')]
  if (fromRight) {
    const cut = spaces[spaces.length - most] as RegExpExecArray
    const begin = text.length - strip(text, undefined, 'left').length
    return [text.slice(0, begin + cut.index), ...stripped.slice(cut.index + cut[0].length).split(SPACES)]
  }
  const cuts = spaces.slice(0, most)
  const parts: string[] = []
  let at = 0
  for (const { index, 0: space } of cuts) {
    parts.push(stripped.slice(at, index))
    at = index + space.length
  }
  parts.push(strip(text, undefined, 'left').slice(at))
  return parts
}

/** Lines without their breaks, or with them. A break at the end begins no further line. */
export function splitLines(text: string, keepsEnds = false): string[] {
  const lines: string[] = []
  let at = 0
  for (const { index, 0: lineBreak } of text.matchAll(LINE_BREAK)) {
    lines.push(text.slice(at, keepsEnds ? index + lineBreak.length : index))
    at = index + lineBreak.length
  }
  if (at < text.length) lines.push(text.slice(at))
  return lines
}

export function capitalize(text: string): string {
  const [first = ''] = text
  // All of it in small letters first: what a sigma becomes depends on what is in front of it.
  return upperFirst(first) + text.toLowerCase().slice(first.toLowerCase().length)
}

/** Characters whose title case is not that of the rule below. */
const TITLE: Readonly<Record<string, string>> = {
  ŉ: 'ʼN',
  ǆ: 'ǅ',
  Ǆ: 'ǅ',
  ǉ: 'ǈ',
  Ǉ: 'ǈ',
  ǌ: 'ǋ',
  Ǌ: 'ǋ',
  ǳ: 'ǲ',
  Ǳ: 'ǲ',
}

/** The title case of one character: `ß` becomes `Ss`, not `SS`. */
function upperFirst(character: string): string {
  const known = TITLE[character]
  if (known !== undefined) return known
  const [first = '', ...rest] = character.toUpperCase()
  return first + rest.join('').toLowerCase()
}

/** `str.title`: a capital behind everything that is not a letter. */
export function titleCase(text: string): string {
  return text.replace(/\p{Cased}\p{Cased}*/gu, (word) => capitalize(word))
}

/** Jinja's filter `title`: a capital at the begin and behind blanks, hyphens and opening brackets. */
export function titleWords(text: string): string {
  return text
    .split(/([-\s({[<]+)/)
    .map((part) => {
      const [first = ''] = part
      return first.toUpperCase() + part.slice(first.length).toLowerCase()
    })
    .join('')
}

export function swapCase(text: string): string {
  return Array.from(text, (character) => {
    const upper = character.toUpperCase()
    return character === upper ? character.toLowerCase() : upper
  }).join('')
}

const LOWER = /\p{Lowercase}/u
const UPPER = /[\p{Uppercase}\p{Lt}]/u

export function isLowerCase(text: string): boolean {
  return LOWER.test(text) && !UPPER.test(text)
}

export function isUpperCase(text: string): boolean {
  return UPPER.test(text) && !LOWER.test(text) && !/\p{Lt}/u.test(text)
}

/** Whether each word begins with a capital and goes on with small letters. */
export function isTitleCase(text: string): boolean {
  let follows = false
  let found = false
  for (const character of text) {
    const isCapital = UPPER.test(character)
    if (!isCapital && !LOWER.test(character)) {
      follows = false
      continue
    }
    if (isCapital === follows) return false
    follows = true
    found = true
  }
  return found
}

/** How many characters, of Python's kind, are in a piece of a text. */
export function countCharacters(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

export interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

/** Where Python's `textwrap` parts a text: at white space, behind hyphens between letters, and around dashes. */
const PARTS = (() => {
  const [space, word, letter] = ['[\\t\\n\\v\\f\\r ]', '[\\p{L}\\p{N}_]', '[\\p{L}_]']
  const before = `[\\p{L}\\p{N}_!"'&.,?]`
  const hyphen = `-(?:(?<=${letter}{2}-)|(?<=${letter}-${before}-))(?=${letter}-?${letter})`
  const dash = `(?<=${before})(?=-{2,}${word})`
  return new RegExp(
    `(${space}+|(?<=${before})-{2,}(?=${word})|[^\\t\\n\\v\\f\\r ]+?(?:${hyphen}|(?=${space}|$)|${dash}))`,
    'u',
  )
})()

/** The last hyphen within a part of a word that has something else before it; the begin of the part where there is none. */
function lastHyphen(word: readonly string[], begin: number, end: number): number {
  for (let at = end - 1; at > begin; at--) {
    if (word[at] === '-') return word.slice(begin, at).some((character) => character !== '-') ? at : begin
  }
  return begin
}

/** One paragraph in lines of at most `width` characters, as Python's `textwrap` does it. */
export function wrapLine(text: string, { width, breakLongWords, breakOnHyphens }: WrapOptions): string[] {
  const parts = text.split(breakOnHyphens ? PARTS : /([\t\n\v\f\r ]+)/)
  const chunks = parts.filter((part) => part !== '').map((part) => Array.from(part))
  const lines: string[] = []
  let line: string[] = []
  const flush = () => {
    while (line.length > 0 && isSpace(line.at(-1) as string)) line.pop()
    if (line.length > 0) lines.push(line.join(''))
    line = []
  }
  for (let index = 0; index < chunks.length; index++) {
    let chunk = chunks[index] as string[]
    const begins = line.length === 0
    if (begins && lines.length > 0 && isSpace(chunk.join(''))) continue
    if (line.length + chunk.length <= width) {
      for (const character of chunk) line.push(character)
      continue
    }
    let at = 0
    while (chunk.length - at > width && breakLongWords) {
      const end = at + width - line.length
      const hyphen = breakOnHyphens ? lastHyphen(chunk, at, end) : at
      const stop = hyphen > at ? hyphen + 1 : end
      // As in Python a blank stays where nothing of the word fits behind it.
      if (end === at) lines.push(line.splice(0).join(''))
      for (; at < stop; at++) line.push(chunk[at] as string)
      flush()
    }
    chunk = chunk.slice(at)
    if (chunk.length === 0) continue
    flush()
    if (lines.length > 0 && isSpace(chunk.join(''))) chunk = []
    line = [...chunk]
    if (chunk.length > width) flush()
  }
  flush()
  return lines
}
