import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import { AddFixedValue, BranchJoiner, Repeat, Sum } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const Next = defineComponent({
  type: 'Next',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: ({ value }) => ({ value: value + 1 }),
})

const NextLater = defineComponent({
  type: 'NextLater',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: async ({ value }) => ({ value: value + 1 }),
})

const Late = defineComponent({
  type: 'Late',
  inputs: { value: t.optional(t.integer()), never: t.optional(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ value = 0 }) => ({ value }),
})

const SIZE = 10_000

function chain(Link: typeof Next | typeof NextLater, options: PipelineOptions = {}): Pipeline {
  const pipeline: Pipeline = new Pipeline({}, options)
  for (let index = 0; index < SIZE; index++) {
    pipeline.add(`c${index}`, new Link())
    if (index > 0) pipeline.connect(`c${index - 1}.value`, `c${index}.value`)
  }
  return pipeline
}

describe('a pipeline of 10,000 components', () => {
  test.each([
    ['sync', Next],
    ['async', NextLater],
  ] as const)('in a chain of %s ones runs, without any limit of depth', async (_, Link) => {
    const result = await chain(Link).run({ c0: { value: 0 } })
    expect(result.outputs).toEqual({ [`c${SIZE - 1}`]: { value: SIZE } })
  })

  test.each([1, 16, Number.POSITIVE_INFINITY])('side by side runs at concurrency %p', async (concurrency) => {
    const pipeline: Pipeline = new Pipeline({ start: new Repeat({ outputs: ['value'] }), sum: new Sum() })
    for (let index = 0; index < SIZE; index++) {
      pipeline.add(`c${index}`, index % 2 === 0 ? new Next() : new NextLater())
      pipeline.connect('start.value', `c${index}.value`).connect(`c${index}.value`, 'sum.values')
    }
    const result = await pipeline.run({ start: { value: 1 } }, { concurrency })
    expect(result.outputs).toEqual({ sum: { total: 2 * SIZE } })
  })

  test('that all wait for a value which never comes runs them one after the other', async () => {
    const pipeline: Pipeline = new Pipeline({
      start: new Repeat({ outputs: ['value'] }),
      a: new AddFixedValue(),
      b: new AddFixedValue(),
    })
    pipeline.connect('a.result', 'b.value').connect('b.result', 'a.value')
    for (let index = 0; index < SIZE; index++) {
      pipeline.add(`c${index}`, new Late())
      pipeline.connect('start.value', `c${index}.value`).connect('a.result', `c${index}.never`)
    }
    const result = await pipeline.run({ start: { value: 1 } })
    expect(Object.keys(result.outputs)).toHaveLength(SIZE)
  })

  test('in one cycle names it when it does not end', async () => {
    const pipeline = chain(Next, { maxRunsPerComponent: 2 })
    pipeline
      .add('joiner', new BranchJoiner())
      .connect('joiner.value', 'c0.value')
      .connect(`c${SIZE - 1}.value`, 'joiner.value')
    const message = await thrownBy(() => pipeline.run({ joiner: { value: 0 } }))
    expect(message).toMatch(/^RUN_MAX_VISITS: 'joiner' .* loop of 'c0', 'c1', .* and 9981 more: check/)
  })
})

test('a loop of 10,000 visits runs', async () => {
  const Count = defineComponent({
    type: 'Count',
    inputs: { value: t.greedy(t.integer()) },
    outputs: { again: t.optional(t.integer()), done: t.optional(t.integer()) },
    run: ({ value: [value = 0] }) => (value < SIZE ? { again: value } : { done: value }),
  })
  const pipeline = new Pipeline({ count: new Count(), next: new Next() }, { maxRunsPerComponent: SIZE + 1 })
    .connect('count.again', 'next.value')
    .connect('next.value', 'count.value')
  const result = await pipeline.run({ count: { value: 0 } })
  expect(result.outputs).toEqual({ count: { done: SIZE } })
})
