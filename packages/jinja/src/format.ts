import { escapeHtml } from './html.ts'
import { Fault } from './jinja-error.ts'
import { asNumber, exponentSign, fixedText, floatText, isFloat, isInteger, isNumber } from './numbers.ts'
import { asciiOf, payDigits, reprOf, textOf } from './print.ts'
import type { Run } from './run.ts'
import { getEntry, isMapping, isText, Markup, Tuple, typeName, Undefined } from './values.ts'

/** How wide a number or text becomes, and how it looks. */
interface Layout {
  readonly fill: string
  readonly align: string
  readonly sign: string
  readonly alternate: boolean
  readonly width: number
  readonly grouping: string
  readonly precision: number | undefined
  readonly type: string
}

const MOST_PRECISION = 60

// The operator `%`

const CONVERSION = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])?/g

/** Python's `template % values`. @throws Fault `TYPE` */
export function formatPercent(template: string, values: unknown, run: Run, escapes: boolean): string {
  const list = values instanceof Tuple ? values : undefined
  run.spend(template.length)
  // One that is not closed is looked for up to the end of the text.
  run.spend((template.split('%(').length * template.length) / 256)
  let used = 0
  let keyed = false
  const next = (): unknown => {
    const items = list ?? (keyed ? [] : [values])
    if (used >= items.length) throw new Fault('TYPE', `'%' has more conversions than values.`)
    return items[used++]
  }
  const text = template.replace(
    CONVERSION,
    (all, key, flags: string, width, precision, type: string | undefined) => {
      if (type === '%' && all === '%%') return '%'
      const wide = width === '*' ? starValue(next()) : Number(width ?? 0)
      const exact =
        precision === '*'
          ? starValue(next())
          : all.includes('.') && key === undefined
            ? Number(precision ?? 0)
            : precision === undefined
              ? undefined
              : Number(precision)
      if (type === undefined)
        throw new Fault(
          'TYPE',
          "'%' ends with a conversion that is not complete: write '%%' for a percent sign.",
        )
      keyed ||= key !== undefined
      const value = key === undefined ? next() : keyedValue(values, key as string)
      return percentConversion(value, { flags, width: wide, precision: exact, type }, run, escapes)
    },
  )
  const isContainer = isMapping(values) || values instanceof Undefined || (Array.isArray(values) && !list)
  if (!isContainer && used < (list?.length ?? 1))
    throw new Fault('TYPE', `'%' has fewer conversions than values.`)
  run.spendText(text.length)
  return text
}

function starValue(value: unknown): number {
  if (isInteger(value)) return asNumber(value)
  throw new Fault('TYPE', `'*' takes an integer, not ${typeName(value)}.`)
}

function keyedValue(values: unknown, key: string): unknown {
  const value = isMapping(values) ? getEntry(values, key) : undefined
  if (value !== undefined) return value
  throw new Fault(
    'TYPE',
    isMapping(values) ? `The dict behind '%' has no '${key}'.` : "'%(name)s' needs a dict behind '%'.",
  )
}

interface PercentForm {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly type: string
}

function percentConversion(value: unknown, form: PercentForm, run: Run, escapes: boolean): string {
  const { flags, width, precision, type } = form
  const isLeft = flags.includes('-')
  const layout: Layout = {
    fill: flags.includes('0') && !isLeft ? '0' : ' ',
    align: isLeft ? '<' : flags.includes('0') ? '=' : '>',
    sign: flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
    alternate: flags.includes('#'),
    width,
    grouping: '',
    precision,
    type,
  }
  const textLayout: Layout = { ...layout, fill: ' ', align: isLeft ? '<' : '>', type: 's' }
  switch (type) {
    case 's':
    case 'r':
    case 'a': {
      const text = type === 's' ? textOf(value, run) : type === 'r' ? reprOf(value, run) : asciiOf(value, run)
      return layoutText(escapes && !(value instanceof Markup) ? paidEscape(text, run) : text, textLayout, run)
    }
    case 'c':
      return layoutText(characterOf(value), { ...textLayout, precision: undefined }, run)
    case 'd':
    case 'i':
    case 'u':
      return layoutNumber(wholeNumber(value), { ...layout, type: 'd', precision: undefined }, run, precision)
    case 'o':
    case 'x':
    case 'X':
      if (!isInteger(value)) throw wrongConversion(type, value)
      return layoutNumber(value, { ...layout, precision: undefined }, run, precision)
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      if (!isNumber(value)) throw wrongConversion(type, value)
      return layoutNumber(asNumber(value), { ...layout, precision: precision ?? 6 }, run)
  }
  throw new Fault(
    'TYPE',
    `'%${type}' is not a conversion. Possible: %s, %r, %d, %f, %e, %g, %x, %o, %c and %%.`,
  )
}

function wrongConversion(type: string, value: unknown): Fault {
  return new Fault('TYPE', `'%${type}' takes a number, not ${typeName(value)}.`)
}

function wholeNumber(value: unknown): number | bigint | boolean {
  if (isInteger(value)) return value
  if (!isFloat(value) || !Number.isFinite(asNumber(value))) throw wrongConversion('d', value)
  // `+ 0`, for an integer has no negative zero.
  const whole = Math.trunc(asNumber(value)) + 0
  return Number.isSafeInteger(whole) ? whole : BigInt(whole)
}

function characterOf(value: unknown): string {
  if (isText(value) && [...textValue(value)].length === 1) return textValue(value)
  if (isInteger(value) && asNumber(value) >= 0 && asNumber(value) <= 0x10ffff)
    return String.fromCodePoint(asNumber(value))
  throw new Fault('TYPE', `'%c' takes one character or its number, not ${typeName(value)}.`)
}

function textValue(value: string | Markup): string {
  return value instanceof Markup ? value.text : value
}

// Format specifications

const SPECIFICATION = /^(?:([\s\S])?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u

/** Python's `format(value, specification)`. @throws Fault `TYPE` */
export function formatValue(value: unknown, specification: string, run: Run): string {
  if (specification === '') return textOf(value, run)
  const match = SPECIFICATION.exec(specification)
  const isAlone = isText(value) || isNumber(value)
  if (!match || !isAlone) {
    const reason = match ? `does not work for ${typeName(value)}` : 'is not one'
    throw new Fault('TYPE', `The format specification '${specification}' ${reason}.`)
  }
  const [, fill, align, sign, alternate, zero, width, grouping, precision, type] = match
  const numeric = !isText(value)
  const layout: Layout = {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero && numeric ? '=' : numeric ? '>' : '<'),
    sign: sign ?? '-',
    alternate: alternate !== undefined,
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? undefined : Number(precision),
    type: type ?? '',
  }
  if (numeric) return formatNumber(value, layout, specification, run)
  if ((type !== undefined && type !== 's') || sign || alternate || grouping || align === '=') {
    throw new Fault('TYPE', `The format specification '${specification}' is for numbers, not for a string.`)
  }
  return layoutText(textValue(value), layout, run)
}

function formatNumber(
  value: Parameters<typeof asNumber>[0],
  layout: Layout,
  specification: string,
  run: Run,
): string {
  const { type } = layout
  const refused = () =>
    new Fault('TYPE', `The format specification '${specification}' does not work for ${typeName(value)}.`)
  if ('eEfFgG%'.includes(type) && type !== '') {
    return layoutNumber(asNumber(value), { ...layout, precision: layout.precision ?? 6 }, run)
  }
  if (type === 'n')
    return layoutNumber(
      isFloat(value) ? asNumber(value) : value,
      { ...layout, type: isFloat(value) ? 'g' : 'd' },
      run,
    )
  if (isFloat(value)) {
    if (type !== '') throw refused()
    return layoutNumber(asNumber(value), layout, run)
  }
  if (layout.precision !== undefined || !['', 'd', 'b', 'o', 'x', 'X', 'c'].includes(type)) throw refused()
  if (type === 'c') return layoutText(characterOf(value), layout, run)
  return layoutNumber(value, { ...layout, type: type === '' ? 'd' : type }, run)
}

function layoutText(text: string, layout: Layout, run: Run): string {
  const characters = Array.from(text)
  const shown = layout.precision === undefined ? text : characters.slice(0, layout.precision).join('')
  const length =
    layout.precision === undefined ? characters.length : Math.min(characters.length, layout.precision)
  return padded(shown, length, layout, run)
}

function padded(text: string, length: number, { fill, align, width }: Layout, run: Run): string {
  run.spendText(width)
  const missing = width - length
  if (missing <= 0) return text
  if (align === '<') return text + fill.repeat(missing)
  if (align !== '^') return fill.repeat(missing) + text
  const left = Math.floor(missing / 2)
  return fill.repeat(left) + text + fill.repeat(missing - left)
}

function layoutNumber(value: number | bigint | boolean, layout: Layout, run: Run, leastDigits = 0): string {
  if ((layout.precision ?? 0) > MOST_PRECISION) {
    throw new Fault('LIMIT', `A number is written with at most ${MOST_PRECISION} digits behind the point.`, {
      limit: 'valueSize',
    })
  }
  run.spendText(layout.width)
  run.spendText(leastDigits)
  run.spend(2 + (layout.precision ?? 0) / 2)
  if (typeof value === 'bigint') payDigits(value, run)
  if (layout.grouping !== '') run.spend(layout.width / 4)
  const isNegative = typeof value === 'number' ? value < 0 || Object.is(value, -0) : BigInt(value) < 0n
  const magnitude = typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(Number(value))
  const [prefix, digits] = digitsOf(magnitude, layout)
  const filled = digits.padStart(leastDigits, '0')
  const sign = isNegative ? '-' : layout.sign === '-' ? '' : layout.sign
  const [, whole = '', rest = ''] = /^([\da-fA-F]*)([\s\S]*)$/.exec(filled) ?? []
  const zeros =
    layout.align === '=' && layout.fill === '0' ? layout.width - sign.length - prefix.length - rest.length : 0
  const grouped = groupDigits(whole, layout, zeros) + rest
  if (layout.align !== '=')
    return padded(sign + prefix + grouped, sign.length + prefix.length + grouped.length, layout, run)
  const missing = layout.width - sign.length - prefix.length - grouped.length
  return sign + prefix + layout.fill.repeat(Math.max(0, missing)) + grouped
}

function paidEscape(text: string, run: Run): string {
  run.spendCharacters(text.length)
  return escapeHtml(text)
}

function groupDigits(digits: string, { grouping, type }: Layout, width: number): string {
  if (grouping === '' || !/^[\da-fA-F]+$/.test(digits)) return digits
  const size = grouping === '_' && 'boxX'.includes(type) && type !== '' ? 4 : 3
  let count = digits.length
  // One more than the width where a separator would come first.
  while (count + Math.floor((count - 1) / size) < width) count++
  const text = digits.padStart(count, '0')
  const groups = [text.slice(0, text.length % size)]
  for (let at = text.length % size; at < text.length; at += size) groups.push(text.slice(at, at + size))
  return groups.filter(Boolean).join(grouping)
}

/** Prefix and digits of a number that is not negative. */
function digitsOf(value: number | bigint, layout: Layout): [string, string] {
  const { type, alternate, precision } = layout
  switch (type) {
    case 'd':
      return ['', String(value)]
    case 'b':
      return [alternate ? '0b' : '', value.toString(2)]
    case 'o':
      return [alternate ? '0o' : '', value.toString(8)]
    case 'x':
      return [alternate ? '0x' : '', value.toString(16)]
    case 'X':
      return [alternate ? '0X' : '', value.toString(16).toUpperCase()]
  }
  const number = Number(value)
  if (!Number.isFinite(number)) {
    const text = (Number.isNaN(number) ? 'nan' : 'inf') + (type === '%' ? '%' : '')
    return ['', type === 'F' || type === 'E' || type === 'G' ? text.toUpperCase() : text]
  }
  switch (type) {
    case 'f':
    case 'F':
      return ['', fixedText(number, precision ?? 6) + (alternate && precision === 0 ? '.' : '')]
    case '%':
      return ['', `${fixedText(number * 100, precision ?? 6)}%`]
    case 'e':
    case 'E':
      return ['', exponentText(number, precision ?? 6, type)]
    case '':
      if (precision === undefined) return ['', floatText(number)]
      return ['', generalText(number, precision, alternate, 'e', true)]
    default:
      return ['', generalText(number, precision ?? 6, alternate, type === 'G' ? 'E' : 'e', false)]
  }
}

function exponentText(value: number, precision: number, mark: string): string {
  const [mantissa = '', exponent = '0'] = value.toExponential(precision).split('e')
  return `${mantissa}${mark}${exponentSign(Number(exponent))}`
}

/** `%g`: the shorter of both forms, without zeros at the end. With `keepsPoint` a whole number ends in `.0`. */
function generalText(
  value: number,
  precision: number,
  alternate: boolean,
  mark: string,
  keepsPoint: boolean,
): string {
  const digits = Math.max(1, precision)
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  const trim = (text: string) => (alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, ''))
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = ''] = value.toExponential(digits - 1).split('e')
    return `${trim(mantissa)}${mark}${exponentSign(exponent)}`
  }
  const text = trim(fixedText(value, Math.max(0, digits - 1 - exponent)))
  return keepsPoint && !text.includes('.') ? `${text}.0` : text
}

// str.format

/** Reads a field such as `0.name[key]`, or throws. */
export type FieldReader = (
  first: string | number,
  path: readonly { readonly attribute: boolean; readonly name: string | number }[],
) => unknown

/** Python's `template.format(…)`. @throws Fault `TYPE` */
export function formatFields(template: string, read: FieldReader, run: Run, escapes: boolean): string {
  run.spend(template.length)
  const numbering = { next: 0, isManual: false }
  const text = fillFields(template, read, run, escapes, numbering, 2)
  run.spendText(text.length)
  return text
}

function fillFields(
  template: string,
  read: FieldReader,
  run: Run,
  escapes: boolean,
  numbering: { next: number; isManual: boolean },
  depth: number,
): string {
  if (depth === 0) throw new Fault('TYPE', 'The fields of a format specification have none of their own.')
  let text = ''
  let at = 0
  while (at < template.length) {
    const place = template.slice(at).search(/[{}]/)
    if (place < 0) return text + template.slice(at)
    text += template.slice(at, at + place)
    at += place
    const mark = template[at]
    if (template[at + 1] === mark) {
      text += mark
      at += 2
      continue
    }
    if (mark === '}') throw new Fault('TYPE', "A single '}' stands in the format text: write '}}'.")
    const end = fieldEnd(template, at)
    const field = template.slice(at + 1, end)
    at = end + 1
    const [, name = '', conversion, specification = ''] =
      /^([^!:]*(?:\[[^\]]*\][^!:]*)*)(?:!([^:]*))?(?::([\s\S]*))?$/.exec(field) ?? []
    const value = converted(readField(name, read, numbering), conversion, run)
    const inner = /[{}]/.test(specification)
      ? fillFields(specification, read, run, false, numbering, depth - 1)
      : specification
    const shown = formatValue(value, inner, run)
    text += escapes && !(value instanceof Markup) ? paidEscape(shown, run) : shown
    run.spend(4)
  }
  return text
}

function fieldEnd(template: string, begin: number): number {
  let open = 0
  for (let at = begin; at < template.length; at++) {
    if (template[at] === '{') open++
    if (template[at] === '}' && --open === 0) return at
  }
  throw new Fault('TYPE', "A '{' in the format text is not closed: write '{{' for the character itself.")
}

function readField(name: string, read: FieldReader, numbering: { next: number; isManual: boolean }): unknown {
  const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(name) ?? []
  const path = Array.from(rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g), ([, attribute, item = '']) =>
    attribute === undefined
      ? { attribute: false, name: /^\d+$/.test(item) ? Number(item) : item }
      : { attribute: true, name: attribute },
  )
  if (first !== '' && !/^\d+$/.test(first)) return read(first, path)
  const isManual = first !== ''
  if (numbering.next > 0 && isManual !== numbering.isManual) {
    throw new Fault(
      'TYPE',
      "The fields of a format text are all numbered, as in '{0}', or all not, as in '{}'.",
    )
  }
  numbering.isManual = isManual
  const place = isManual ? Number(first) : numbering.next
  numbering.next++
  return read(place, path)
}

function converted(value: unknown, conversion: string | undefined, run: Run): unknown {
  switch (conversion) {
    case undefined:
      return value
    case 's':
      return textOf(value, run)
    case 'r':
      return reprOf(value, run)
    case 'a':
      return asciiOf(value, run)
  }
  throw new Fault('TYPE', `'!${conversion}' is not a conversion. Possible: !s and !r.`)
}
