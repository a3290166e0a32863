import { makeValue } from './make-value.ts'
import { paySearch, paySort } from './operators.ts'
import { payFor, printValue } from './print-value.ts'
import { isArray, isObject, kindOf, type RuntimeValue } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import { templateLimits, type WorkBudget } from './work-budget.ts'

/** The arguments of a filter or a method, evaluated. */
export interface Arguments {
  readonly positional: readonly RuntimeValue[]
  readonly named: ReadonlyMap<string, RuntimeValue>
}

/** A filter of our own, in place of the library's or beside them. */
export type Filter = (operand: RuntimeValue, args: Arguments, budget: WorkBudget) => RuntimeValue

/** Filters that work on what is missing as if it were an empty list; the others take it for an empty text. */
const listFilters = [
  'dictsort',
  'first',
  'items',
  'join',
  'last',
  'length',
  'list',
  'map',
  'rejectattr',
  'reverse',
  'selectattr',
  'sort',
  'unique',
]

/** Filters to which it matters that a value is missing. */
const lenientFilters = ['default', 'safe', 'tojson', 'image']

/** As in Jinja: what is missing is an empty list to a filter for lists, and an empty text to any other. */
export function asOperand(operand: RuntimeValue, filter: string): RuntimeValue {
  if (operand.type !== 'UndefinedValue' || lenientFilters.includes(filter)) return operand
  return listFilters.includes(filter) ? makeValue.array([]) : makeValue.string('')
}

/** The filters that are ours. The library has a `join` that ignores `attribute` and prints objects as their class. */
export const ownFilters: Readonly<Record<string, Filter>> = {
  join(operand, args, budget) {
    const separator = textArgument(args, 0, ['d', 'separator'], '', 'join')
    const attribute = textArgument(args, 1, ['attribute'], undefined, 'join')
    const items =
      operand.type === 'StringValue' ? Array.from(operand.value, makeValue.string) : listOf(operand, 'join')
    const texts = items.map((item) =>
      printValue(attribute === undefined ? item : attributeOf(item, attribute), budget),
    )
    const length =
      texts.reduce((sum, text) => sum + text.length, 0) + separator.length * Math.max(0, texts.length - 1)
    budget.checkLength(length)
    return makeValue.string(texts.join(separator))
  },

  /** Halves go away from zero; Python rounds them to even. */
  round(operand, args) {
    const digits = numberArgument(args, 0, 'precision', 0, 'round')
    if (operand.type !== 'IntegerValue' && operand.type !== 'FloatValue') {
      throw failure(`'round' works on a number, not on ${kindOf(operand)}.`)
    }
    if (!Number.isInteger(digits) || digits < 0 || digits > 100) {
      throw failure("The precision of 'round' is a whole number from 0 to 100.")
    }
    const rounded = Number(Math.abs(operand.value).toFixed(digits)) * Math.sign(operand.value)
    return operand.type === 'IntegerValue' ? operand : makeValue.float(rounded)
  },

  /** As in Jinja, `length` counts the `end`, words stay whole, and a text that is a little longer (`leeway` 5) stays. */
  truncate(operand, args, budget) {
    const text = printValue(operand, budget)
    const length = numberArgument(args, 0, 'length', 255, 'truncate')
    const kill = args.positional[1] ?? args.named.get('killwords')
    const end = textArgument(args, 2, ['end'], '...', 'truncate')
    const leeway = numberArgument(args, 3, 'leeway', 5, 'truncate')
    if (text.length <= length + leeway) return makeValue.string(text)
    const cut = text.slice(0, Math.max(0, length - end.length))
    const whole = kill?.type === 'BooleanValue' && kill.value ? cut : cut.slice(0, lastSpace(cut))
    return makeValue.string(whole + end)
  },

  string: (operand, _, budget) => makeValue.string(printValue(operand, budget)),
}

/** Bounds what the library's own filters may cost. */
export function payFilter(name: string, operand: RuntimeValue, args: Arguments, budget: WorkBudget): void {
  if (name === 'sort') paySort(operand, budget, args.named.has('attribute') ? 3 : 1)
  if (name === 'unique') payFor(operand, budget, 1)
  if (name === 'tojson') {
    checkIndent(numberArgument(args, -1, 'indent', 0, name))
    printValue(operand, budget)
  }
  if (name === 'indent') {
    const width = numberArgument(args, 0, 'width', 4, name)
    checkIndent(width)
    const lines = operand.type === 'StringValue' ? countOf(operand.value, '\n') : 0
    budget.checkLength(printValue(operand, budget).length + width * lines)
  }
  if (name === 'replace' || name === 'dictsort') payMethod(name, operand, args, budget)
}

/** Bounds what the library's own methods may cost. */
export function payMethod(
  name: string,
  object: RuntimeValue,
  { positional }: Arguments,
  budget: WorkBudget,
): void {
  const [first, second] = positional
  if (name === 'dictsort') paySort(object, budget, 1)
  if (object.type !== 'StringValue' || first?.type !== 'StringValue') return
  paySearch(object.value, first.value, budget)
  if (name === 'split') budget.checkItems(countOf(object.value, first.value))
  if (name !== 'replace' || second?.type !== 'StringValue') return
  const growth = second.value.length - first.value.length
  if (growth > 0) budget.checkLength(object.value.length + growth * countOf(object.value, first.value))
}

function countOf(text: string, wanted: string): number {
  if (wanted === '') return text.length + 1
  let count = 0
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) count++
  return count
}

function checkIndent(width: number): void {
  if (Number.isInteger(width) && width >= 0 && width <= templateLimits.indent) return
  throw failure(`An indent is a whole number from 0 to ${templateLimits.indent}.`)
}

function listOf(value: RuntimeValue, filter: string): readonly RuntimeValue[] {
  if (isArray(value)) return value.value
  throw failure(`'${filter}' works on a list, not on ${kindOf(value)}.`)
}

function attributeOf(item: RuntimeValue, path: string): RuntimeValue {
  let value: RuntimeValue | undefined = item
  for (const key of path.split('.')) {
    value = value !== undefined && isObject(value) ? value.value.get(key) : undefined
  }
  return value ?? makeValue.undefined()
}

function lastSpace(text: string): number {
  const at = text.lastIndexOf(' ')
  return at < 0 ? text.length : at
}

function textArgument<Default extends string | undefined>(
  { positional, named }: Arguments,
  index: number,
  names: readonly string[],
  fallback: Default,
  filter: string,
): string | Default {
  const value = positional[index] ?? names.map((name) => named.get(name)).find((found) => found !== undefined)
  if (value === undefined) return fallback
  if (value.type === 'StringValue') return value.value
  throw failure(`The argument '${names.at(-1)}' of '${filter}' is a text, not ${kindOf(value)}.`)
}

function numberArgument(
  { positional, named }: Arguments,
  index: number,
  name: string,
  fallback: number,
  filter: string,
): number {
  const value = positional[index] ?? named.get(name)
  if (value === undefined || value.type === 'NullValue') return fallback
  if (value.type === 'IntegerValue' || value.type === 'FloatValue') return value.value
  throw failure(`The argument '${name}' of '${filter}' is a number, not ${kindOf(value)}.`)
}

function failure(message: string): TemplateFailure {
  return new TemplateFailure('TEMPLATE_FAILED', message)
}
