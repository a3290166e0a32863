// Every snippet of test/python gives what Python's jinja2 gives, but for the differences that docs/templates.md explains.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { JinjaError, Template, type TemplateOptions } from '../src/index.ts'

interface Snippet {
  readonly template: string
  readonly values: Record<string, unknown>
  readonly settings?: TemplateOptions
}

interface Expected {
  readonly text?: string
  readonly error?: string
}

/** Numbers of the lines that differ, by the file of snippets. */
type Lines = Readonly<Record<string, readonly number[]>>

/** By the first cell of the row of docs/templates.md that gives the reason. */
const differences: Readonly<Record<string, Lines>> = {
  'Escaping by itself': { blocks: [45, 48], 'filters-html': [45, 47] },
  'Unknown names': { syntax: [214], tests: [55, 57, 58, 59, 62, 88] },
  'Wrong arguments': { 'filters-list': [58, 59], 'filters-number': [14, 15, 16] },
  'Names with underscores': {
    'filters-list': [129],
    format: [17],
    globals: [57],
    lookup: [75, 77, 80],
    printing: [31],
  },
  'Rare attributes, methods and functions': {
    format: [13],
    globals: [72],
    literals: [32, 88, 99],
    logic: [99],
    'methods-collections': [75, 79, 80],
    'methods-str': [82],
    'set-if-with': [81],
    undefined: [128],
  },
  'The loop as a value': { for: [61], tests: [19] },
  'Functions as values': { globals: [59, 92] },
  'Values inside themselves': { printing: [64, 65] },
  'A dict that changes in a loop over it': { 'methods-collections': [87] },
  'Rare characters': { 'filters-number': [6], 'methods-str': [74] },
  'Long strings in `pprint`': { 'filters-json': [53] },
}

/** Differences that no recorded snippet can show: what comes out here, where something else comes out of Python. */
const shown: Readonly<Record<string, readonly [Snippet, Expected]>> = {
  'Methods, functions and generators': [
    { template: "{{ [1] | map('string') }}", values: {} },
    {
      error:
        'TYPE: The result of this filter is a generator, which cannot be printed: add `| list` or `| join`. (line 1, column 10)',
    },
  ],
  'Values that are given': [
    { template: '{{ x }} {{ y }}', values: { x: { b: 1, 2: 2 }, y: 2.0 } },
    { text: "{'2': 2, 'b': 1} 2" },
  ],
  '`tojson`': [
    { template: "{{ {'b': '<é>', 'a': 1} | tojson }}", values: {} },
    { text: '{"b": "<é>", "a": 1}' },
  ],
}

const folder = join(import.meta.dirname, 'python')
const files = readdirSync(join(folder, 'snippets')).map((file) => file.replace(/\.jsonl$/, ''))
const now = () => new Date(2026, 0, 2)

function outcome({ template, values, settings }: Snippet): Expected {
  try {
    return { text: new Template(template, settings).render(values, { now }) }
  } catch (error) {
    if (error instanceof JinjaError) return { error: `${error.code}: ${error.message}` }
    throw error
  }
}

function readSnippets(name: string): Snippet[] {
  const lines = readFileSync(join(folder, 'snippets', `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Snippet)
}

/** Snippets that do not give what Python gives, with both, by their line. */
function differing(name: string): Map<number, string> {
  const expected: Expected[] = JSON.parse(readFileSync(join(folder, 'expected', `${name}.json`), 'utf8'))
  const snippets = readSnippets(name)
  expect(expected).toHaveLength(snippets.length)
  const found = new Map<number, string>()
  for (const [index, snippet] of snippets.entries()) {
    const [python = {}, ours] = [expected[index], outcome(snippet)]
    const isSame = python.text === undefined ? ours.error !== undefined : python.text === ours.text
    if (!isSame) {
      found.set(
        index + 1,
        `${snippet.template}\nPython: ${JSON.stringify(python)}\nhere: ${JSON.stringify(ours)}`,
      )
    }
  }
  return found
}

describe('what Python gives', () => {
  test.each(files)('for %s', (name) => {
    const known = Object.values(differences).flatMap((lines) => lines[name] ?? [])
    const found = differing(name)
    expect([...found].filter(([line]) => !known.includes(line)).map(([, text]) => text)).toEqual([])
    expect([...found.keys()]).toEqual([...known].sort((a, b) => a - b))
  })

  test('is recorded for at least 900 snippets, of which few differ', () => {
    const total = files.reduce((sum, name) => sum + readSnippets(name).length, 0)
    const lines = Object.values(differences).flatMap((each) => Object.values(each).flat())
    expect(total).toBeGreaterThan(900)
    expect(lines.length / total).toBeLessThan(0.02)
  })
})

describe('differences from Python', () => {
  test.each(Object.entries(shown))('%s', (_, [snippet, expected]) => {
    expect(outcome(snippet)).toEqual(expected)
  })

  test('are the rows of the table in docs/templates.md', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/templates.md'), 'utf8')
    const [, section = ''] = page.split('## Differences from Python')
    const rows = [...section.matchAll(/^\| ([^|]+) \|/gm)].map(([, key]) => key).slice(2)
    expect(rows).toEqual([...Object.keys(differences), ...Object.keys(shown)])
  })
})
