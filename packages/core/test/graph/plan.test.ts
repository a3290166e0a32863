import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import type { PlannedComponent } from '../../src/graph/plan.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Sum } from '../fixtures/index.ts'

const Kinds = defineComponent({
  type: 'Kinds',
  inputs: {
    one: t.string(),
    list: t.array(t.string()),
    all: t.variadic(t.string()),
    first: t.greedy(t.string()),
    maybe: t.optional(t.string()),
  },
  outputs: {},
  run: () => ({}),
})

/** A loop of `joiner` and `add`, between `start` and `end`; declared the other way round. */
const looping = (): Pipeline =>
  new Pipeline({
    end: new Sum(),
    add: new AddFixedValue(),
    joiner: new BranchJoiner(),
    start: new Double(),
  })
    .connect('start.value', 'joiner.value')
    .connect('joiner.value', 'add.value')
    .connect('add.result', 'joiner.value')
    .connect('add.result', 'end.values')
    .connect('start.value', 'end.values')

const _names = (components: readonly PlannedComponent[]) => components.map(({ name }) => name)

describe('a plan', () => {
  test('knows what each socket does with several values, and whether it needs one', () => {
    const plan = planOf(new Pipeline({ kinds: new Kinds() }))
    expect(plan.sockets.map(({ name, gathers, mandatory }) => [name, gathers, mandatory])).toEqual([
      ['one', 'one', true],
      ['list', 'join', true],
      ['all', 'list', true],
      ['first', 'first', true],
      ['maybe', 'one', false],
    ])
  })

  test('is made once, and again after a change', () => {
    const pipeline: Pipeline = looping()
    const plan = planOf(pipeline)
    expect(planOf(pipeline)).toBe(plan)
    pipeline.connect('start.value', 'joiner.value')
    expect(planOf(pipeline)).toBe(plan)
    pipeline.remove('end')
    expect(planOf(pipeline)).not.toBe(plan)
    expect(planOf(pipeline).edges).toHaveLength(3)
  })

  test('knows whether anything is to be loaded', () => {
    class Heavy extends Double {
      override warmUp() {}
    }
    expect(planOf(new Pipeline({ double: new Double() })).hasWarmUp).toBe(false)
    expect(planOf(new Pipeline({ double: new Double(), heavy: new Heavy() })).hasWarmUp).toBe(true)
  })
})
