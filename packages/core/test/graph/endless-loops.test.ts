import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { checkPlan } from '../../src/graph/check.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Recorder, Subtract, Threshold } from '../fixtures/index.ts'
import { anyGraph, buildGraph, inputsOf } from '../pipeline/random-graphs.ts'

/** The names in the loops that a check finds. */
function loopsOf(pipeline: Pipeline): string[][] {
  return checkPlan(planOf(pipeline))
    .filter(({ code }) => code === 'LOOP_WITHOUT_EXIT')
    .map(({ message }) => namesIn(message))
}

function namesIn(message: string): string[] {
  return [...message.slice(0, message.indexOf(' has no exit')).matchAll(/'([^']+)'/g)].map(
    ([, name = '']) => name,
  )
}

const Optional = defineComponent({
  type: 'Optional',
  inputs: { value: t.optional(t.integer()), other: t.optional(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ value = 0 }) => ({ value }),
})

describe('a loop has no exit', () => {
  test('when all always send', () => {
    const pipeline: Pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new AddFixedValue() })
    pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
    expect(loopsOf(pipeline)).toEqual([['joiner', 'add']])
  })

  test('when a caller may start it', () => {
    const pipeline: Pipeline = new Pipeline({ first: new Optional(), second: new Double() })
    pipeline.connect('first.value', 'second.value').connect('second.value', 'first.value')
    expect(loopsOf(pipeline)).toEqual([['first', 'second']])
  })

  test('even beside a loop that has one', () => {
    const pipeline: Pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      below: new Threshold(),
      double: new Double(),
      add: new AddFixedValue(),
    })
    pipeline
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'double.value')
      .connect('double.value', 'joiner.value')
    expect(loopsOf(pipeline)).toEqual([])
    pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
    expect(loopsOf(pipeline)).toEqual([['joiner', 'add']])
  })
})

describe('a loop ends', () => {
  test('by an output that may be left out', () => {
    const pipeline: Pipeline = new Pipeline({ joiner: new BranchJoiner(), below: new Threshold() })
    pipeline.connect('joiner.value', 'below.value').connect('below.below', 'joiner.value')
    expect(loopsOf(pipeline)).toEqual([])
  })

  test('by a mandatory input that gets a value once, from outside', () => {
    const pipeline: Pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      minus: new Subtract(),
      once: new Double(),
    })
    pipeline
      .connect('joiner.value', 'minus.firstValue')
      .connect('minus.difference', 'joiner.value')
      .connect('once.value', 'minus.secondValue')
    expect(loopsOf(pipeline)).toEqual([])
  })

  test('by a mandatory input for which something comes at times only, from inside', () => {
    const pipeline: Pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      minus: new Subtract(),
      below: new Threshold(),
    })
    pipeline
      .connect('joiner.value', 'below.value')
      .connect('joiner.value', 'minus.firstValue')
      .connect('below.below', 'minus.secondValue')
      .connect('minus.difference', 'joiner.value')
    expect(loopsOf(pipeline)).toEqual([])
  })

  test('by a mandatory greedy input that only the caller feeds: it uses the value up', () => {
    const Both = defineComponent({
      type: 'Both',
      inputs: { mine: t.greedy(t.integer()), yours: t.optional(t.integer()) },
      outputs: { value: t.integer() },
      run: () => ({ value: 1 }),
    })
    const pipeline: Pipeline = new Pipeline({ both: new Both(), double: new Double() })
    pipeline.connect('both.value', 'double.value').connect('double.value', 'both.yours')
    expect(loopsOf(pipeline)).toEqual([])
  })

  test('when its components never run', () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), b: new Double() })
    pipeline.connect('a.value', 'b.value').connect('b.value', 'a.value')
    expect(loopsOf(pipeline)).toEqual([])
  })
})

test('a run in which all components of such a loop have run ends only because they ran too often', async () => {
  let seen = 0
  await fc.assert(
    fc.asyncProperty(anyGraph, async (graph) => {
      const loops = loopsOf(buildGraph(graph, { bodies: 'sync' }))
      if (loops.length === 0) return
      const recorder = new Recorder()
      const code = await buildGraph(graph, { bodies: 'sync' })
        .run(inputsOf(graph), { onEvent: recorder.onEvent })
        .then(
          () => 'completed',
          (error) => error.code,
        )
      const ran = Object.keys(recorder.inputs)
      if (!loops.some((loop) => loop.every((name) => ran.includes(name)))) return
      seen++
      expect(code).toBe('RUN_MAX_VISITS')
    }),
    { numRuns: 1500 },
  )
  expect(seen).toBeGreaterThan(0)
})
