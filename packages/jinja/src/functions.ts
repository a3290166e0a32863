import { Fault, type JinjaErrorCode } from './jinja-error.ts'
import { pairsOf } from './methods.ts'
import { textOf } from './print.ts'
import type { Run } from './run.ts'
import { type Signature, signature } from './signature.ts'
import { formatLocal } from './time.ts'
import { Callable, Dict, entriesOf, isMapping, Namespace, Range, Tuple } from './values.ts'

/** A function that every template can call. */
export interface TemplateFunction {
  readonly signature: Signature
  apply(run: Run, values: readonly unknown[]): unknown
}

type Named = ReadonlyMap<string, unknown>

// biome-ignore lint/suspicious/noExplicitAny: each row knows the types that its parameters declare.
type Row = readonly [parameters: string, apply: (run: Run, ...values: any[]) => unknown]

const rows: Readonly<Record<string, Row>> = {
  range: ['start:int, stop:int=unset, step:int=1, /', range],
  dict: ['iterable=unset, /, **kwargs', dict],
  namespace: ['iterable=unset, /, **kwargs', namespace],
  cycler: ['*items', cycler],
  joiner: ["sep=', '", joiner],
  raise_exception: [
    'message',
    (run, message) => {
      throw new Fault('RAISED' satisfies JinjaErrorCode, textOf(message, run))
    },
  ],
  strftime_now: [
    'format:str',
    (run, pattern) => {
      run.spend(4 * pattern.length)
      return formatLocal(run.now(), pattern)
    },
  ],
}

/** By name. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries(rows).map(([name, [parameters, apply]]) => [
    name,
    { signature: signature(parameters), apply: (run, values) => apply(run, ...values) },
  ]),
)

/** As in Jinja2's sandbox. */
const LONGEST_RANGE = 100_000

function range(_run: Run, first: number, second: number | undefined, step: number): Range {
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  if (step === 0) throw new Fault('ARGUMENTS', "'step' of the function 'range' cannot be zero.")
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (length > LONGEST_RANGE) {
    throw new Fault('LIMIT', `A range has at most ${LONGEST_RANGE} elements, and this one ${length}.`, {
      limit: 'valueSize',
    })
  }
  _run.spendElements(length)
  return Range.between(start, stop, step, length)
}

function entriesFrom(run: Run, source: unknown, named: Named): (readonly [unknown, unknown])[] {
  const entries = source === undefined ? [] : isMapping(source) ? entriesOf(source) : pairsOf(source, run)
  return [...entries, ...named]
}

function dict(run: Run, source: unknown, named: Named): Dict {
  const made = new Dict()
  for (const [key, value] of entriesFrom(run, source, named)) {
    run.spend(1)
    made.set(key, value)
  }
  return made
}

function namespace(run: Run, source: unknown, named: Named): Namespace {
  const made = new Namespace()
  for (const [key, value] of entriesFrom(run, source, named)) {
    run.spend(1)
    made.attributes.set(textOf(key, run), value)
  }
  return made
}

function cycler(_run: Run, items: readonly unknown[]): Namespace {
  if (items.length === 0)
    throw new Fault('ARGUMENTS', "The function 'cycler' takes the values to go through.")
  const made = new Namespace()
  let place = 0
  const show = () => made.attributes.set('current', items[place]).set('pos', place)
  const step = () => {
    const value = items[place]
    place = (place + 1) % items.length
    show()
    return value
  }
  const reset = () => {
    place = 0
    show()
    return null
  }
  show()
  made.attributes.set('items', Tuple.fromItems(items))
  made.attributes.set('next', new Callable('method', 'next', withoutArguments('next', step)))
  made.attributes.set('reset', new Callable('method', 'reset', withoutArguments('reset', reset)))
  return made
}

function withoutArguments(name: string, call: () => unknown): Callable['call'] {
  return (positional, named) => {
    if (positional.length + named.size > 0) throw new Fault('ARGUMENTS', `'${name}' takes no arguments.`)
    return call()
  }
}

function joiner(_run: Run, separator: unknown): Callable {
  let isFirst = true
  const call = () => {
    const text = isFirst ? '' : separator
    isFirst = false
    return text
  }
  return new Callable('function', 'joiner', withoutArguments('joiner', call))
}
