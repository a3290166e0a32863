import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, BranchJoiner, Double, Recorder, Slow, StringJoiner, Sum } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** The names of the components in the order in which they started. */
async function started(pipeline: Pipeline, inputs: object, options: object = {}): Promise<string[]> {
  const recorder = new Recorder()
  await pipeline.run(inputs as Record<string, unknown>, { ...options, onEvent: recorder.onEvent })
  return recorder.visits.map(({ component }) => component)
}

function slowOnes(count: number): Slow[] {
  return Array.from({ length: count }, () => new Slow())
}

function named(components: readonly Component[]): Pipeline {
  return new Pipeline(Object.fromEntries(components.map((component, index) => [`c${index}`, component])))
}

describe('components that are ready', () => {
  test('run at the same time', async () => {
    const slows = slowOnes(5)
    const running = named(slows).run({ value: 1 })
    await Promise.all(slows.map((slow) => slow.started()))
    for (const slow of slows) slow.release()
    expect(Object.keys((await running).outputs)).toHaveLength(5)
  })

  test.each([1, 2, 3])('run at most %p at a time when that is the limit', async (concurrency) => {
    const slows = slowOnes(7)
    const waiting = () => slows.filter((slow) => slow.waiting > 0).length
    const running = named(slows).run({ value: 1 }, { concurrency })
    let most = 0
    for (const slow of slows) {
      await slow.started()
      most = Math.max(most, waiting())
      slow.release()
    }
    await running
    expect(most).toBe(concurrency)
  })

  test('start in the order of the graph, then of declaration', async () => {
    const pipeline: Pipeline = new Pipeline({
      z: new Double(),
      end: new Sum(),
      b: new Double(),
      a: new Double(),
    })
    pipeline.connect('a.value', 'end.values').connect('z.value', 'end.values')
    expect(await started(pipeline, { value: 1 }, { concurrency: 1 })).toEqual(['z', 'b', 'a', 'end'])
  })

  test('do not wait for those that they do not depend on', async () => {
    const slow = new Slow()
    const last = new Slow()
    const pipeline = new Pipeline({ slow, add: new AddFixedValue(), last }).connect(
      'add.result',
      'last.value',
    )
    const running = pipeline.run({ slow: { value: 1 }, add: { value: 1 } })
    await last.started()
    expect(slow.waiting).toBe(1)
    slow.release()
    last.release()
    await running
  })
})

describe('the order in which values meet', () => {
  test('is that of the connections, whoever is done first', async () => {
    const [a, b, c] = slowOnes(3) as [Slow, Slow, Slow]
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
    ]) {
      const pipeline = new Pipeline({ a, b, c, sum: new Sum() })
        .connect('c.value', 'sum.values')
        .connect('a.value', 'sum.values')
        .connect('b.value', 'sum.values')
      const recorder = new Recorder()
      const running = pipeline.run(
        { a: { value: 1 }, b: { value: 2 }, c: { value: 3 }, sum: { values: 0 } },
        { onEvent: recorder.onEvent },
      )
      await Promise.all([a, b, c].map((slow) => slow.started()))
      for (const slow of order) {
        slow.release()
        for (let turn = 0; turn < 5; turn++) await undefined
      }
      await running
      expect(recorder.inputs['sum']).toEqual([{ values: [0, 3, 1, 2] }])
      for (const name of ['a', 'b', 'c'] as const) pipeline.remove(name)
    }
  })

  test('is not seen in the order of the outputs either', async () => {
    const [a, b] = slowOnes(2) as [Slow, Slow]
    const running = new Pipeline({ a, b }).run({ value: 1 })
    await Promise.all([a.started(), b.started()])
    b.release()
    for (let turn = 0; turn < 5; turn++) await undefined
    a.release()
    expect(Object.keys((await running).outputs)).toEqual(['a', 'b'])
  })

  test('null among lists that are joined adds nothing', async () => {
    const maybeList = t.union(t.array(t.string()), t.null())
    const Lists = defineComponent({
      type: 'Lists',
      inputs: {},
      outputs: { none: maybeList, some: t.array(t.string()) },
      run: () => ({ none: null, some: ['x'] }),
    })
    const Takes = defineComponent({
      type: 'Takes',
      inputs: { list: maybeList },
      outputs: {},
      run: () => ({}),
    })
    const pipeline: Pipeline = new Pipeline({ lists: new Lists(), takes: new Takes() })
    const recorder = new Recorder()
    await pipeline
      .connect('lists.none', 'takes.list')
      .connect('lists.some', 'takes.list')
      .run({}, { onEvent: recorder.onEvent })
    expect(recorder.inputs['takes']).toEqual([{ list: ['x'] }])
  })
})

describe('a greedy component', () => {
  test('goes before others that are ready and have not started', async () => {
    const pipeline: Pipeline = new Pipeline({
      a: new Double(),
      b: new Double(),
      c: new Double(),
      joiner: new BranchJoiner(),
    })
    pipeline.connect('a.value', 'joiner.value')
    const inputs = { a: { value: 1 }, b: { value: 1 }, c: { value: 1 } }
    expect(await started(pipeline, inputs, { concurrency: 1 })).toEqual(['a', 'joiner', 'b', 'c'])
  })

  const senders = () =>
    new Pipeline({ a: new Double(), b: new Double(), c: new Double(), joiner: new BranchJoiner() })
      .connect('a.value', 'joiner.value')
      .connect('b.value', 'joiner.value')
      .connect('c.value', 'joiner.value')
  const inputs = { a: { value: 1 }, b: { value: 2 }, c: { value: 3 } }

  test.each([1, 2, Number.POSITIVE_INFINITY])(
    'runs once for each value at concurrency %p',
    async (concurrency) => {
      const recorder = new Recorder()
      await senders().run(inputs, { concurrency, onEvent: recorder.onEvent })
      expect(recorder.inputs['joiner']).toEqual([{ value: [2] }, { value: [4] }, { value: [6] }])
    },
  )

  test('runs once for each value, also for those that come while it runs', async () => {
    const slow = new Slow()
    const pipeline: Pipeline = senders()
    pipeline.get('joiner').run = async ({ value: [value] }: { value: number[] }) => {
      await slow.run({ value: 0 })
      return { value }
    }
    const recorder = new Recorder()
    const running = pipeline.run(inputs, { onEvent: recorder.onEvent })
    for (let call = 1; call <= 3; call++) {
      await slow.started(call)
      // Never twice at once.
      expect(slow.waiting).toBe(1)
      slow.release()
    }
    expect((await running).outputs).toEqual({ joiner: { value: 6 } })
    expect(recorder.inputs['joiner']).toEqual([{ value: [2] }, { value: [4] }, { value: [6] }])
  })
})

const Late = defineComponent({
  type: 'Late',
  inputs: { first: t.optional(t.integer()), second: t.optional(t.integer()), own: t.optional(t.integer()) },
  outputs: { value: t.integer() },
  run: ({ first = 0, second = 0 }) => ({ value: first + second }),
})

/** Sends on its first visit alone. */
const Once = defineComponent({
  type: 'Once',
  inputs: { value: t.integer(), other: t.optional(t.integer()) },
  outputs: { value: t.optional(t.integer()) },
  run: ({ value }, { visit }) => (visit === 1 ? { value } : {}),
})

describe('a component that could run, but for which more may come', () => {
  test('waits until nothing else runs or is ready', async () => {
    const slow = new Slow()
    const pipeline = new Pipeline({ late: new Late(), add: new AddFixedValue(), slow })
      .connect('add.result', 'late.first')
      .connect('slow.value', 'late.second')
    const recorder = new Recorder()
    const running = pipeline.run({ add: { value: 1 }, slow: { value: 5 } }, { onEvent: recorder.onEvent })
    await slow.started()
    for (let turn = 0; turn < 20; turn++) await undefined
    expect(recorder.inputs['late']).toBeUndefined()
    slow.release()
    await running
    expect(recorder.inputs['late']).toEqual([{ first: 2, second: 5 }])
  })

  test('of several, the first in the order of the graph, then of declaration', async () => {
    const orderOf = async (...names: readonly string[]) => {
      const pipeline: Pipeline = new Pipeline({ end: new Late(), wait: new Double(), more: new Double() })
      // Nothing starts the cycle of `wait` and `more`, and all others could get a value from it.
      pipeline.connect('wait.value', 'more.value').connect('more.value', 'wait.value')
      for (const name of names) pipeline.add(name, new Late()).connect('wait.value', `${name}.first`)
      pipeline.connect('wait.value', 'end.first').connect('x.value', 'end.second')
      return started(pipeline, { x: { own: 1 }, y: { own: 1 }, end: { own: 1 } })
    }
    expect(await orderOf('x', 'y')).toEqual(['x', 'y', 'end'])
    expect(await orderOf('y', 'x')).toEqual(['y', 'x', 'end'])
  })

  test('in a cycle, the first in the order of declaration', async () => {
    const orderOf = async (...names: readonly string[]) => {
      const pipeline: Pipeline = new Pipeline(Object.fromEntries(names.map((name) => [name, new Once()])))
      pipeline.connect('x.value', 'y.other').connect('y.value', 'x.other')
      return started(pipeline, { value: 1 })
    }
    expect(await orderOf('x', 'y')).toEqual(['x', 'y', 'x'])
    expect(await orderOf('y', 'x')).toEqual(['y', 'x', 'y'])
  })
})

describe('what a component returns', () => {
  test.each([null, 0, '', false, Number.NaN])('may be %p: that is a value', async (value) => {
    const Gives = defineComponent({
      type: 'Gives',
      inputs: {},
      outputs: { value: t.unknown(), nothing: t.optional(t.unknown()) },
      run: () => ({ value, nothing: undefined }),
    })
    const Takes = defineComponent({
      type: 'Takes',
      inputs: { value: t.unknown(), nothing: t.optional(t.unknown()) },
      outputs: { seen: t.unknown() },
      run: (inputs) => ({ seen: { ...inputs } }),
    })
    const pipeline: Pipeline = new Pipeline({ gives: new Gives(), takes: new Takes() })
    pipeline.connect('gives.value', 'takes.value').connect('gives.nothing', 'takes.nothing')
    expect((await pipeline.run()).outputs).toEqual({ takes: { seen: { value } } })
  })

  /** Returns something that is no promise of the platform, but can be awaited. */
  class Thenable implements Component {
    readonly inputs = { value: t.integer() }
    readonly outputs = { value: t.integer() }
    readonly #then: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void
    constructor(then: (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void) {
      this.#then = then
    }
    run() {
      // biome-ignore lint/suspicious/noThenProperty: it is what this test is about
      return { then: this.#then } as unknown as Promise<object>
    }
  }

  const outcomeOf = async (then: ConstructorParameters<typeof Thenable>[0]) => {
    const pipeline = new Pipeline({ odd: new Thenable(then), double: new Double() }).connect(
      'odd.value',
      'double.value',
    )
    try {
      return (await pipeline.run({ odd: { value: 1 } })).outputs
    } catch (error) {
      return (error as Error).message
    }
  }

  test('may be anything that can be awaited', async () => {
    expect(await outcomeOf((resolve) => resolve({ value: 3 }))).toEqual({ double: { value: 6 } })
    expect(await outcomeOf((_, reject) => reject(new RangeError('no')))).toBe("'odd' (Thenable) failed: no")
  })

  test('that settles twice, or throws, does no harm', async () => {
    const twice = (resolve: (value: unknown) => void) => {
      resolve({ value: 3 })
      resolve({ value: 4 })
    }
    expect(await outcomeOf(twice)).toEqual({ double: { value: 6 } })
    const throwing = () => {
      throw new RangeError('thrown')
    }
    expect(await outcomeOf(throwing)).toBe("'odd' (Thenable) failed: thrown")
  })

  test('with a getter that throws fails that component alone', async () => {
    const pipeline: Pipeline = new Pipeline({ odd: new Double(), end: new Double() }).connect(
      'odd.value',
      'end.value',
    )
    pipeline.get('odd').run = () =>
      Object.defineProperty({}, 'value', {
        enumerable: true,
        get: () => {
          throw new RangeError('a getter')
        },
      })
    expect(await thrownBy(() => pipeline.run({ odd: { value: 1 } }))).toBe(
      "RUN_COMPONENT_FAILED: 'odd' (Double) failed: a getter",
    )
  })

  test('goes to its receivers as it is, not as a copy', async () => {
    const list = Object.freeze([{ a: 1 }])
    const Gives = defineComponent({
      type: 'Gives',
      inputs: {},
      outputs: { list: t.unknown() },
      run: () => ({ list }),
    })
    const Takes = defineComponent({
      type: 'Takes',
      inputs: { list: t.unknown() },
      outputs: { list: t.unknown() },
      run: ({ list: given }) => ({ list: given }),
    })
    const result = await new Pipeline({ gives: new Gives(), takes: new Takes() })
      .connect('gives.list', 'takes.list')
      .run()
    expect(result.get('takes.list')).toBe(list)
  })
})

describe('many runs of one pipeline at once', () => {
  test('do not meet', async () => {
    const Next = defineComponent({
      type: 'Next',
      inputs: { value: t.integer() },
      outputs: { result: t.optional(t.integer()) },
      run: async ({ value }) => {
        for (let turn = 0; turn < value % 4; turn++) await undefined
        return value < 20 ? { result: value + 1 } : {}
      },
    })
    const pipeline = new Pipeline({ joiner: new BranchJoiner(), add: new Next(), text: new StringJoiner() })
    pipeline.connect('joiner.value', 'add.value').connect('add.result', 'joiner.value')
    const runs = Array.from({ length: 20 }, async (_, start) => {
      const recorder = new Recorder()
      await pipeline.run(
        { joiner: { value: start }, text: { strings: `run ${start}` } },
        { onEvent: recorder.onEvent },
      )
      return recorder.inputs['add']?.map((inputs) => inputs['value'])
    })
    const seen = await Promise.all(runs)
    seen.forEach((values, start) => {
      expect(values).toEqual(Array.from({ length: 21 - start }, (_, index) => start + index))
    })
  })

  test('may be started by a component of the pipeline itself', async () => {
    const pipeline: Pipeline = new Pipeline({ count: new Double() })
    pipeline.get('count').run = async ({ value }: { value: number }) => {
      if (value === 0) return { value: 1 }
      const inner = await pipeline.run({ count: { value: value - 1 } })
      return { value: value * (inner.get('count.value') as number) }
    }
    expect((await pipeline.run({ count: { value: 6 } })).outputs).toEqual({ count: { value: 720 } })
  })
})
