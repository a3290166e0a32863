// docs/templates.md has every filter, test, function and method as it is declared, and its templates can be made.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { filters } from '../src/filters.ts'
import { functions } from '../src/functions.ts'
import { defaultLimits, Template } from '../src/index.ts'
import {
  dictMethods,
  floatMethods,
  integerMethods,
  listMethods,
  markupMethods,
  stringMethods,
  tupleMethods,
} from '../src/methods.ts'
import type { Signature } from '../src/signature.ts'

const root = join(import.meta.dirname, '../../..')
const page = readFileSync(join(root, 'docs/templates.md'), 'utf8')

type Table = ReadonlyMap<string, { readonly signature: Signature }>

/** The names in the first cells of a table, one row each, without what only Markdown needs. */
function rowsOf(heading: string): string[][] {
  const [, section = ''] = page.split(`\n| ${heading} |`)
  const [, ...lines] = section.slice(0, section.indexOf('\n\n')).split('\n').slice(1)
  return lines.map((line) => {
    const [cell = ''] = line.replace(/^\| /, '').split(/ (?<!\\)\| /)
    return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|'))
  })
}

/** How each should be written: the name with its parameters, then its other names. */
function declared(table: Table, isCalled: boolean): string[][] {
  const names = new Map<Signature, string[]>()
  for (const [name, { signature }] of table)
    names.set(signature, [...(names.get(signature) ?? []), name].sort())
  return [...names].map(([{ text }, all]) =>
    all.map((name) =>
      text === '' ? (isCalled ? `${name}()` : name) : `${name}(${text.replaceAll('unset', '…')})`,
    ),
  )
}

function expectSame(heading: string, table: Table, isCalled: boolean): void {
  // Which of several names is the one with the parameters is up to the page.
  const whole = (names: readonly string[]) => {
    const parameters = names.map((name) => /\(.*\)$/s.exec(name)?.[0]).find(Boolean) ?? ''
    return names.map((name) => name.replace(/\(.*\)$/s, '') + parameters).sort()
  }
  const sorted = (rows: string[][]) => rows.map((names) => whole(names).join(', ')).sort()
  expect(sorted(rowsOf(heading))).toEqual(sorted(declared(table, isCalled)))
}

describe('docs/templates.md', () => {
  const ownMarkup = new Map([...markupMethods].filter(([name]) => !stringMethods.has(name)))

  test('has every filter with its parameters', () => expectSame('filter', filters, false))

  test('has every test with its parameters', async () => {
    const { tests } = await import('../src/tests.ts')
    expectSame('test', tests, false)
  })

  test('has every function with its parameters', () => expectSame('function', functions, true))

  test.each([
    ['of texts', stringMethods],
    ['of texts marked as HTML, besides', ownMarkup],
    ['of lists', listMethods],
    ['of tuples', tupleMethods],
    ['of dicts', dictMethods],
    ['of integers', integerMethods],
    ['of floats', floatMethods],
  ])('has every method %s', (heading, table) => expectSame(heading, table, true))

  test('has the default limits', () => {
    const shown = rowsOf('limit').map(([name = '']) => [
      name,
      Number(new RegExp(`\`${name}\` \\| ([\\d,]+) `).exec(page)?.[1]?.replaceAll(',', '')),
    ])
    expect(Object.fromEntries(shown)).toEqual(defaultLimits)
  })

  // What a ChatPromptBuilder adds.
  const place = { parameters: '', apply: () => '' }
  const ofPrompts = {
    filters: { image: place, file: place, reasoning: place, templatize_part: place },
    tags: {
      message: { parameters: '*, role=none, name=none, meta=none', block: true, apply: () => '' },
      insert: { parameters: 'messages=none', block: false, apply: () => '' },
    },
  }
  const [text = ''] = page.split('## Differences from Python')
  const templates = [...text.matchAll(/`(\{[{%][^`]+[%}]\})`/g)]
    .map(([, code = '']) => code.replaceAll('\\|', '|'))
    .filter((code) => !code.includes('{% trans %}') && !code.includes('{% debug %}'))
    .filter((code) => code !== '{{ … }}' && code !== '{% … %}')

  test.each(templates)('shows %s, which is a template', (source) => {
    const inLoop = /break|continue/.test(source) ? `{% for x in y %}${source}{% endfor %}` : source
    const known = `{% macro m(a) %}{{ caller(1) }}{% endmacro %}${inLoop}`
    expect(() => new Template(source.includes(' m(1)') ? known : inLoop, ofPrompts)).not.toThrow()
  })

  test.each(['docs/templates.md', 'packages/jinja/README.md'])(
    'and the programs of %s print what they say',
    (name) => {
      const blocks = readFileSync(join(root, name), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)
      const program = Array.from(blocks, ([, code = '']) => code.replace(/^import .*$/gm, '')).join('\n')
      const printed: string[] = []
      const log = (value: unknown) =>
        printed.push(Array.isArray(value) ? `[ '${value.join("', '")}' ]` : String(value).trimEnd())
      new Function('Template', 'console', program)(Template, { log })
      expect(printed).toEqual(
        [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line),
      )
      expect(printed).not.toEqual([])
    },
  )
})
