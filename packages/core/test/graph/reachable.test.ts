import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { isOpen, planOf } from '../../src/graph/plan.ts'
import { possiblyRunning, surelyRunning } from '../../src/graph/reachable.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, FString, Parity, Subtract, Sum } from '../fixtures/index.ts'

function namesOf(pipeline: Pipeline, which: typeof surelyRunning): string[] {
  const plan = planOf(pipeline)
  const running = which(plan)
  return plan.components.filter((component) => running.has(component)).map(({ name }) => name)
}

/** Inputs that all may be left out. */
const Optional = defineComponent({
  type: 'Optional',
  inputs: { value: t.optional(t.integer()), other: t.optional(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ value = 0 }) => ({ value }),
})

const branches = (): Pipeline =>
  new Pipeline({
    add: new AddFixedValue(),
    parity: new Parity(),
    even: new Double(),
    sum: new Sum(),
    both: new Subtract(),
    after: new Optional(),
  })
    .connect('add.result', 'parity.value')
    .connect('parity.even', 'even.value')
    .connect('even.value', 'sum.values')
    .connect('add.result', 'both.firstValue')
    .connect('parity.odd', 'both.secondValue')
    .connect('both.difference', 'after.value')

describe('what surely runs', () => {
  test('is what needs no value that may be missing', () => {
    expect(namesOf(branches(), surelyRunning)).toEqual(['add', 'parity'])
  })

  test('is also what gets a list of which a part surely comes', () => {
    const pipeline = branches().connect('add.result', 'sum.values')
    expect(namesOf(pipeline, surelyRunning)).toEqual(['add', 'parity', 'sum'])
  })

  test('is what the caller must start, though others may send to it', () => {
    const pipeline: Pipeline = new Pipeline({
      prompt: new FString({ template: '{task}{feedback}', optional: ['feedback'] }),
      free: new FString({ template: '{feedback}', optional: ['feedback'] }),
      check: new Parity(),
    })
      .connect('check.even', 'prompt.feedback')
      .connect('check.odd', 'free.feedback')
    expect(namesOf(pipeline, surelyRunning)).toEqual(['prompt', 'check'])
  })

  test('is nothing of a loop that a caller may leave alone', () => {
    const pipeline: Pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
    pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
    expect(namesOf(pipeline, surelyRunning)).toEqual([])
    expect(namesOf(pipeline, possiblyRunning)).toEqual(['joiner', 'add'])
  })

  test('runs in every run', async () => {
    for (const value of [1, 2]) {
      const result = await branches().run({ add: { value } })
      expect(result.trace.map(({ component }) => component)).toEqual(
        expect.arrayContaining(['add', 'parity']),
      )
    }
  })
})

describe('what possibly runs', () => {
  test('is all that gets something at all', () => {
    expect(namesOf(branches(), possiblyRunning)).toEqual(branches().names())
  })

  test('is not what waits for itself, nor what waits for that', () => {
    const pipeline: Pipeline = new Pipeline({
      a: new Double(),
      b: new Double(),
      c: new Double(),
      d: new Optional(),
    })
    pipeline.connect('a.value', 'b.value').connect('b.value', 'a.value').connect('b.value', 'c.value')
    expect(namesOf(pipeline.connect('c.value', 'd.value'), possiblyRunning)).toEqual(['d'])
    expect(namesOf(pipeline.connect('a.value', 'd.other'), possiblyRunning)).toEqual([])
  })
})

test('a socket is open when nobody feeds it, or when it joins', () => {
  const plan = planOf(branches())
  expect(plan.sockets.filter(isOpen).map(({ path }) => path)).toEqual([
    'add.value',
    'add.add',
    'sum.values',
    'after.other',
  ])
})
