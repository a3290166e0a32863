import { formatPercent } from './format.ts'
import { escapeHtml, linkAddresses, stripTags } from './html.ts'
import { Fault } from './jinja-error.ts'
import { center, pairsOf, replaceText, stripText } from './methods.ts'
import { defineOperations, type Rows, readAttribute } from './operation.ts'
import { isIterable, isTrue, lengthOf, listOf, sliceOf } from './operators.ts'
import { prettyText, textOf } from './print.ts'
import type { Run } from './run.ts'
import { capitalize, splitLines, titleWords, wrapLine } from './text.ts'
import { entriesOf, isMapping, isText, Markup, Tuple, typeName, Undefined } from './values.ts'

/** Applies to the text of any value, and keeps its mark as HTML. */
function ofText(change: (text: string) => string, stepsPerCharacter = 1 / 16) {
  return (run: Run, value: unknown): unknown => {
    const text = textOf(value, run)
    run.spendText(text.length)
    run.spend(text.length * stepsPerCharacter)
    const changed = change(text)
    return value instanceof Markup ? new Markup(changed) : changed
  }
}

const rows: Rows = {
  capitalize: ['', ofText(capitalize)],
  center: ['width:int=80', (run, value, width) => center(textOf(value, run), width, run)],
  escape: ['', (run, value) => (value instanceof Markup ? value : escapeText(run, value))],
  forceescape: ['', escapeText],
  format: ['*args, **kwargs', format],
  indent: ['width:int|str=4, first=false, blank=false', indent],
  join: ["d='', attribute:int|str?=none", join],
  lower: ['', ofText((text) => text.toLowerCase())],
  pprint: ['', (run, value) => prettyText(value, run)],
  replace: [
    'old, new, count:int?=none',
    (run, value, old, replacement, count) =>
      replaceText(textOf(value, run), textOf(old, run), textOf(replacement, run), count ?? -1, run),
  ],
  safe: ['', (run, value) => new Markup(textOf(value, run))],
  string: ['', (run, value) => (isText(value) ? value : textOf(value, run))],
  striptags: ['', (run, value) => withoutTags(textOf(value, run), run)],
  title: ['', (run, value) => textOf(ofText(titleWords, 2)(run, value), run)],
  trim: ['chars:str?=none', trim],
  truncate: ["length:int=255, killwords=false, end:str='...', leeway:int?=none", truncate],
  upper: ['', ofText((text) => text.toUpperCase())],
  urlencode: ['', urlEncode],
  urlize: [
    'trim_url_limit:int?=none, nofollow=false, target:str?=none, rel:str?=none, extra_schemes:list?=none',
    urlize,
  ],
  wordcount: ['', (run, value) => words(textOf(value, run), run)],
  wordwrap: ['width:int=79, break_long_words=true, wrapstring:str?=none, break_on_hyphens=true', wordWrap],
  xmlattr: ['autospace=true', xmlAttributes],
}

/** Filters that make text of a value. */
export const textFilters = defineOperations(rows)

function trim(run: Run, value: unknown, characters: string | null): unknown {
  const trimmed = stripText(textOf(value, run), characters, 'both', run)
  return value instanceof Markup ? new Markup(trimmed) : trimmed
}

function words(text: string, run: Run): number {
  run.spendCharacters(text.length)
  return text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0
}

function escapeText(run: Run, value: unknown): Markup {
  const text = textOf(value, run)
  run.spendCharacters(text.length)
  return new Markup(escapeHtml(text))
}

function withoutTags(text: string, run: Run): string {
  run.spendCharacters(text.length)
  return stripTags(text)
}

function format(
  run: Run,
  value: unknown,
  rest: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): unknown {
  if (rest.length > 0 && named.size > 0) {
    throw new Fault('ARGUMENTS', "The filter 'format' takes its values with names or without, not both.")
  }
  const values = named.size > 0 ? Object.fromEntries(named) : Tuple.fromItems(rest)
  return formatPercent(textOf(value, run), values, run, value instanceof Markup)
}

function requireText(value: unknown, filter: string): string {
  if (typeof value === 'string') return value
  if (value instanceof Markup) return value.text
  if (value instanceof Undefined) throw value.fault()
  throw new Fault('TYPE', `The filter '${filter}' takes a string, not ${typeName(value)}.`)
}

function indent(run: Run, value: unknown, width: number | string, first: unknown, blank: unknown): unknown {
  const text = requireText(value, 'indent')
  if (typeof width === 'number') run.spendText(width)
  const indention = typeof width === 'string' ? width : ' '.repeat(Math.max(0, width))
  run.spendCharacters(text.length)
  const lines = splitLines(`${text}\n`)
  run.spendText(text.length + lines.length * indention.length)
  const indented = lines.map((line, index) =>
    index > 0 && (isTrue(blank) || line !== '') ? indention + line : line,
  )
  const result = (isTrue(first) ? indention : '') + indented.join('\n')
  return value instanceof Markup ? new Markup(result) : result
}

function join(run: Run, value: unknown, delimiter: unknown, attribute: string | number | null): string {
  const items = listOf(value, run).map((item) => {
    run.spend(1.5)
    return textOf(attribute === null ? item : readAttribute(item, attribute, run), run)
  })
  const between = textOf(delimiter, run)
  run.spendText(items.reduce((sum, item) => sum + item.length + between.length, 0))
  return items.join(between)
}

function truncate(
  run: Run,
  value: unknown,
  length: number,
  killWords: unknown,
  end: string,
  leeway: number | null,
): unknown {
  const size = lengthOf(value, run)
  const slack = leeway ?? 5
  const endLength = lengthOf(end, run)
  if (length < endLength) {
    throw new Fault(
      'ARGUMENTS',
      `'length' of the filter 'truncate' must be at least ${endLength}, the length of 'end', not ${length}.`,
    )
  }
  if (slack < 0) throw new Fault('ARGUMENTS', "'leeway' of the filter 'truncate' cannot be negative.")
  if (size <= length + slack) return value
  const text = requireText(value, 'truncate')
  const cut = sliceOf(text, 0, length - endLength, null, run) as string
  const space = cut.lastIndexOf(' ')
  return (isTrue(killWords) || space < 0 ? cut : cut.slice(0, space)) + end
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

function quoteUrl(text: string, isQuery: boolean, run: Run): string {
  run.spendCharacters(text.length)
  run.spend(4)
  // encodeURIComponent refuses lone surrogates.
  const quoted = encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return isQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/')
}

function urlEncode(run: Run, value: unknown): string {
  if (isText(value) || !isIterable(value)) return quoteUrl(textOf(value, run), false, run)
  const pairs = isMapping(value) ? entriesOf(value) : pairsOf(value, run)
  const parts = Array.from(pairs, ([key, item]) => {
    return `${quoteUrl(textOf(key, run), true, run)}=${quoteUrl(textOf(item, run), true, run)}`
  })
  return parts.join('&')
}

function urlize(
  run: Run,
  value: unknown,
  trimLimit: number | null,
  nofollow: unknown,
  target: string | null,
  rel: string | null,
  schemes: readonly unknown[] | null,
): string {
  const text = textOf(value, run)
  run.spend(text.length * 8)
  const attributes = (rel ?? '').length + (target ?? '').length
  run.spend(attributes)
  // Four characters are the least that can become a link.
  run.spendText(text.length + (text.length / 4) * attributes)
  const extraSchemes = (schemes ?? []).map((scheme) => textOf(scheme, run))
  const wrong = extraSchemes.find((scheme) => !/^[\w.+-]{2,}:\/{0,2}$/.test(scheme))
  if (wrong !== undefined)
    throw new Fault('ARGUMENTS', `'${wrong}' is not a scheme, as 'tel:' and 'git://' are.`)
  const parts = new Set([
    ...(rel ?? '').split(/\s+/).filter(Boolean),
    ...(isTrue(nofollow) ? ['nofollow'] : []),
    'noopener',
  ])
  return linkAddresses(text, {
    trimLimit: trimLimit ?? undefined,
    rel: [...parts].sort().join(' '),
    target: target ?? undefined,
    extraSchemes,
  })
}

function wordWrap(
  run: Run,
  value: unknown,
  width: number,
  breaksWords: unknown,
  wrapString: string | null,
  breaksHyphens: unknown,
): string {
  const text = requireText(value, 'wordwrap')
  if (width <= 0) throw new Fault('ARGUMENTS', "'width' of the filter 'wordwrap' must be at least 1.")
  run.spend(text.length * 2)
  // Looking for places to break takes time with the square of the length of a word.
  for (const [word] of text.matchAll(/\S{100,}/g)) run.spend(word.length ** 2 / 64)
  const options = { width, breakLongWords: isTrue(breaksWords), breakOnHyphens: isTrue(breaksHyphens) }
  const between = wrapString ?? '\n'
  const lines = splitLines(text).flatMap((line) => {
    const wrapped = wrapLine(line, options)
    return wrapped.length === 0 ? [''] : wrapped
  })
  run.spendText(text.length + lines.length * between.length)
  return lines.join(between)
}

function xmlAttributes(run: Run, value: unknown, space: unknown): string {
  if (!isMapping(value)) throw new Fault('TYPE', `The filter 'xmlattr' takes a dict, not ${typeName(value)}.`)
  const parts: string[] = []
  for (const [key, item] of entriesOf(value)) {
    if (item === null || item instanceof Undefined) continue
    const name = textOf(key, run)
    run.spendCharacters(name.length + textOf(item, run).length)
    if (/[\s/>=]/.test(name)) throw new Fault('TYPE', `'${name}' cannot be the name of an attribute.`)
    const [shown, text] = [
      escapeHtml(name),
      item instanceof Markup ? item.text : escapeHtml(textOf(item, run)),
    ]
    parts.push(`${shown}="${text}"`)
  }
  const joined = parts.join(' ')
  return isTrue(space) && joined !== '' ? ` ${joined}` : joined
}
