import type { TagOperation } from './compile-template.ts'
import type { TemplateFunction } from './functions.ts'
import { Float } from './numbers.ts'
import type { Operation, Run } from './run.ts'
import { callBound, signature } from './signature.ts'
import { formatInZone } from './time.ts'
import {
  Callable,
  Dict,
  DictView,
  entriesOf,
  Generator,
  isMapping,
  type Mapping,
  Markup,
  Undefined,
} from './values.ts'

/** A filter or function of the caller. Values come as plain data, and `undefined` for what is undefined. */
export interface OwnFunction {
  /**
   * Its parameters, as `width:int=4, fill:str=' '`: a type is `any`, `int`, `number`, `str`, `list` or alternatives of
   * texts as in `a|b`; `?` allows none.
   */
  readonly parameters: string
  /** For a filter the first value is that in front of it. */
  readonly apply: (...values: never[]) => unknown
}

/** A statement of the caller. */
export interface OwnTag {
  readonly parameters: string
  /** Whether it has a body, which ends with `{% endNAME %}`. */
  readonly block: boolean
  /** What it prints. `body()` renders the body. */
  readonly apply: (body: () => string, ...values: never[]) => string
}

/** The statements that every template has besides those of the parser. */
export const builtInTags: ReadonlyMap<string, TagOperation> = new Map([
  [
    'now',
    {
      signature: signature("timezone:str, format:str='%a, %d %b %Y %H:%M:%S', *, offset:str='', sign='+'"),
      block: false,
      splitsSum: true,
      // Finding out what a clock shows in a zone takes long.
      apply: (run, [zone, pattern, offset, sign]) => {
        run.spend(3000 + 4 * (`${pattern}`.length + `${offset}`.length))
        return formatInZone(run.now(), `${zone}`, `${offset}`, sign === '-', `${pattern}`)
      },
    },
  ],
])

export function ownFilter({ parameters, apply }: OwnFunction): Operation {
  return {
    signature: signature(parameters),
    apply: (run, value, values) =>
      apply(...([value, ...values].map((each) => toPlain(each, run)) as never[])),
  }
}

export function ownFunction({ parameters, apply }: OwnFunction): TemplateFunction {
  return {
    signature: signature(parameters),
    apply: (run, values) => apply(...(values.map((each) => toPlain(each, run)) as never[])),
  }
}

export function ownTag({ parameters, block, apply }: OwnTag): TagOperation {
  return {
    signature: signature(parameters),
    block,
    apply: (run, values, body) => apply(body, ...(values.map((each) => toPlain(each, run)) as never[])),
  }
}

/** A function as a value, such as `range` in `{{ range is callable }}`. */
export function functionValue(name: string, called: TemplateFunction, run: Run): Callable {
  return new Callable('function', name, (positional, named) =>
    callBound(called.signature, `the function '${name}'`, positional, named, (values) =>
      called.apply(run, values),
    ),
  )
}

type Other = (value: unknown) => unknown

/**
 * A value of a template as plain data, which code of the caller expects; the very list or object, where all in it is
 * plain.
 *
 * @param other - what becomes of what is neither a list nor a dict; left out, objects of the caller stay what they are
 */
export function toPlain(value: unknown, run: Run, other: Other = (same) => same): unknown {
  if (typeof value !== 'object' || value === null) return other(value)
  if (value instanceof Undefined) return undefined
  if (value instanceof Float) return value.value
  if (value instanceof Markup) return value.text
  const isList = Array.isArray(value) || value instanceof DictView || value instanceof Generator
  if (!isList && !isMapping(value)) return other(value)
  run.spend(1)
  run.enter()
  const plain = isList ? plainList(value, run, other) : plainObject(value, run, other)
  run.leave()
  return plain
}

function plainList(value: readonly unknown[] | DictView | Generator, run: Run, other: Other): unknown[] {
  const items: readonly unknown[] = value instanceof DictView ? value.items : Array.from(value)
  const plain = items.map((item) => toPlain(item, run, other))
  // A tuple or a range is a list with something more.
  const isPlain = Object.getPrototypeOf(value) === Array.prototype
  return isPlain && plain.every((item, index) => item === items[index]) ? (value as unknown[]) : plain
}

function plainObject(value: Mapping, run: Run, other: Other): object {
  const entries = Array.from(entriesOf(value), ([key, item]) => [String(key), item] as const)
  const plain = entries.map(([key, item]) => [key, toPlain(item, run, other)] as const)
  const isPlain = !(value instanceof Dict) && plain.every(([, item], index) => item === entries[index]?.[1])
  return isPlain ? value : Object.fromEntries(plain)
}
