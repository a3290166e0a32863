import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Threshold } from '../fixtures/index.ts'

const Pass = defineComponent({
  type: 'Pass',
  inputs: { value: t.unknown() },
  outputs: { value: t.unknown() },
  run: ({ value }) => ({ value }),
})

async function traced(value: unknown): Promise<unknown> {
  const result = await new Pipeline({ pass: new Pass() }).run({ pass: { value } })
  return result.trace[0]?.inputs['value']
}

describe('a trace', () => {
  test('has every visit in the order of their starts, with times', async () => {
    const pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      below: new Threshold(),
      add: new AddFixedValue(),
    })
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'add.value')
      .connect('add.result', 'joiner.value')
    const before = performance.timeOrigin + performance.now()
    const { trace } = await pipeline.run({ joiner: { value: 10 } })
    const after = performance.timeOrigin + performance.now()
    expect(trace.map(({ component, visit, inputs, outputs }) => [component, visit, inputs, outputs])).toEqual(
      [
        ['joiner', 1, { value: [10] }, { value: 10 }],
        ['below', 1, { value: 10 }, { below: 10 }],
        ['add', 1, { value: 10 }, { result: 11 }],
        ['joiner', 2, { value: [11] }, { value: 11 }],
        ['below', 2, { value: 11 }, { above: 11 }],
      ],
    )
    expect(trace[0]?.type).toBe('BranchJoiner')
    for (const { start, durationMs } of trace) {
      expect(start).toBeGreaterThanOrEqual(before)
      expect(durationMs).toBeGreaterThanOrEqual(0)
      expect(start + durationMs).toBeLessThanOrEqual(after)
    }
  })

  test('says what made each visit run', async () => {
    const pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      below: new Threshold(),
      add: new AddFixedValue(),
    })
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'add.value')
      .connect('add.result', 'joiner.value')
    const { trace } = await pipeline.run({ joiner: { value: 10 } })
    expect(trace.map(({ component, triggeredBy }) => [component, triggeredBy])).toEqual([
      ['joiner', []],
      ['below', ['joiner.value']],
      ['add', ['below.below']],
      ['joiner', ['add.result']],
      ['below', ['joiner.value']],
    ])
  })

  test('cuts long texts', async () => {
    expect(await traced('x'.repeat(1_000))).toHaveLength(1_000)
    expect(await traced('x'.repeat(1_001))).toBe(`${'x'.repeat(1_000)}… (1001 characters)`)
  })

  test('leaves out the bytes of images', async () => {
    const bytes = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    expect(await traced(ImageContent.fromBytes(bytes))).toMatchObject({
      type: 'image',
      mimeType: 'image/png',
      base64: '(12 characters of base64)',
    })
  })

  test('cuts long lists and deep values', async () => {
    const list = Array.from({ length: 52 }, (_, index) => index)
    expect(await traced(list)).toEqual([...list.slice(0, 50), '(2 more)'])
    let deep: unknown = 'end'
    for (let depth = 0; depth < 20; depth++) deep = [deep]
    expect(JSON.stringify(await traced(deep))).toBe(`${'['.repeat(11)}"(deeper)"${']'.repeat(11)}`)
  })

  test('names what is no data', async () => {
    class Handle {}
    expect(
      await traced({
        handle: new Handle(),
        map: new Map(),
        bytes: new Uint8Array(3),
        call: function named() {},
        nothing: null,
        missing: undefined,
        bare: Object.assign(Object.create(null), { a: 1 }),
      }),
    ).toEqual({
      handle: '(Handle)',
      map: '(Map)',
      bytes: '(Uint8Array)',
      call: '(function named)',
      nothing: null,
      missing: undefined,
      bare: { a: 1 },
    })
  })

  test('ends on a value that holds itself', async () => {
    const value: { self?: unknown } = {}
    value.self = value
    expect(JSON.stringify(await traced(value))).toContain('(deeper)')
  })

  test('is made anew each time it is asked for, and changes nothing', async () => {
    const value = ['x'.repeat(2_000)]
    const result = await new Pipeline({ pass: new Pass() }).run({ pass: { value } })
    expect(result.trace).toEqual(result.trace)
    expect(result.get('pass.value')).toEqual(value)
    expect(value[0]).toHaveLength(2_000)
  })
})
