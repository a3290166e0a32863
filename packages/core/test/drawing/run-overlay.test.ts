import { expect, test } from '@jest/globals'
import { readOverlay } from '../../src/drawing/run-overlay.ts'
import { planOf } from '../../src/graph/plan.ts'
import { question, visit } from './parts.ts'

test('sums up the visits of each component', () => {
  const trace = [
    visit('prompt', { durationMs: 10, outputs: { prompt: 'x', other: undefined } }),
    visit('prompt', { visit: 2, durationMs: 20, outputs: {} }),
    visit('llm', { durationMs: 10 }),
  ]
  const [prompt, llm] = readOverlay(planOf(question()), trace)
  expect(prompt).toMatchObject({ visits: 2, totalMs: 30, share: 0.75, unfinished: false, failure: undefined })
  expect([...(prompt?.sent ?? [])]).toEqual(['prompt'])
  expect(llm).toMatchObject({ visits: 1, totalMs: 10, share: 0.25 })
})

test('a visit that had not ended has no time', () => {
  const { outputs, ...open } = visit('llm', { durationMs: -12_345 })
  const [, llm] = readOverlay(planOf(question()), [open])
  expect(llm).toMatchObject({ visits: 1, totalMs: 0, share: 0, unfinished: true })
})

test('keeps the first line of the last error, in a form that can be shown', () => {
  const { outputs, ...failed } = visit('llm', { error: '' })
  const overlay = (error: string) => readOverlay(planOf(question()), [{ ...failed, error }])[1]?.failure
  expect(overlay('It \u001b[31mbroke.\nAt a.ts:1')).toBe('It \\u{1b}[31mbroke.')
  expect(overlay('\n')).toBe('an error without a message')
})
