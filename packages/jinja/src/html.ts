const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] as string)
}

/** The entities that are read; of the others HTML has two thousand. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  euro: '€',
  pound: '£',
  deg: '°',
  middot: '·',
  times: '×',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  agrave: 'à',
  ccedil: 'ç',
}

/** Without comments and tags, with entities as characters and white space in single blanks. */
export function stripTags(text: string): string {
  const untagged = withoutSpans(withoutSpans(text, '<!--', '-->'), '<', '>')
  return unescapeHtml(untagged.split(/\s+/).filter(Boolean).join(' '))
}

function withoutSpans(text: string, begin: string, end: string): string {
  let kept = ''
  let at = 0
  for (;;) {
    const start = text.indexOf(begin, at)
    const stop = start < 0 ? -1 : text.indexOf(end, start)
    if (stop < 0) return kept + text.slice(at)
    kept += text.slice(at, start)
    at = stop + end.length
  }
}

/** Entities as the characters that they stand for. */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([a-zA-Z]+));/g,
    (all, decimal, hex, name: string) => {
      if (name !== undefined) return ENTITIES[name] ?? all
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
      const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
      return isCharacter ? String.fromCodePoint(code) : '\ufffd'
    },
  )
}

export interface LinkOptions {
  readonly trimLimit: number | undefined
  readonly rel: string
  readonly target: string | undefined
  readonly extraSchemes: readonly string[]
}

const ADDRESS =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\p{L}\p{N}_%-]+\.)+)?(?:[a-z]{2,63}|xn--[\p{L}\p{N}_%]{2,59})|(?:[\p{L}\p{N}_%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/iu
const MAIL = /^\S+@\w[\w.-]*\.\w+$/
/** Longer words are not looked at: the expressions take long for words that were made to be slow. */
const LONGEST_WORD = 2000

/** Web and mail addresses as links; everything else is escaped. */
export function linkAddresses(text: string, options: LinkOptions): string {
  return escapeHtml(text)
    .split(/(\s+)/)
    .map((word) => (word.length > LONGEST_WORD ? word : linkWord(word, options)))
    .join('')
}

function linkWord(word: string, options: LinkOptions): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? ''
  let middle = word.slice(head.length)
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? ''
  middle = middle.slice(0, middle.length - tail.length)
  for (const [begin, end] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const opened = count(middle, begin)
    if (opened <= count(middle, end)) continue
    for (let moves = Math.min(opened, count(tail, end)); moves > 0; moves--) {
      const length = tail.indexOf(end) + end.length
      middle += tail.slice(0, length)
      tail = tail.slice(length)
    }
  }
  return head + linkAddress(middle, options) + tail
}

function count(text: string, part: string): number {
  return text.split(part).length - 1
}

function linkAddress(text: string, { trimLimit, rel, target, extraSchemes }: LinkOptions): string {
  const attributes =
    (rel === '' ? '' : ` rel="${escapeHtml(rel)}"`) +
    (target === undefined ? '' : ` target="${escapeHtml(target)}"`)
  const shown = trimLimit === undefined || text.length <= trimLimit ? text : `${text.slice(0, trimLimit)}...`
  if (ADDRESS.test(text)) {
    const url = /^https?:\/\//.test(text) ? text : `https://${text}`
    return `<a href="${url}"${attributes}>${shown}</a>`
  }
  if (text.startsWith('mailto:') && MAIL.test(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`
  if (text.includes('@') && !/^(?:www\.|@)/.test(text) && !text.includes(':') && MAIL.test(text)) {
    return `<a href="mailto:${text}">${text}</a>`
  }
  const hasScheme = extraSchemes.some((scheme) => text !== scheme && text.startsWith(scheme))
  return hasScheme ? `<a href="${text}"${attributes}>${text}</a>` : text
}
