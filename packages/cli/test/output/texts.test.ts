import { expect, test } from '@jest/globals'
import { drawing } from '../../src/output/drawing.ts'
import { findingLines } from '../../src/output/reference/finding-lines.ts'
import { wrapText } from '../../src/output/reference/wrap-text.ts'
import { summaryLine } from '../../src/output/run/summary.ts'
import { styleFor } from '../../src/output/style.ts'
import { jsonText } from '../../src/output/write.ts'
import { failureOf } from '../failure-of.ts'
import { samplePipeline } from '../parts.ts'
import { Screen } from '../screen.ts'

test('wrapText breaks a text between words, and indents the lines', () => {
  expect(wrapText('one two  three\nfour', 11, '  ')).toEqual(['  one two', '  three', '  four'])
})

test('wrapText leaves a word whole that is longer than a line', () => {
  expect(wrapText('a incomprehensibilities b', 5)).toEqual(['a', 'incomprehensibilities', 'b'])
})

test('wrapText makes no line of no text', () => {
  expect(wrapText('  ', 10)).toEqual([])
})

test('JSON is one line, or several for a terminal', () => {
  expect(jsonText({ a: 1 }, new Screen(false))).toBe('{"a":1}\n')
  expect(jsonText({ a: 1 }, new Screen(true))).toBe('{\n  "a": 1\n}\n')
})

test('only a terminal gets colours', () => {
  const bold = (screen: Screen, env = {}) => styleFor(screen, { env })('bold', 'a')
  expect(bold(new Screen(true))).toBe('\u001B[1ma\u001B[22m')
  expect(bold(new Screen(false))).toBe('a')
  expect(bold(new Screen(true), { NO_COLOR: '1' })).toBe('a')
  expect(bold(new Screen(true), { NO_COLOR: '' })).toBe('\u001B[1ma\u001B[22m')
  expect(bold(new Screen(true), { TERM: 'dumb' })).toBe('a')
})

const usage = { calls: 1, promptTokens: 21, completionTokens: 9, totalTokens: 30, cachedTokens: 0 }

test.each([
  [{ ...usage, tokensPerSecond: 812.4 }, '0.61 s to load, 0.05 s to run: 21 tokens in, 9 out, 812 tokens/s'],
  [
    { ...usage, cachedTokens: 3, tokensPerSecond: 8.25 },
    '0.61 s to load, 0.05 s to run: 21 tokens in (3 cached), 9 out, 8.3 tokens/s',
  ],
  [
    { ...usage, promptTokens: 1, tokensPerSecond: undefined },
    '0.61 s to load, 0.05 s to run: 1 token in, 9 out',
  ],
  [undefined, '0.61 s to load, 0.05 s to run'],
])('the summary says what a run cost', (used, line) => {
  expect(summaryLine(612, 48, used)).toBe(line)
})

test('the summary counts longer times in minutes', () => {
  expect(summaryLine(59_900, 125_400, undefined)).toBe('59.90 s to load, 2 min 5 s to run')
})

test('a finding says where it is, as far as that is known', () => {
  const found = { level: 'error', code: 'X', message: 'Bad.' } as const
  expect(
    findingLines('p.yaml', [
      { ...found, component: 'llm', option: 'modelKwargs.loraPath' },
      { ...found, component: 'llm', socket: 'messages' },
      { ...found, component: 'llm', level: 'warning' },
      { ...found, resource: 'docs', option: 'path' },
      { ...found, resource: 'docs' },
      { ...found, message: 'Two\nlines \u001b[31m.' },
    ]),
  ).toEqual([
    'p.yaml: components.llm.initParameters.modelKwargs.loraPath: Bad.',
    'p.yaml: llm.messages: Bad.',
    'p.yaml: warning: components.llm: Bad.',
    'p.yaml: resources.docs.initParameters.path: Bad.',
    'p.yaml: resources.docs: Bad.',
    'p.yaml: Two\n  lines \uFFFD[31m.',
  ])
})

test('a drawing ends with a line end', () => {
  for (const format of ['text', 'mermaid', 'svg'] as const) {
    expect(drawing(samplePipeline(), { format })).toMatch(/[^\n]\n$/)
  }
})

test('what cannot be drawn is a mistake of the command', async () => {
  const visit = { component: 'other', type: 'Other', visit: 1, start: 0, durationMs: 1, inputs: {} }
  expect(await failureOf(() => drawing(samplePipeline(), { format: 'text', trace: [visit] }))).toMatch(
    /^USAGE_INVALID: The trace has a visit of 'other'/,
  )
})
