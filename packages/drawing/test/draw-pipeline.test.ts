import { describe, expect, test } from '@jest/globals'
import { defineComponent, OptionError, Pipeline, t } from '@millrace/core'
import { drawPipeline } from '@millrace/drawing'
import { agent, part, pipelineOf, question, visit } from './parts.ts'

const formats = ['mermaid', 'svg', 'text'] as const

/** The error that drawing throws, as `CODE: message`. */
function refusal(draw: () => unknown): string {
  try {
    draw()
  } catch (error) {
    if (OptionError.isInstance(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}

test('without a format it is a listing', () => {
  const pipeline = question()
  const text = drawPipeline(pipeline, { format: 'text' })
  expect([drawPipeline(pipeline), drawPipeline(pipeline, {})]).toEqual([text, text])
})

describe.each(formats)('%s', (format) => {
  test('gives the same text each time, and for another pipeline of the same parts', () => {
    const pipeline = agent()
    const first = drawPipeline(pipeline, { format })
    expect(drawPipeline(pipeline, { format })).toBe(first)
    expect(drawPipeline(agent(), { format })).toBe(first)
  })

  test('is a text of whole lines', () => {
    expect(drawPipeline(question(), { format })).toMatch(/[^\n]\n$/)
  })

  test('names every component and socket', () => {
    const drawn = drawPipeline(agent(), { format })
    for (const name of [
      'joiner',
      'ToolInvoker',
      'results',
      'greedy',
      'textToMessages',
      'question',
      'ChatMessage[]',
    ]) {
      expect(drawn).toContain(name)
    }
  })

  test('takes the result of a run', async () => {
    const Double = defineComponent({
      type: 'Double',
      inputs: { value: t.integer() },
      outputs: { value: t.integer() },
      run: ({ value }) => ({ value: value * 2 }),
    })
    const pipeline = new Pipeline({ one: new Double(), two: new Double() }).connect('one.value', 'two.value')
    const result = await pipeline.run({ one: { value: 3 } })
    const drawn = drawPipeline(pipeline, { format, trace: result })
    expect(drawn.match(/×1 · /g)).toHaveLength(2)
    expect(drawPipeline(pipeline, { format, trace: result.trace })).toBe(drawn)
  })

  test('shows visits, time, what failed and what did not run', () => {
    const trace = [
      visit('prompt', { durationMs: 30, outputs: { prompt: 'x' } }),
      visit('llm', { durationMs: 30, outputs: { replies: [] } }),
      visit('llm', { visit: 2, durationMs: 40, error: 'It broke.\nAt some place.' }),
    ]
    const { inputs, outputs, ...failed } = trace[2] as (typeof trace)[number]
    const pipeline = agent()
    const drawn = drawPipeline(pipeline, { format, trace: [...trace.slice(0, 2), { ...failed, inputs: {} }] })
    expect(drawn).toContain('×1 · 30 ms · 30 %')
    expect(drawn).toContain('×2 · 70 ms · 70 %')
    expect(drawn).toContain('It broke.')
    expect(drawn).not.toContain('At some place')
    expect(drawn.match(/did not run/g)).toHaveLength(4)
  })

  test('shows a visit that had not ended without its time, and an error without a message', () => {
    const { outputs, ...open } = visit('prompt', { durationMs: -12_345 })
    const { outputs: none, ...failed } = visit('llm', { error: '\n' })
    const drawn = drawPipeline(question(), { format, trace: [open, failed] })
    expect(drawn).toContain('×1 · 0 ms · did not end')
    expect(drawn).toContain('an error without a message')
  })

  test('draws a pipeline without components', () => {
    expect(drawPipeline(new Pipeline(), { format })).not.toBe('')
  })

  test('draws defaults that are not JSON', () => {
    const own: unknown[] = []
    own.push(own)
    const defaults = { round: own, big: 1n, call: () => 1 }
    const inputs = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, t.optional(t.unknown(), { default: value })]),
    )
    const drawn = drawPipeline(pipelineOf({ a: part('A', inputs, {}) }), { format })
    expect(drawn.match(/\(not JSON\)/g)?.length).toBeGreaterThanOrEqual(2)
    expect(drawn).toContain('(function)')
  })

  test('refuses a trace of another pipeline', () => {
    expect(refusal(() => drawPipeline(question(), { format, trace: [visit('lmm')] }))).toBe(
      "PIPELINE_INVALID_OPTION: The trace has a visit of 'lmm', which is not a component of the pipeline to draw. Components: 'prompt' and 'llm'. Did you mean 'llm'? Draw the pipeline that ran.",
    )
  })
})

test('an unknown format is refused', () => {
  expect(refusal(() => drawPipeline(question(), { format: 'mermaidd' as 'mermaid' }))).toBe(
    "PIPELINE_INVALID_OPTION: A pipeline cannot be drawn as 'mermaidd'. Formats: 'mermaid', 'svg' and 'text'. Did you mean 'mermaid'?",
  )
  expect(refusal(() => drawPipeline(question(), { format: 'toString' as 'text' }))).toBe(
    "PIPELINE_INVALID_OPTION: A pipeline cannot be drawn as 'toString'. Formats: 'mermaid', 'svg' and 'text'.",
  )
})

describe('the times of a run', () => {
  test.each([
    [0.04, '0 ms'],
    [0.44, '0.4 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [9_996, '10.0 s'],
    [59_940, '59.9 s'],
    [59_990, '1 min 0 s'],
    [125_400, '2 min 5 s'],
  ])('%p milliseconds are %p', (durationMs, written) => {
    const trace = [visit('prompt', { durationMs, outputs: {} })]
    expect(drawPipeline(question(), { format: 'text', trace })).toContain(`×1 · ${written} · 100 %`)
  })

  test('a share below one percent is not nothing', () => {
    const trace = [visit('prompt', { durationMs: 4 }), visit('llm', { durationMs: 996 })]
    expect(drawPipeline(question(), { format: 'text', trace })).toContain('×1 · 4 ms · <1 %')
  })
})

test('drawing changes nothing', () => {
  const pipeline = agent()
  const before = [pipeline.names(), pipeline.connections(), pipeline.inputs(), pipeline.outputs()]
  const copy = JSON.stringify(before)
  for (const format of formats) drawPipeline(pipeline, { format, trace: [visit('llm')] })
  expect(
    JSON.stringify([pipeline.names(), pipeline.connections(), pipeline.inputs(), pipeline.outputs()]),
  ).toBe(copy)
})
