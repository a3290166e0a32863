import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { AddFixedValue, BranchJoiner, Double, Repeat, Sum } from '../fixtures/index.ts'

const Kinds = defineComponent({
  type: 'Kinds',
  inputs: {
    one: t.string(),
    list: t.array(t.string()),
    all: t.variadic(t.string()),
    first: t.greedy(t.string()),
    maybe: t.optional(t.string()),
    toString: t.string({ default: '' }),
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

const names = (plan: Plan, indexes: readonly number[]) => indexes.map((index) => plan.components[index]?.name)

describe('a plan', () => {
  test('knows what each socket does with several values, and whether it needs one', () => {
    const plan = new Pipeline({ kinds: new Kinds() }).compiled()
    expect(plan.sockets.map(({ name, gathers, mandatory }) => [name, gathers, mandatory])).toEqual([
      ['one', 'one', true],
      ['list', 'join', true],
      ['all', 'list', true],
      ['first', 'first', true],
      ['maybe', 'one', false],
      ['toString', 'one', false],
    ])
    expect(plan.sockets.filter(({ inheritedName }) => inheritedName).map(({ name }) => name)).toEqual([
      'toString',
    ])
  })

  test('puts components in the order in which they depend on each other', () => {
    const plan = looping().compiled()
    expect(names(plan, plan.order)).toEqual(['start', 'add', 'joiner', 'end'])
    expect(plan.components.map(({ name, place }) => [name, place])).toEqual([
      ['end', 3],
      ['add', 1],
      ['joiner', 2],
      ['start', 0],
    ])
    expect(plan.cycles.map((cycle) => names(plan, cycle))).toEqual([['add', 'joiner']])
  })

  test('numbers connections by declaration, from both ends', () => {
    const plan = looping().compiled()
    const [end, add, , start] = plan.components
    expect(plan.edges.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(end?.sockets[0]?.edges).toEqual([3, 4])
    expect(end?.arriving).toBe(2)
    expect(start?.leaving.map(({ index }) => index)).toEqual([0, 4])
    expect(names(plan, start?.receivers ?? [])).toEqual(['joiner', 'end'])
    expect(names(plan, add?.receivers ?? [])).toEqual(['joiner', 'end'])
  })

  test('lists a receiver once, however many connections lead to it', () => {
    const pipeline: Pipeline = new Pipeline({ repeat: new Repeat({ outputs: ['x', 'y'] }), sum: new Sum() })
    const plan = pipeline.connect('repeat.x', 'sum.values').connect('repeat.y', 'sum.values').compiled()
    expect(plan.components[0]?.receivers).toEqual([1])
    expect([...(plan.components[0]?.consumed ?? [])]).toEqual(['x', 'y'])
  })

  test('is made once, and again after a change', () => {
    const pipeline: Pipeline = looping()
    const plan = pipeline.compiled()
    expect(pipeline.compiled()).toBe(plan)
    pipeline.connect('start.value', 'joiner.value')
    expect(pipeline.compiled()).toBe(plan)
    pipeline.remove('end')
    expect(pipeline.compiled()).not.toBe(plan)
    expect(pipeline.compiled().edges).toHaveLength(3)
  })

  test('knows whether anything is to be loaded', () => {
    class Heavy extends Double {
      override warmUp() {}
    }
    expect(new Pipeline({ double: new Double() }).compiled().warms).toBe(false)
    expect(new Pipeline({ double: new Double(), heavy: new Heavy() }).compiled().warms).toBe(true)
  })
})
