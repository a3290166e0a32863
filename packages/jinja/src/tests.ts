import { LoopState } from './loop.ts'
import { asNumber, isFloat, isInteger, isNumber } from './numbers.ts'
import { defineOperations, type Rows, withAliases } from './operation.ts'
import { calculate, compare, contains, isIterable } from './operators.ts'
import { textOf } from './print.ts'
import type { Operation, Run } from './run.ts'
import type { ComparisonOperator } from './syntax-tree.ts'
import { isLowerCase, isUpperCase } from './text.ts'
import { Callable, isMapping, isMissing, isText, Markup, Undefined } from './values.ts'

function comparing(operator: ComparisonOperator): Rows[string] {
  return ['other', (run, value, other) => compare(operator, value, other, run)]
}

const rows: Rows = {
  boolean: ['', (_run, value) => typeof value === 'boolean'],
  callable: [
    '',
    (_run, value) => value instanceof Callable || value instanceof LoopState || isMissing(value),
  ],
  defined: ['', (_run, value) => !isMissing(value)],
  divisibleby: ['num', (run, value, divisor) => isZero(calculate('%', value, divisor, run))],
  eq: comparing('=='),
  escaped: ['', (_run, value) => value instanceof Markup],
  even: ['', (run, value) => isZero(calculate('%', value, 2, run))],
  false: ['', (_run, value) => value === false],
  filter: ['', (run, value) => isText(value) && run.environment.filter(textOf(value, run)) !== undefined],
  float: ['', (_run, value) => isFloat(value)],
  ge: comparing('>='),
  gt: comparing('>'),
  in: ['seq', (run, value, container) => contains(container, value, run)],
  integer: ['', (_run, value) => isInteger(value) && typeof value !== 'boolean'],
  iterable: ['', (_run, value) => isIterable(value)],
  le: comparing('<='),
  lower: ['', (run, value) => isLowerCase(paidText(value, run))],
  lt: comparing('<'),
  mapping: ['', (_run, value) => isMapping(value)],
  ne: comparing('!='),
  none: ['', (_run, value) => value === null],
  number: ['', (_run, value) => isNumber(value)],
  odd: ['', (run, value) => asNumber(calculate('%', value, 2, run) as number) === 1],
  sameas: [
    'other',
    (run, value, other) =>
      typeof value === 'string'
        ? value.length === paidText(other, run).length && value === other
        : Object.is(value, other),
  ],
  sequence: [
    '',
    (_run, value) => Array.isArray(value) || isText(value) || isMapping(value) || value instanceof Undefined,
  ],
  string: ['', (_run, value) => isText(value)],
  test: ['', (run, value) => isText(value) && run.environment.test(textOf(value, run)) !== undefined],
  true: ['', (_run, value) => value === true],
  undefined: ['', (_run, value) => isMissing(value)],
  upper: ['', (run, value) => isUpperCase(paidText(value, run))],
}

const aliases: Readonly<Record<string, string>> = {
  equalto: 'eq',
  '==': 'eq',
  '!=': 'ne',
  greaterthan: 'gt',
  '>': 'gt',
  '>=': 'ge',
  lessthan: 'lt',
  '<': 'lt',
  '<=': 'le',
}

/** The tests that every template has, by name. */
export const tests: ReadonlyMap<string, Operation> = withAliases(defineOperations(rows), aliases)

function paidText(value: unknown, run: Run): string {
  const text = textOf(value, run)
  run.spendCharacters(text.length)
  return text
}

function isZero(value: unknown): boolean {
  return isNumber(value) && asNumber(value) === 0
}
