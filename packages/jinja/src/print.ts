import { Fault } from './jinja-error.ts'
import { Float, floatText } from './numbers.ts'
import type { Run } from './run.ts'
import {
  Callable,
  Dict,
  DictView,
  entriesOf,
  Generator,
  isMapping,
  type Mapping,
  Markup,
  Namespace,
  notData,
  Range,
  SelfPrinting,
  TemplateObject,
  Tuple,
  Undefined,
} from './values.ts'

/** What a value prints as: Python's `str`. */
export function textOf(value: unknown, run: Run): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
      return value ? 'True' : 'False'
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : floatText(value)
    case 'bigint':
      return integerText(value, run)
  }
  if (value instanceof Markup) return value.text
  if (value instanceof SelfPrinting) return value.print()
  if (value instanceof Undefined || value === undefined) return ''
  if (Array.isArray(value) && value.length === 1 && value[0] instanceof TemplateObject)
    return value[0].print()
  return reprOf(value, run)
}

/** Python's limit: longer ones take time with the square of their length. */
const MOST_DIGITS = 4300

/** Pays for the digits of a long integer. */
export function payDigits(value: bigint, run: Run): void {
  run.spend((value.toString(16).length * 1.2) ** 2 / 20_000)
}

export function integerText(value: bigint, run: Run): string {
  payDigits(value, run)
  const text = String(value)
  if (text.length <= MOST_DIGITS) return text
  throw new Fault('TYPE', `An integer of more than ${MOST_DIGITS} digits cannot be printed.`)
}

/** How a value is written inside of lists and dicts: Python's `repr`. */
export function reprOf(value: unknown, run: Run): string {
  run.spend(1)
  if (typeof value === 'string') {
    run.spendText(value.length)
    run.spend(value.length / 4)
    return quote(value)
  }
  if (value === null) return 'None'
  if (value === undefined) return 'Undefined'
  if (typeof value === 'function' || typeof value === 'symbol') throw notData(value)
  if (typeof value !== 'object') return textOf(value, run)
  if (value instanceof Float) return floatText(value.value)
  run.enter()
  run.spend(4)
  const text = objectText(value, run)
  run.leave()
  run.spendText(text.length)
  return text
}

function objectText(value: object, run: Run): string {
  const items = (list: Iterable<unknown>) => Array.from(list, (item) => reprOf(item, run)).join(', ')
  if (value instanceof Range) {
    const step = value.step === 1 ? '' : `, ${value.step}`
    return `range(${value.start}, ${value.stop}${step})`
  }
  if (value instanceof Tuple) return value.length === 1 ? `(${items(value)},)` : `(${items(value)})`
  if (Array.isArray(value)) return `[${items(value)}]`
  if (isMapping(value)) return dictText(value, run)
  if (value instanceof Markup) return `Markup(${quote(value.text)})`
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof TemplateObject) return quote(value.print())
  if (value instanceof SelfPrinting) return value.print()
  if (value instanceof DictView) return `${value.kind}([${items(value.items)}])`
  if (value instanceof Namespace) {
    const attributes = new Dict()
    for (const [name, attribute] of value.attributes) attributes.set(name, attribute)
    return `<Namespace ${dictText(attributes, run)}>`
  }
  if (value instanceof Callable) return callableText(value)
  if (value instanceof Generator) {
    throw new Fault(
      'TYPE',
      'The result of this filter is a generator, which cannot be printed: add `| list` or `| join`.',
    )
  }
  throw notData(value)
}

function dictText(mapping: Mapping, run: Run): string {
  const pairs = Array.from(entriesOf(mapping), ([key, item]) => `${reprOf(key, run)}: ${reprOf(item, run)}`)
  return `{${pairs.join(', ')}}`
}

function callableText({ kind, name }: Callable): string {
  if (kind === 'macro') return `<Macro '${name}'>`
  const hint = kind === 'method' ? `: call it, as in '.${name}()', or write ['${name}'] for the key` : ''
  throw new Fault('TYPE', `The ${kind} '${name}' cannot be printed${hint}.`)
}

/** As `reprOf`, with everything beyond ASCII escaped. */
export function asciiOf(value: unknown, run: Run): string {
  return reprOf(value, run).replace(/[^\0-\x7f]/gu, escapeCharacter)
}

const UNPRINTABLE = /[^\P{C}]|[\p{Zl}\p{Zp}]|[^\P{Zs} ]/gu
const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A string literal: in single quotes, unless there are only such quotes in it. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll('\\', '\\\\').replaceAll(mark, `\\${mark}`)
  return mark + escaped.replace(UNPRINTABLE, escapeCharacter) + mark
}

function escapeCharacter(character: string): string {
  const known = ESCAPES[character]
  if (known !== undefined) return known
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

const PRETTY_WIDTH = 80

/** Python's `pprint.pformat`: dicts by the order of their keys, and what is wide over several lines. */
export function prettyText(value: unknown, run: Run): string {
  return pretty(value, 0, 0, run)
}

/** @param indent - how far to the right the value begins; @param after - characters that follow it on its last line */
function pretty(value: unknown, indent: number, after: number, run: Run): string {
  const line = sortedRepr(value, run)
  if (line.length + indent + after <= PRETTY_WIDTH) return line
  run.enter()
  const text = prettyLines(value, line, indent, after, run)
  run.leave()
  run.spendText(text.length + indent)
  return text
}

function prettyLines(value: unknown, line: string, indent: number, after: number, run: Run): string {
  const separator = `,\n${' '.repeat(indent + 1)}`
  if (isMapping(value) && line !== '{}') {
    const pairs = sortedPairs(value, run).map(([key, item], index, all) => {
      const label = `${reprOf(key, run)}: `
      return label + pretty(item, indent + 1 + label.length, index === all.length - 1 ? after + 1 : 1, run)
    })
    return `{${pairs.join(separator)}}`
  }
  if (!Array.isArray(value) || value instanceof Range || value.length === 0) return line
  const [begin, end] = value instanceof Tuple ? ['(', value.length === 1 ? ',)' : ')'] : ['[', ']']
  const items = value.map((item, index) =>
    pretty(item, indent + 1, index === value.length - 1 ? after + end.length : 1, run),
  )
  return begin + items.join(separator) + end
}

function sortedRepr(value: unknown, run: Run): string {
  run.spend(16)
  if (isMapping(value)) {
    const pairs = sortedPairs(value, run).map(
      ([key, item]) => `${reprOf(key, run)}: ${sortedRepr(item, run)}`,
    )
    return `{${pairs.join(', ')}}`
  }
  if (!Array.isArray(value) || value instanceof Range) return reprOf(value, run)
  const items = value.map((item) => sortedRepr(item, run)).join(', ')
  if (value instanceof Tuple) return value.length === 1 ? `(${items},)` : `(${items})`
  return `[${items}]`
}

function sortedPairs(mapping: Mapping, run: Run): (readonly [unknown, unknown])[] {
  const pairs = Array.from(entriesOf(mapping))
  run.spendElements(pairs.length * 8)
  const isSortable =
    pairs.every(([key]) => typeof key === 'string') || pairs.every(([key]) => typeof key === 'number')
  if (isSortable)
    pairs.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0))
  return pairs
}
