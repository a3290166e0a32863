import { Fault } from './jinja-error.ts'
import { sortBy } from './methods.ts'
import { attributeParts, defineOperations, type Rows } from './operation.ts'
import { isEqual, isIterable, isLess, isTrue, iterate, lengthOf, listOf, sliceOf } from './operators.ts'
import { textOf } from './print.ts'
import type { Operation, Run } from './run.ts'
import { acceptAll, bind } from './signature.ts'
import {
  entriesOf,
  Generator,
  Group,
  hashKey,
  isMapping,
  isText,
  Markup,
  NO_NAME,
  Tuple,
  typeName,
  Undefined,
} from './values.ts'

const BY = 'attribute:int|str?=none'

const rows: Rows = {
  batch: [
    'linecount:int, fill_with=none',
    (run, value, size, fill) =>
      generator(run, value, fill === null ? 0 : size, (items) => batches(items, size, fill)),
  ],
  dictsort: ["case_sensitive=false, by:key|value='key', reverse=false", dictSort],
  first: ['', (run, value) => firstOf(iterate(value, run), 'first')],
  groupby: ['attribute:int|str, default=none, case_sensitive=false', groupBy],
  items: ['', items],
  last: ['', last],
  length: ['', (run, value) => lengthOf(value, run)],
  list: ['', (run, value) => listOf(value, run)],
  map: ['*args, **kwargs', map],
  max: [
    `case_sensitive=false, ${BY}`,
    (run, value, sensitive, attribute) =>
      extreme(run, value, sensitive, attribute, (a, b) => isLess(b, a, run)),
  ],
  min: [
    `case_sensitive=false, ${BY}`,
    (run, value, sensitive, attribute) =>
      extreme(run, value, sensitive, attribute, (a, b) => isLess(a, b, run)),
  ],
  random: ['', random],
  reject: ['*args, **kwargs', (run, value, rest, named) => select(run, value, rest, named, false, false)],
  rejectattr: ['*args, **kwargs', (run, value, rest, named) => select(run, value, rest, named, true, false)],
  reverse: ['', reverse],
  select: ['*args, **kwargs', (run, value, rest, named) => select(run, value, rest, named, false, true)],
  selectattr: ['*args, **kwargs', (run, value, rest, named) => select(run, value, rest, named, true, true)],
  slice: [
    'slices:int, fill_with=none',
    (run, value, count, fill) => generator(run, value, count, (list) => slices(list, count, fill)),
  ],
  sort: [`reverse=false, case_sensitive=false, ${BY}`, sort],
  unique: [`case_sensitive=false, ${BY}`, unique],
}

/** Filters that take a list, a dict, or whatever else has elements. */
export const listFilters = defineOperations(rows)

type Getter = (item: unknown) => unknown

/** Reads `meta.page` of an element, or several attributes as one key, in small letters unless told otherwise. */
function getter(
  run: Run,
  attribute: string | number | null,
  isSensitive: unknown,
  fallback?: unknown,
): Getter {
  const path = attribute === null ? [] : attributeParts(attribute)
  const ignoreCase = !isTrue(isSensitive)
  return (item) => {
    run.spend(1.5)
    let value = item
    for (const part of path) {
      value = run.environment.item(value, part, run)
      if (value instanceof Undefined && fallback !== undefined && fallback !== null) value = fallback
    }
    return ignoreCase && isText(value) ? textOf(value, run).toLowerCase() : value
  }
}

/** As `getter`, for `sort`: the key is a list, with an element for each of the attributes between the commas. */
function keyGetter(run: Run, attribute: string | number | null, isSensitive: unknown): Getter {
  const several = typeof attribute === 'string' ? attribute.split(',') : [attribute]
  const getters = several.map((each) => getter(run, each, isSensitive))
  return (item) => getters.map((get) => get(item))
}

/** @param made - how many elements there will be besides those of the value */
function generator(
  run: Run,
  value: unknown,
  made: number,
  make: (items: unknown[]) => Iterable<unknown>,
): Generator {
  run.spendElements(made)
  const items = listOf(value, run)
  run.spend(2 * items.length)
  return new Generator(make(items))
}

function* batches(items: readonly unknown[], size: number, fill: unknown): Iterable<unknown[]> {
  if (size < 1) throw new Fault('ARGUMENTS', "'linecount' of the filter 'batch' must be at least 1.")
  for (let at = 0; at < items.length; at += size) {
    const batch = items.slice(at, at + size)
    if (fill !== null && batch.length < size)
      batch.push(...new Array<unknown>(size - batch.length).fill(fill))
    yield batch
  }
}

function* slices(items: readonly unknown[], count: number, fill: unknown): Iterable<unknown[]> {
  if (count <= 0) throw new Fault('ARGUMENTS', "'slices' of the filter 'slice' must be at least 1.")
  const least = Math.floor(items.length / count)
  const larger = items.length % count
  let at = 0
  for (let index = 0; index < count; index++) {
    const end = at + least + (index < larger ? 1 : 0)
    const slice = items.slice(at, end)
    at = end
    if (fill !== null && index >= larger) slice.push(fill)
    yield slice
  }
}

function dictSort(run: Run, value: unknown, isSensitive: unknown, by: string, isReversed: unknown): Tuple[] {
  if (value instanceof Undefined) throw value.fault()
  if (!isMapping(value))
    throw new Fault('TYPE', `The filter 'dictsort' takes a dict, not ${typeName(value)}.`)
  const get = getter(run, by === 'key' ? 0 : 1, isSensitive)
  const pairs = Array.from(entriesOf(value), ([key, item]) => Tuple.of2(key, item))
  return sortBy(pairs, get, isTrue(isReversed), run)
}

function firstOf(values: Iterable<unknown>, filter: string): unknown {
  for (const value of values) return value ?? null
  return new Undefined(`The filter '${filter}' was given an empty sequence`, NO_NAME)
}

function last(run: Run, value: unknown): unknown {
  if (value instanceof Generator)
    throw new Fault('TYPE', 'A generator has no last element: add `| list` before `| last`.')
  if (isText(value))
    return lengthOf(value, run) === 0 ? firstOf([], 'last') : sliceOf(value, -1, null, null, run)
  if (Array.isArray(value)) return firstOf(value.slice(-1), 'last')
  return firstOf(listOf(value, run).slice(-1), 'last')
}

function random(run: Run, value: unknown): unknown {
  const list = listOf(value, run)
  return list.length === 0 ? firstOf([], 'random') : list[Math.floor(Math.random() * list.length)]
}

function groupBy(
  run: Run,
  value: unknown,
  attribute: string | number,
  fallback: unknown,
  isSensitive: unknown,
): Group[] {
  const [get, shown] = [getter(run, attribute, isSensitive, fallback), getter(run, attribute, true, fallback)]
  const sorted = sortBy(listOf(value, run), get, false, run)
  const groups: { key: unknown; items: unknown[] }[] = []
  for (const item of sorted) {
    const key = get(item)
    const before = groups.at(-1)
    if (before && isEqual(before.key, key, run)) before.items.push(item)
    else groups.push({ key, items: [item] })
  }
  return groups.map(({ items: members }) => {
    const group = new Group()
    group.push(shown(members[0]), members)
    return group
  })
}

function items(_run: Run, value: unknown): Generator {
  if (value instanceof Undefined) return new Generator([])
  if (!isMapping(value)) throw new Fault('TYPE', `The filter 'items' takes a dict, not ${typeName(value)}.`)
  return new Generator(Array.from(entriesOf(value), ([key, item]) => Tuple.of2(key, item)))
}

function extreme(
  run: Run,
  value: unknown,
  isSensitive: unknown,
  attribute: string | number | null,
  isBetter: (a: unknown, b: unknown) => boolean,
): unknown {
  const get = getter(run, attribute, isSensitive)
  const list = listOf(value, run)
  if (list.length === 0)
    return new Undefined('There is no least or greatest element of an empty sequence', NO_NAME)
  let [best, bestKey] = [list[0], get(list[0])]
  for (const item of list.slice(1)) {
    const key = get(item)
    if (isBetter(key, bestKey)) [best, bestKey] = [item, key]
  }
  return best
}

function reverse(run: Run, value: unknown): unknown {
  if (isText(value)) {
    const reversed = sliceOf(textOf(value, run), null, null, -1, run)
    return value instanceof Markup ? new Markup(reversed as string) : reversed
  }
  if (!isIterable(value))
    throw new Fault('TYPE', `The filter 'reverse' takes a list or a string, not ${typeName(value)}.`)
  return new Generator(listOf(value, run).reverse())
}

function sort(
  run: Run,
  value: unknown,
  isReversed: unknown,
  isSensitive: unknown,
  attribute: string | number | null,
): unknown[] {
  return sortBy(listOf(value, run), keyGetter(run, attribute, isSensitive), isTrue(isReversed), run)
}

function unique(
  run: Run,
  value: unknown,
  isSensitive: unknown,
  attribute: string | number | null,
): Generator {
  const get = getter(run, attribute, isSensitive)
  const seen = new Set<unknown>()
  const kept = listOf(value, run).filter((item) => {
    run.spend(3)
    const key = hashKey(get(item))
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
  return new Generator(kept)
}

// Filters that apply another filter, or a test

function map(
  run: Run,
  value: unknown,
  rest: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): Generator {
  return new Generator(lazily(value, run, () => mapper(run, rest, named)))
}

function* lazily(value: unknown, run: Run, make: () => Getter): Iterable<unknown> {
  if (!isTrue(value)) return
  const change = make()
  for (const item of iterate(value, run)) {
    run.spend(2)
    yield change(item)
  }
}

function mapper(run: Run, rest: readonly unknown[], named: ReadonlyMap<string, unknown>): Getter {
  const [name, ...others] = rest
  if (name === undefined) {
    const attribute = named.get('attribute')
    if (!isText(attribute) && typeof attribute !== 'number') {
      throw new Fault(
        'ARGUMENTS',
        "The filter 'map' takes a filter, as in map('upper'), or an attribute, as in map(attribute='name').",
      )
    }
    const stranger = [...named.keys()].find((key) => key !== 'attribute' && key !== 'default')
    if (stranger !== undefined)
      throw new Fault('ARGUMENTS', `The filter 'map' has no '${stranger}'. Names: 'attribute', 'default'.`)
    return getter(
      run,
      typeof attribute === 'number' ? attribute : textOf(attribute, run),
      true,
      named.get('default'),
    )
  }
  return operation(run, 'filter', name, others, named)
}

/** Another filter or test as a function of one value, its arguments bound once. */
function operation(
  run: Run,
  kind: 'filter' | 'test',
  name: unknown,
  rest: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
): Getter {
  const text = isText(name) ? textOf(name, run) : ''
  const found: Operation | undefined = run.environment[kind](text)
  if (!found) throw new Fault('UNKNOWN_NAME', `There is no ${kind} '${text || typeName(name)}'.`)
  const what = `the ${kind} '${text}'`
  const bound = acceptAll(found.signature, what, bind(found.signature, what, rest, named))
  return (item) => found.apply(run, item, bound)
}

function select(
  run: Run,
  value: unknown,
  rest: readonly unknown[],
  named: ReadonlyMap<string, unknown>,
  byAttribute: boolean,
  keeps: boolean,
): Generator {
  const make = (): Getter => {
    const [attribute, ...others] = byAttribute ? rest : [null, ...rest]
    if (attribute === undefined)
      throw new Fault('ARGUMENTS', `The name of an attribute is missing, as in selectattr('name').`)
    const path =
      attribute === null ? null : typeof attribute === 'number' ? attribute : textOf(attribute, run)
    const get = getter(run, path, true)
    const [name, ...values] = others
    const test = name === undefined ? isTrue : operation(run, 'test', name, values, named)
    return (item) => isTrue(test(get(item))) === keeps
  }
  return new Generator(selected(value, run, make))
}

function* selected(value: unknown, run: Run, make: () => Getter): Iterable<unknown> {
  if (!isTrue(value)) return
  const isWanted = make()
  for (const item of iterate(value, run)) {
    run.spend(1)
    if (isWanted(item)) yield item
  }
}
