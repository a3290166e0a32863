import { expect, test } from '@jest/globals'
import { drawing } from '../../src/output/drawing.ts'
import { failureOf } from '../failure-of.ts'
import { samplePipeline } from '../parts.ts'

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
