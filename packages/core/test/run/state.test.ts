import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import type { PlannedComponent, PlannedEdge, PlannedSocket } from '../../src/graph/plan.ts'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { RunState } from '../../src/run/state.ts'

const outputs = {
  text: t.string(),
  maybe: t.union(t.string(), t.null()),
  list: t.array(t.string()),
  maybeList: t.union(t.array(t.string()), t.null()),
}
const Source = defineComponent({
  type: 'Source',
  inputs: {},
  outputs,
  run: () => ({ text: '', maybe: null, list: [], maybeList: null }),
})

const Target = defineComponent({
  type: 'Target',
  inputs: {
    one: t.optional(t.union(t.string(), t.null())),
    join: t.optional(t.union(t.array(t.string()), t.null())),
    all: t.variadic(t.string(), { default: ['fallback'] }),
    needed: t.optional(t.string()),
  },
  outputs: {},
  run: () => ({}),
})

const Needy = defineComponent({
  type: 'Needy',
  inputs: { needed: t.string(), other: t.optional(t.string()) },
  outputs: {},
  run: () => ({}),
})

const First = defineComponent({
  type: 'First',
  inputs: {
    first: t.greedy(t.union(t.string(), t.null())),
    needed: t.string(),
    other: t.optional(t.string()),
  },
  outputs: {},
  run: () => ({}),
})

type Path = `${string}.${string}`

/** A state to play with: `a` and `b` send to the target over the given connections. */
function stateOf(
  target: InstanceType<typeof Target | typeof Needy | typeof First>,
  connections: [Path, Path][],
) {
  const pipeline: Pipeline = new Pipeline({ a: new Source(), b: new Source(), target })
  for (const [from, to] of connections) pipeline.connect(from, to)
  const plan = planOf(pipeline)
  const state = new RunState(plan)
  const component = plan.byName.get('target') as PlannedComponent
  const edge = (from: string, to: string): PlannedEdge =>
    plan.edges.find((one) => one.from === from && one.to === `target.${to}`) as PlannedEdge
  return {
    state,
    component,
    readiness: () => state.readiness(component),
    take: () => state.take(component),
    send: (from: string, to: string, value: unknown) => state.send(edge(from, to), value),
    sendNothing: (from: string, to: string) => state.sendNothing(edge(from, to)),
    give: (to: string, value: unknown) =>
      state.giveInput(plan.byPath.get(`target.${to}`) as PlannedSocket, value),
  }
}

describe('a component', () => {
  test('without senders is ready once', () => {
    const { readiness, take } = stateOf(new Target(), [])
    expect(readiness()).toBe('ready')
    expect(take()).toEqual({ all: ['fallback'] })
    expect(readiness()).toBe('blocked')
  })

  test('with senders waits for one, even when it needs nothing', () => {
    const { readiness } = stateOf(new Target(), [['a.text', 'target.one']])
    expect(readiness()).toBe('blocked')
  })

  test('is deferred while some sender has not run, and ready when all have', () => {
    const { readiness, send, sendNothing } = stateOf(new Target(), [
      ['a.text', 'target.one'],
      ['b.text', 'target.all'],
    ])
    send('a.text', 'one', 'x')
    expect(readiness()).toBe('deferred')
    sendNothing('b.text', 'all')
    expect(readiness()).toBe('ready')
  })

  test('is not triggered by a sender that gave nothing', () => {
    const { readiness, sendNothing } = stateOf(new Target(), [['a.text', 'target.one']])
    sendNothing('a.text', 'one')
    expect(readiness()).toBe('blocked')
  })

  test('is triggered by null, which is a value', () => {
    const { readiness, send, take } = stateOf(new Target(), [['a.maybe', 'target.one']])
    send('a.maybe', 'one', null)
    expect(readiness()).toBe('ready')
    expect(take()).toEqual({ one: null, all: ['fallback'] })
  })

  test('is blocked while it lacks what it needs', () => {
    const { readiness, give, send } = stateOf(new Needy(), [['a.text', 'target.other']])
    send('a.text', 'other', 'x')
    expect(readiness()).toBe('blocked')
    give('needed', 'y')
    expect(readiness()).toBe('ready')
  })

  test("is triggered by the caller's value on its first visit alone", () => {
    const { readiness, give, take, send } = stateOf(new Needy(), [['a.text', 'target.other']])
    give('needed', 'y')
    expect(readiness()).toBe('deferred')
    expect(take()).toEqual({ needed: 'y' })
    expect(readiness()).toBe('blocked')
    send('a.text', 'other', 'x')
    expect(readiness()).toBe('ready')
    expect(take()).toEqual({ needed: 'y', other: 'x' })
  })

  test('counts its visits, and has nothing unread once it has run', () => {
    const { state, component, send, take } = stateOf(new Target(), [['a.text', 'target.one']])
    expect([state.visits(component), state.hasUnread(component)]).toEqual([0, false])
    send('a.text', 'one', 'x')
    expect(state.hasUnread(component)).toBe(true)
    take()
    expect([state.visits(component), state.hasUnread(component)]).toEqual([1, false])
  })
})

describe('taking the inputs', () => {
  test("uses up the senders' values and marks, and keeps the caller's", () => {
    const { state, component, give, send, sendNothing, take, readiness } = stateOf(new Target(), [
      ['a.text', 'target.one'],
      ['b.text', 'target.all'],
    ])
    give('needed', 'kept')
    send('a.text', 'one', 'x')
    sendNothing('b.text', 'all')
    expect(take()).toEqual({ one: 'x', all: ['fallback'], needed: 'kept' })
    expect(component.sockets.map((socket) => state.isFilled(socket))).toEqual([false, false, false, true])
    send('b.text', 'all', 'y')
    expect(readiness()).toBe('deferred')
    expect(take()).toEqual({ all: ['y'], needed: 'kept' })
  })

  test('takes the newer of two values for one place, and no mark goes before a value', () => {
    const { send, sendNothing, take } = stateOf(new Target(), [['a.text', 'target.one']])
    send('a.text', 'one', 'older')
    send('a.text', 'one', 'newer')
    sendNothing('a.text', 'one')
    expect(take()).toEqual({ one: 'newer', all: ['fallback'] })
  })

  test("lists the caller's value first, then the senders' in the order of their connections", () => {
    const { give, send, take } = stateOf(new Target(), [
      ['b.text', 'target.all'],
      ['a.text', 'target.all'],
    ])
    send('a.text', 'all', 'from a')
    send('b.text', 'all', 'from b')
    send('a.text', 'all', 'from a again')
    give('all', 'from the caller')
    expect(take()).toEqual({ all: ['from the caller', 'from b', 'from a', 'from a again'] })
    expect(take()).toEqual({ all: ['from the caller'] })
  })

  test('joins lists one level deep, and null adds nothing', () => {
    const { give, send, take } = stateOf(new Target(), [
      ['b.list', 'target.join'],
      ['a.maybeList', 'target.join'],
    ])
    send('a.maybeList', 'join', null)
    expect(take()).toEqual({ join: null, all: ['fallback'] })
    send('a.maybeList', 'join', null)
    send('b.list', 'join', ['b', 'c'])
    expect(take()).toEqual({ join: ['b', 'c'], all: ['fallback'] })
    give('join', ['mine'])
    send('a.maybeList', 'join', ['a'])
    send('b.list', 'join', [])
    expect(take()).toEqual({ join: ['mine', 'a'], all: ['fallback'] })
  })

  test('joins nulls alone to null, and passes a single list on as it is', () => {
    const { send, take } = stateOf(new Target(), [
      ['b.maybeList', 'target.join'],
      ['a.maybeList', 'target.join'],
    ])
    send('a.maybeList', 'join', null)
    send('b.maybeList', 'join', null)
    expect(take()['join']).toBeNull()
    const list = ['x']
    send('a.maybeList', 'join', list)
    expect(take()['join']).toBe(list)
  })
})

describe('a greedy socket', () => {
  const greedy = () =>
    stateOf(new First(), [
      ['b.maybe', 'target.first'],
      ['a.maybe', 'target.first'],
      ['a.text', 'target.other'],
    ])

  test('makes its component eager as soon as what is needed and fed has a value', () => {
    const { give, send, readiness } = greedy()
    send('a.maybe', 'first', 'x')
    expect(readiness()).toBe('blocked')
    give('needed', 'n')
    expect(readiness()).toBe('deferred')
    send('a.text', 'other', 'o')
    expect(readiness()).toBe('eager')
  })

  test('gives one value at a time, in the order of the connections, and none is lost', () => {
    const { give, send, take, readiness } = greedy()
    give('needed', 'n')
    send('a.maybe', 'first', 'a1')
    send('a.maybe', 'first', 'a2')
    send('b.maybe', 'first', 'b1')
    const firsts = []
    while (readiness() !== 'blocked') firsts.push(take()['first'])
    expect(firsts).toEqual([['b1'], ['a1'], ['a2']])
  })

  test("gives the caller's value once, before those of the senders", () => {
    const { give, send, take, readiness } = greedy()
    give('needed', 'n')
    give('first', 'mine')
    send('b.maybe', 'first', 'b')
    expect(take()).toEqual({ first: ['mine'], needed: 'n' })
    expect(take()).toEqual({ first: ['b'], needed: 'n' })
    expect(readiness()).toBe('blocked')
  })

  test('gives null, and uses up marks', () => {
    const { give, send, sendNothing, take, readiness } = greedy()
    give('needed', 'n')
    send('b.maybe', 'first', null)
    sendNothing('a.maybe', 'first')
    sendNothing('a.text', 'other')
    expect(take()).toEqual({ first: [null], needed: 'n' })
    send('b.maybe', 'first', 'again')
    expect(readiness()).toBe('deferred')
  })
})
