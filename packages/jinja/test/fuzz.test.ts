// Whatever a template and its values are, a text or a JinjaError with a position comes out, and the values stay as they are.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { filters } from '../src/filters.ts'
import { functions } from '../src/functions.ts'
import { JinjaError, Template } from '../src/index.ts'
import { dictMethods, listMethods, stringMethods } from '../src/methods.ts'
import { tests } from '../src/tests.ts'

const folder = join(import.meta.dirname, 'python/snippets')
const snippets = readdirSync(folder)
  .flatMap((file) => readFileSync(join(folder, file), 'utf8').trimEnd().split('\n'))
  .map((line) => (JSON.parse(line) as { template: string }).template)

const limits = { steps: 20_000, depth: 50, valueSize: 100_000, outputSize: 100_000 }
const now = () => new Date(2026, 0, 2)

function outcome(source: string, values: Record<string, unknown>): string {
  try {
    return `text ${new Template(source).render(values, { limits, now })}`
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error
    const lines = source.split(/\r\n|\r|\n/)
    const isPlace = error.line >= 1 && error.line <= lines.length && error.column >= 1 && error.offset >= 0
    // What a template raises itself may begin with anything.
    const isReason = error.code === 'RAISED' || /^\S/.test(error.reason)
    if (!isPlace || !isReason) throw new Error(`A bad position: ${error.message}`)
    return `${error.code} ${error.message}`
  }
}

function evaluated(source: string, values: Record<string, unknown>): unknown {
  try {
    return new Template(source).evaluate(values, { limits, now })
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error
    return ''
  }
}

function check(source: string, values: Record<string, unknown>): void {
  const before = JSON.stringify(values)
  const first = outcome(source, values)
  const value = evaluated(source, values)
  expect(JSON.stringify(values)).toBe(before)
  // What is not the text is a value that has lost nothing on its way out: it is plain data.
  if (typeof value !== 'string') expect(() => structuredClone(value)).not.toThrow()
  if (!source.includes('random')) expect(outcome(source, values)).toBe(first)
}

const names = ['a', 'b', 'c', 'loop', 'ns', 'x', 'messages']
const words = fc.constantFrom(...names)
const literal = fc.oneof(
  fc.constantFrom(
    '1',
    '0',
    '-3',
    '2.5',
    '1e3',
    'true',
    'none',
    "''",
    "'a'",
    "'<b>é😀'",
    '[]',
    '{}',
    '(1,)',
    '10 ** 20',
    "'%s'",
    "'{}'",
  ),
  words,
)

/** An expression of parts that fit together more often than not. */
const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression')
  const few = fc.array(inner, { maxLength: 2 }).map((items) => items.join(', '))
  const named = fc.constantFrom(...filters.keys())
  const tested = fc.constantFrom(...[...tests.keys()].filter((name) => /^\w+$/.test(name)))
  const method = fc.constantFrom(...stringMethods.keys(), ...listMethods.keys(), ...dictMethods.keys())
  const called = fc.constantFrom(...functions.keys())
  const operator = fc.constantFrom(
    '+',
    '-',
    '*',
    '/',
    '//',
    '%',
    '**',
    '~',
    '==',
    '!=',
    '<',
    '>=',
    'in',
    'not in',
    'and',
    'or',
  )
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      fc.tuple(inner, operator, inner).map(([left, sign, right]) => `(${left} ${sign} ${right})`),
      fc
        .tuple(inner, named, few)
        .map(([value, name, given]) => `(${value} | ${name}${given && `(${given})`})`),
      fc
        .tuple(inner, tested, few)
        .map(([value, name, given]) => `(${value} is ${name}${given && `(${given})`})`),
      fc.tuple(inner, method, few).map(([value, name, given]) => `${value}.${name}(${given})`),
      fc.tuple(called, few).map(([name, given]) => `${name}(${given})`),
      fc.tuple(inner, words).map(([value, name]) => `${value}.${name}`),
      fc.tuple(inner, inner).map(([value, index]) => `${value}[${index}]`),
      fc.tuple(inner, literal, literal).map(([value, start, stop]) => `${value}[${start}:${stop}:-1]`),
      fc
        .tuple(inner, inner, inner)
        .map(([value, condition, other]) => `(${value} if ${condition} else ${other})`),
      few.map((items) => `[${items}]`),
      fc.tuple(literal, inner).map(([key, value]) => `{${key}: ${value}}`),
    ),
  }
})

const { body } = fc.letrec<{ body: string }>((tie) => {
  const inner = tie('body')
  const pair = <Second>(second: fc.Arbitrary<Second>) => fc.tuple(expression, second)
  return {
    body: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(
        'text\n',
        '  ',
        '{# c #}',
        '{% break %}',
        '{{ loop.index }}',
        '{{ caller() }}',
        '{%- raw -%} {{ {% endraw %}',
      ),
      expression.map((value) => `{{ ${value} }}`),
      fc.tuple(inner, inner).map((parts) => parts.join('')),
      fc
        .tuple(expression, inner, inner)
        .map(([value, a, b]) => `{% if ${value} -%}\n${a}{% else %}${b}{% endif %}`),
      fc
        .tuple(words, expression, inner)
        .map(([name, value, a]) => `{% for ${name} in ${value} %}${a}{% endfor %}`),
      fc
        .tuple(words, expression, inner)
        .map(
          ([name, value, a]) =>
            `{% for ${name} in ${value} recursive %}${a}{{ loop(${name}) }}{% else %}-{% endfor %}`,
        ),
      fc.tuple(words, expression).map(([name, value]) => `{% set ${name} = ${value} %}`),
      fc
        .tuple(words, expression)
        .map(([name, value]) => `{% set ns = namespace() %}{% set ns.${name} = ${value} %}`),
      fc.tuple(words, inner).map(([name, a]) => `{% set ${name} %}${a}{% endset %}`),
      fc
        .tuple(words, words, expression, inner)
        .map(
          ([name, parameter, value, a]) =>
            `{% macro ${name}(${parameter}=${value}) %}${a}{% endmacro %}{{ ${name}(1) }}`,
        ),
      pair(inner).map(
        ([value, a]) => `{% macro m(q) %}${a}{% endmacro %}{% call m(${value}) %}${a}{% endcall %}`,
      ),
      fc
        .tuple(words, expression, inner)
        .map(([name, value, a]) => `{% with ${name} = ${value} %}${a}{% endwith %}`),
      fc
        .tuple(fc.constantFrom(...filters.keys()), inner)
        .map(([name, a]) => `{% filter ${name} %}${a}{% endfilter %}`),
      expression.map((value) => `{% do ${value} %}`),
    ),
  }
})

/** A snippet with pieces of itself and of another one put in other places. */
const mutation = fc
  .tuple(
    fc.constantFrom(...snippets),
    fc.constantFrom(...snippets),
    fc.nat(),
    fc.nat(),
    fc.nat(20),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([one, other, at, from, length, kind]) => {
    const place = at % (one.length + 1)
    const start = from % (other.length + 1)
    const piece = other.slice(start, start + length)
    if (kind === 0) return one.slice(0, place) + piece + one.slice(place)
    if (kind === 1) return one.slice(0, place) + one.slice(place + length)
    if (kind === 2) return one.slice(0, place) + piece + one.slice(place + piece.length)
    return one + other
  })

const values = fc.record(Object.fromEntries(names.map((name) => [name, fc.jsonValue({ maxDepth: 3 })])), {
  requiredKeys: [],
})

describe('random templates', () => {
  test('of fragments', () => {
    fc.assert(fc.property(body, values, check), { numRuns: 2000 })
  })

  test('of broken snippets', () => {
    fc.assert(fc.property(mutation, values, check), { numRuns: 2000 })
  })

  test('of any characters', () => {
    const tokens = fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '{#',
      '#}',
      '-',
      '+',
      "'",
      '"',
      '|',
      '.',
      '(',
      ')',
      '[',
      ']',
      '\n',
      '\\',
      'for',
      'if',
      'endif',
      'in',
      'a',
      '1',
      ' ',
      '😀',
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(tokens, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 }),
        values,
        (parts, given) => check(parts.join(''), given),
      ),
      { numRuns: 2000 },
    )
  })
})
