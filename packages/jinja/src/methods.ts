import { type FieldReader, formatFields } from './format.ts'
import { escapeHtml, stripTags, unescapeHtml } from './html.ts'
import { Fault } from './jinja-error.ts'
import { asNumber, type Float, isFloat, isInteger } from './numbers.ts'
import { isEqual, isLess, iterate, listOf, paySearch, sliceOf } from './operators.ts'
import { textOf } from './print.ts'
import type { Run } from './run.ts'
import { type Signature, signature } from './signature.ts'
import {
  capitalize,
  countCharacters,
  isLowerCase,
  isSpace,
  isTitleCase,
  isUpperCase,
  split,
  splitLines,
  strip,
  swapCase,
  titleCase,
} from './text.ts'
import {
  Dict,
  DictView,
  entriesOf,
  getEntry,
  isMapping,
  isText,
  keysOf,
  type Mapping,
  Markup,
  sizeOf,
  Tuple,
  typeName,
} from './values.ts'

/** A method of a type of values. */
export interface Method {
  readonly signature: Signature
  /** Whether it changes the value that it belongs to. */
  readonly mutates: boolean
  call(run: Run, self: unknown, values: readonly unknown[]): unknown
}

export type MethodTable = ReadonlyMap<string, Method>

type Row<Self> = readonly [
  parameters: string,
  // biome-ignore lint/suspicious/noExplicitAny: each row knows the types that its parameters declare.
  call: (self: Self, run: Run, ...values: any[]) => unknown,
]

function table<Self>(
  rows: Readonly<Record<string, Row<Self>>>,
  mutating: readonly string[] = [],
): MethodTable {
  return new Map(
    Object.entries(rows).map(([name, [parameters, call]]) => [
      name,
      {
        signature: signature(parameters),
        mutates: mutating.includes(name),
        call: (run, self, values) => {
          if (isText(self)) payForText(name, textOf(self, run), run)
          return call(self as Self, run, ...values)
        },
      },
    ]),
  )
}

/** Methods that look at each character on its own; the others are searches and copies of the engine. */
const BY_CHARACTER = /^(?:is\w+|title|swapcase|casefold|capitalize|splitlines|expandtabs|[lr]?strip)$/

function payForText(name: string, text: string, run: Run): void {
  if (BY_CHARACTER.test(name)) run.spendCharacters(text.length)
  else run.spendText(text.length)
}

// Strings

const RANGE = 'start:int?=none, end:int?=none, /'

/** The part between two places, where it begins, and whether there is any. */
function part(text: string, start: number | null, end: number | null, run: Run): string | undefined {
  if (start === null && end === null) return text
  const length = countCharacters(text)
  const from = start === null ? 0 : start < 0 ? Math.max(0, start + length) : start
  const to = end === null ? length : Math.min(end < 0 ? Math.max(0, end + length) : end, length)
  return from > length || from > to ? undefined : (sliceOf(text, from, to, null, run) as string)
}

function find(
  text: string,
  wanted: string,
  start: number | null,
  end: number | null,
  run: Run,
  fromRight: boolean,
): number {
  paySearch(text, wanted, run)
  const piece = part(text, start, end, run)
  if (piece === undefined) return -1
  const at = fromRight ? piece.lastIndexOf(wanted) : piece.indexOf(wanted)
  if (at < 0) return -1
  const length = countCharacters(text)
  const begin = start === null ? 0 : Math.min(start < 0 ? Math.max(0, start + length) : start, length)
  return begin + countCharacters(piece.slice(0, at))
}

function findOrFail(place: number, wanted: string): number {
  if (place >= 0) return place
  throw new Fault('TYPE', `The string '${wanted.slice(0, 40)}' is not in the text.`)
}

function hasEnd(
  text: string,
  ends: string | Tuple,
  start: number | null,
  end: number | null,
  run: Run,
  test: (piece: string, end: string) => boolean,
): boolean {
  const piece = part(text, start, end, run)
  if (Array.isArray(ends) && !(ends instanceof Tuple))
    throw new Fault('ARGUMENTS', "Several texts are given as a tuple, as in ('a', 'b').")
  return (isText(ends) ? [ends] : Array.from(ends)).some((each) => {
    if (isText(each)) return piece !== undefined && test(piece, textOf(each, run))
    throw new Fault('ARGUMENTS', `A text is looked for, not ${typeName(each)}.`)
  })
}

function justify(
  text: string,
  width: number,
  fill: string,
  side: 'left' | 'right' | 'center',
  run: Run,
): string {
  run.spendText(width + text.length)
  if (countCharacters(fill) !== 1) throw new Fault('ARGUMENTS', "'fillchar' must be one character.")
  const missing = width - countCharacters(text)
  if (missing <= 0) return text
  if (side === 'left') return text + fill.repeat(missing)
  if (side === 'right') return fill.repeat(missing) + text
  // As in C: the odd one goes to the left where text and width are odd.
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return fill.repeat(left) + text + fill.repeat(missing - left)
}

/** Center of a text, as the filter and the method do it. */
export function center(text: string, width: number, run: Run): string {
  return justify(text, width, ' ', 'center', run)
}

export function replaceText(text: string, old: string, replacement: string, count: number, run: Run): string {
  paySearch(text, old, run)
  if (old === '') run.spend(text.length)
  const parts = old === '' ? ['', ...Array.from(text), ''] : text.split(old)
  run.spend(parts.length / 4)
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  run.spend(most)
  run.spendText(text.length + most * replacement.length)
  if (most === parts.length - 1) return parts.join(replacement)
  return (
    parts.slice(0, most + 1).join(replacement) +
    (most + 1 < parts.length ? old : '') +
    parts.slice(most + 1).join(old)
  )
}

/** `strip`, paid for. */
export function stripText(
  text: string,
  characters: string | null,
  side: 'left' | 'right' | 'both',
  run: Run,
): string {
  run.spendCharacters(text.length / 4 + (characters ?? '').length)
  return strip(text, characters ?? undefined, side)
}

function splitText(
  text: string,
  separator: string | null,
  most: number,
  run: Run,
  fromRight: boolean,
): string[] {
  if (separator === '') throw new Fault('ARGUMENTS', 'The separator of a split cannot be empty.')
  paySearch(text, separator ?? ' ', run)
  if (separator === null) run.spendCharacters(text.length)
  const parts = split(text, separator ?? undefined, most, fromRight)
  run.spendElements(parts.length * 4)
  return parts
}

function partition(text: string, separator: string, run: Run, fromRight: boolean): Tuple {
  if (separator === '') throw new Fault('ARGUMENTS', 'The separator of a partition cannot be empty.')
  paySearch(text, separator, run)
  const at = fromRight ? text.lastIndexOf(separator) : text.indexOf(separator)
  if (at < 0) return Tuple.fromItems(fromRight ? ['', '', text] : [text, '', ''])
  return Tuple.fromItems([text.slice(0, at), separator, text.slice(at + separator.length)])
}

function joinTexts(text: string, values: unknown, run: Run): string {
  const items = listOf(values, run).map((item, index): string => {
    if (isText(item)) return textOf(item, run)
    throw new Fault(
      'TYPE',
      `'join' puts strings together, and element ${index} is ${typeName(item)}. The filter 'join' takes any values.`,
    )
  })
  run.spendText(items.reduce((sum, item) => sum + item.length + text.length, 0))
  return items.join(text)
}

function everyCharacter(pattern: RegExp): (text: string, run: Run) => boolean {
  return (text, run) => {
    run.spendText(text.length)
    return pattern.test(text)
  }
}

function expandTabs(text: string, size: number, run: Run): string {
  run.spendText(text.length * Math.max(1, size))
  let column = 0
  return Array.from(text, (character) => {
    if (character === '\t') {
      const blanks = size > 0 ? size - (column % size) : 0
      column += blanks
      return ' '.repeat(blanks)
    }
    column = character === '\n' || character === '\r' ? 0 : column + 1
    return character
  }).join('')
}

function format(
  text: string,
  run: Run,
  rest: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): string {
  return formatFields(text, fieldReader(rest, named, run), run, false)
}

function fieldReader(rest: readonly unknown[], named: ReadonlyMap<string, unknown>, run: Run): FieldReader {
  return (first, path) => {
    const value = typeof first === 'number' ? rest[first] : named.get(first)
    if (value === undefined)
      throw new Fault('ARGUMENTS', `The format text has a field '${first}', for which nothing is given.`)
    return path.reduce<unknown>(
      (inner, { attribute, name }) =>
        attribute
          ? run.environment.attribute(inner, String(name), run)
          : run.environment.item(inner, name, run),
      value,
    )
  }
}

export const stringMethods = table<string>({
  capitalize: ['', (text) => capitalize(text)],
  // The letter that has no small i of its own stays.
  casefold: [
    '',
    (text) =>
      text
        .replace(/[^ı]+/g, (part) => part.toUpperCase().toLowerCase())
        .replaceAll('ς', 'σ')
        .replaceAll('ß', 'ss'),
  ],
  center: [
    "width:int, fillchar:str=' ', /",
    (text, run, width, fill) => justify(text, width, fill, 'center', run),
  ],
  count: [
    `sub:str, ${RANGE}`,
    (text, run, wanted, start, end) => {
      paySearch(text, wanted, run)
      const piece = part(text, start, end, run)
      if (piece === undefined) return 0
      return wanted === '' ? countCharacters(piece) + 1 : piece.split(wanted).length - 1
    },
  ],
  endswith: [
    `suffix:str|list, ${RANGE}`,
    (text, run, ends, start, end) =>
      hasEnd(text, ends, start, end, run, (piece, each) => piece.endsWith(each)),
  ],
  expandtabs: ['tabsize:int=8', (text, run, size) => expandTabs(text, size, run)],
  find: [`sub:str, ${RANGE}`, (text, run, wanted, start, end) => find(text, wanted, start, end, run, false)],
  format: ['*args, **kwargs', (text, run, rest, named) => format(text, run, rest, named)],
  format_map: ['mapping, /', (text, run, mapping) => format(text, run, [], namedEntries(mapping))],
  index: [
    `sub:str, ${RANGE}`,
    (text, run, wanted, start, end) => findOrFail(find(text, wanted, start, end, run, false), wanted),
  ],
  isalnum: ['', everyCharacter(/^[\p{L}\p{N}]+$/u)],
  isalpha: ['', everyCharacter(/^\p{L}+$/u)],
  isascii: ['', everyCharacter(/^[\0-\x7f]*$/)],
  isdecimal: ['', everyCharacter(/^\p{Nd}+$/u)],
  isdigit: ['', everyCharacter(/^[\p{Nd}²³¹⁰⁴-⁹₀-₉]+$/u)],
  isidentifier: ['', everyCharacter(/^[\p{ID_Start}_]\p{ID_Continue}*$/u)],
  islower: ['', (text) => isLowerCase(text)],
  isnumeric: ['', everyCharacter(/^\p{N}+$/u)],
  isprintable: ['', everyCharacter(/^(?:[^\p{C}\p{Z}]| )*$/u)],
  isspace: ['', (text) => isSpace(text)],
  istitle: ['', (text) => isTitleCase(text)],
  isupper: ['', (text) => isUpperCase(text)],
  join: ['iterable, /', (text, run, values) => joinTexts(text, values, run)],
  ljust: [
    "width:int, fillchar:str=' ', /",
    (text, run, width, fill) => justify(text, width, fill, 'left', run),
  ],
  lower: ['', (text) => text.toLowerCase()],
  lstrip: ['chars:str?=none, /', (text, run, characters) => stripText(text, characters, 'left', run)],
  partition: ['sep:str, /', (text, run, separator) => partition(text, separator, run, false)],
  removeprefix: [
    'prefix:str, /',
    (text, _, prefix) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
  ],
  removesuffix: [
    'suffix:str, /',
    (text, _, suffix) => (suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
  ],
  replace: [
    'old:str, new:str, count:int=-1, /',
    (text, run, old, replacement, count) => replaceText(text, old, replacement, count, run),
  ],
  rfind: [`sub:str, ${RANGE}`, (text, run, wanted, start, end) => find(text, wanted, start, end, run, true)],
  rindex: [
    `sub:str, ${RANGE}`,
    (text, run, wanted, start, end) => findOrFail(find(text, wanted, start, end, run, true), wanted),
  ],
  rjust: [
    "width:int, fillchar:str=' ', /",
    (text, run, width, fill) => justify(text, width, fill, 'right', run),
  ],
  rpartition: ['sep:str, /', (text, run, separator) => partition(text, separator, run, true)],
  rsplit: [
    'sep:str?=none, maxsplit:int=-1',
    (text, run, separator, most) => splitText(text, separator, most, run, true),
  ],
  rstrip: ['chars:str?=none, /', (text, run, characters) => stripText(text, characters, 'right', run)],
  split: [
    'sep:str?=none, maxsplit:int=-1',
    (text, run, separator, most) => splitText(text, separator, most, run, false),
  ],
  splitlines: [
    'keepends=false',
    (text, run, keeps) => {
      const lines = splitLines(text, Boolean(keeps))
      run.spendElements(lines.length * 4)
      return lines
    },
  ],
  startswith: [
    `prefix:str|list, ${RANGE}`,
    (text, run, ends, start, end) =>
      hasEnd(text, ends, start, end, run, (piece, each) => piece.startsWith(each)),
  ],
  strip: ['chars:str?=none, /', (text, run, characters) => stripText(text, characters, 'both', run)],
  swapcase: ['', (text) => swapCase(text)],
  title: ['', (text) => titleCase(text)],
  upper: ['', (text) => text.toUpperCase()],
  zfill: [
    'width:int, /',
    (text, run, width) => {
      const [, sign = '', digits = ''] = /^([-+]?)([\s\S]*)$/.exec(text) ?? []
      run.spendText(width)
      return sign + '0'.repeat(Math.max(0, width - countCharacters(text))) + digits
    },
  ],
})

function namedEntries(value: unknown): Map<string, unknown> {
  if (!isMapping(value)) throw new Fault('ARGUMENTS', `'format_map' takes a dict, not ${typeName(value)}.`)
  return new Map(Array.from(entriesOf(value), ([key, item]) => [String(key), item]))
}

/** Methods of text that is marked as HTML: what comes in is escaped, what comes out is marked. */
export const markupMethods: MethodTable = new Map([
  ...Array.from(stringMethods, ([name, method]): [string, Method] => [
    name,
    {
      ...method,
      call(run, self, values) {
        const given = values.map((value) => {
          const escapes = name === 'replace' || name === 'join' || name === 'format'
          return escapes ? escaped(value, run) : value
        })
        if (name === 'replace') given[0] = values[0]
        return marked(method.call(run, (self as Markup).text, given))
      },
    },
  ]),
  ...table<Markup>({
    striptags: ['', ({ text }) => stripTags(text)],
    unescape: ['', ({ text }) => unescapeHtml(text)],
  }),
])

function escaped(value: unknown, run: Run): unknown {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') {
    run.spendCharacters(value.length)
    return escapeHtml(value)
  }
  if (value instanceof Map) return new Map(Array.from(value, ([key, item]) => [key, escaped(item, run)]))
  return Array.isArray(value) ? value.map((item) => escaped(item, run)) : value
}

function marked(result: unknown): unknown {
  if (typeof result === 'string') return new Markup(result)
  if (result instanceof Tuple) return Tuple.fromItems(result.map(marked))
  return Array.isArray(result) ? result.map(marked) : result
}

// Lists and tuples

function indexIn(list: unknown[], value: unknown, start: number, stop: number | null, run: Run): number {
  const clamp = (place: number) => (place < 0 ? Math.max(0, place + list.length) : place)
  const end = stop === null ? list.length : Math.min(clamp(stop), list.length)
  for (let index = clamp(start); index < end; index++) {
    run.spend(0.5)
    if (isEqual(list[index], value, run)) return index
  }
  throw new Fault('TYPE', `The value is not in the list.`)
}

function countIn(list: unknown[], value: unknown, run: Run): number {
  run.spendElements(list.length * 4)
  return list.filter((item) => isEqual(item, value, run)).length
}

/** Sorts in place, equal elements in their order, also when reversed. @throws Fault `TYPE` for what has no order */
export function sortBy<Item>(
  items: Item[],
  keyOf: (item: Item) => unknown,
  isReversed: boolean,
  run: Run,
): Item[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }))
  const sign = isReversed ? -1 : 1
  keyed.sort((a, b) => {
    run.spend(6)
    if (isLess(a.key, b.key, run)) return -sign
    return isLess(b.key, a.key, run) ? sign : 0
  })
  for (const [index, { item }] of keyed.entries()) items[index] = item
  return items
}

const sequenceRows = {
  count: ['value, /', (list, run, value) => countIn(list, value, run)],
  index: [
    'value, start:int=0, stop:int?=none, /',
    (list, run, value, start, stop) => indexIn(list, value, start, stop, run),
  ],
} satisfies Record<string, Row<unknown[]>>

export const tupleMethods = table<unknown[]>(sequenceRows)

export const listMethods = table<unknown[]>(
  {
    ...sequenceRows,
    append: ['object, /', (list, run, value) => void pushAll(list, [value], run)],
    clear: ['', (list) => void list.splice(0)],
    copy: ['', (list, run) => listOf(list, run)],
    extend: ['iterable, /', (list, run, values) => void pushAll(list, listOf(values, run), run)],
    insert: [
      'index:int, object, /',
      (list, run, index, value) => {
        run.spendElements(list.length + 1)
        list.splice(index, 0, value)
      },
    ],
    pop: [
      'index:int=-1, /',
      (list, run, index) => {
        run.spend(list.length / 128)
        const place = index < 0 ? index + list.length : index
        if (place in list) return list.splice(place, 1)[0]
        throw new Fault(
          'TYPE',
          list.length === 0
            ? "'pop' from an empty list."
            : `'pop' from a list of ${list.length}: it has no element ${index}.`,
        )
      },
    ],
    remove: ['value, /', (list, run, value) => void list.splice(indexIn(list, value, 0, null, run), 1)],
    reverse: [
      '',
      (list, run) => {
        run.spendElements(list.length)
        list.reverse()
      },
    ],
    sort: [
      '*, reverse=false',
      (list, run, isReversed) => void sortBy(list, (item) => item, Boolean(isReversed), run),
    ],
  },
  ['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'],
)

function pushAll(list: unknown[], values: readonly unknown[], run: Run): void {
  run.spendElements(values.length)
  if (list.length + values.length > run.limits.valueSize / 8) run.spendElements(list.length + values.length)
  for (const value of values) list.push(value)
}

// Dicts

function updateDict(dict: Dict, run: Run, other: unknown, named: ReadonlyMap<string, unknown>): void {
  const entries: Iterable<readonly [unknown, unknown]> = isMapping(other)
    ? entriesOf(other)
    : pairsOf(other, run)
  for (const [key, value] of [...entries, ...named]) {
    run.spend(1)
    dict.set(key, value)
  }
  run.spendElements(dict.size)
}

/** A list of pairs, as `dict(…)` and `update` take it. */
export function pairsOf(value: unknown, run: Run): [unknown, unknown][] {
  return Array.from(iterate(value, run), (pair) => {
    const items = isText(pair) || Array.isArray(pair) ? listOf(pair, run) : []
    if (items.length === 2) return items as [unknown, unknown]
    throw new Fault('TYPE', 'Pairs of key and value are needed here, as in a dict.')
  })
}

function view(kind: DictView['kind'], items: unknown[], run: Run): DictView {
  run.spendElements(items.length)
  run.spend(items.length / 2)
  return new DictView(kind, items)
}

function orElse(value: unknown, fallback: unknown): unknown {
  return value === undefined ? fallback : value
}

function pop(dict: Dict, key: unknown, fallback: unknown): unknown {
  const value = orElse(dict.get(key), fallback)
  dict.delete(key)
  if (value !== undefined) return value
  throw new Fault('TYPE', `'pop': the dict has no such key.`)
}

export const dictMethods = table<Mapping>(
  {
    clear: ['', (dict) => void (dict as Dict).clear()],
    copy: [
      '',
      (dict, run) => {
        const copy = new Dict()
        updateDict(copy, run, dict, new Map())
        return copy
      },
    ],
    get: ['key, default=none, /', (dict, _, key, fallback) => orElse(getEntry(dict, key), fallback)],
    items: [
      '',
      (dict, run) =>
        view(
          'dict_items',
          Array.from(entriesOf(dict), ([key, value]) => Tuple.of2(key, value)),
          run,
        ),
    ],
    keys: ['', (dict, run) => view('dict_keys', keysOf(dict), run)],
    pop: ['key, default=unset, /', (dict, _, key, fallback) => pop(dict as Dict, key, fallback)],
    popitem: [
      '',
      (dict, run) => {
        run.spendElements(sizeOf(dict))
        const last = Array.from(entriesOf(dict)).at(-1)
        if (!last) throw new Fault('TYPE', "'popitem' from an empty dict.")
        ;(dict as Dict).delete(last[0])
        return Tuple.of2(last[0], last[1])
      },
    ],
    setdefault: [
      'key, default=none, /',
      (dict, run, key, fallback) => {
        run.spendElements(1)
        if (getEntry(dict, key) === undefined) (dict as Dict).set(key, fallback)
        return getEntry(dict, key)
      },
    ],
    update: [
      'other=unset, /, **kwargs',
      (dict, run, other, named) => updateDict(dict as Dict, run, other ?? new Dict(), named),
    ],
    values: [
      '',
      (dict, run) =>
        view(
          'dict_values',
          Array.from(entriesOf(dict), ([, value]) => value),
          run,
        ),
    ],
  },
  ['clear', 'pop', 'popitem', 'setdefault', 'update'],
)

// Numbers

export const integerMethods = table<number | bigint | boolean>({
  bit_length: [
    '',
    (value) => (asNumber(value) === 0 ? 0 : BigInt(value).toString(2).replace('-', '').length),
  ],
})

export const floatMethods = table<number | Float>({
  is_integer: ['', (value) => Number.isInteger(asNumber(value))],
})

/** The methods of a value, by name. */
export function methodsOf(value: unknown): MethodTable | undefined {
  if (typeof value === 'string') return stringMethods
  if (isMapping(value)) return dictMethods
  if (Array.isArray(value)) return value instanceof Tuple ? tupleMethods : listMethods
  if (value instanceof Markup) return markupMethods
  if (isFloat(value)) return floatMethods
  return isInteger(value) ? integerMethods : undefined
}

/** All of them, for checks of names that do not know the value. */
export const methodTables = [
  stringMethods,
  markupMethods,
  listMethods,
  tupleMethods,
  dictMethods,
  integerMethods,
  floatMethods,
]

/** Whether some method of the name changes its value. */
export function isMutating(name: string): boolean {
  return methodTables.some((methods) => methods.get(name)?.mutates)
}
