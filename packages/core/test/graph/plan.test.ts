import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import type { PlannedComponent } from '../../src/graph/plan.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Repeat, Sum } from '../fixtures/index.ts'

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

const names = (components: readonly PlannedComponent[]) => components.map(({ name }) => name)

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

  test('puts components in the order in which they depend on each other', () => {
    const plan = planOf(looping())
    expect(names(plan.order)).toEqual(['start', 'add', 'joiner', 'end'])
    expect(plan.components.map(({ name, place }) => [name, place])).toEqual([
      ['end', 3],
      ['add', 1],
      ['joiner', 2],
      ['start', 0],
    ])
    expect(plan.cycles.map(names)).toEqual([['add', 'joiner']])
  })

  test('keeps connections in the order of their declaration, from both ends', () => {
    const plan = planOf(looping())
    const [end, add, , start] = plan.components
    expect(plan.edges.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(end?.sockets[0]?.edges.map(({ from }) => from)).toEqual(['add.result', 'start.value'])
    expect(end?.arriving).toBe(2)
    expect(start?.leaving.map(({ to }) => to)).toEqual(['joiner.value', 'end.values'])
    expect(names(start?.receivers ?? [])).toEqual(['joiner', 'end'])
    expect(names(add?.receivers ?? [])).toEqual(['joiner', 'end'])
  })

  test('lists a receiver once, however many connections lead to it', () => {
    const pipeline: Pipeline = new Pipeline({ repeat: new Repeat({ outputs: ['x', 'y'] }), sum: new Sum() })
    const plan = planOf(pipeline.connect('repeat.x', 'sum.values').connect('repeat.y', 'sum.values'))
    expect(names(plan.components[0]?.receivers ?? [])).toEqual(['sum'])
    expect([...(plan.components[0]?.consumed ?? [])]).toEqual(['x', 'y'])
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
