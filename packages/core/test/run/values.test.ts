import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { invokeTool, tool } from '../../src/component/tool.ts'
import { frozenCopy } from '../../src/frozen-copy.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'

type Changeable = { list: number[]; deep: { text: string } }

/** Does to its input what no component may. */
function changing(change: (value: Changeable) => void) {
  const Changes = defineComponent({
    type: 'Changes',
    inputs: { value: t.unknown() },
    outputs: { value: t.unknown() },
    run: ({ value }) => {
      change(value as Changeable)
      return { value }
    },
  })
  return new Changes()
}

const Pass = defineComponent({
  type: 'Pass',
  inputs: { value: t.unknown() },
  outputs: { value: t.unknown() },
  run: ({ value }) => ({ value }),
})

describe('a component that changes what it got', () => {
  const changes: [what: string, change: (value: Changeable) => void][] = [
    ['adds to a list', ({ list }) => void list.push(9)],
    ['replaces what is deep inside', ({ deep }) => void Object.assign(deep, { text: 'other' })],
    ['removes a key', (value) => void delete (value as Partial<Changeable>).deep],
    ['sorts a list', ({ list }) => void list.sort()],
  ]
  test.each(changes)('and %s fails by name, with a hint, and changes nothing', async (_, change) => {
    const given = { list: [3, 1], deep: { text: 'a' } }
    const before = JSON.stringify(given)
    for (const value of [given, frozenCopy(given)]) {
      const bad: Pipeline = new Pipeline({ first: new Pass(), bad: changing(change) })
      bad.connect('first.value', 'bad.value')
      await expect(bad.run({ first: { value } })).rejects.toMatchObject({
        code: 'RUN_COMPONENT_FAILED',
        component: 'bad',
        message: expect.stringMatching(/shared and frozen: copy it before you change it/),
      })
    }
    expect(JSON.stringify(given)).toBe(before)
    given.list.push(4)
    given.deep.text = 'still mine'
  })

  test('may change copies, and what it keeps itself', async () => {
    const kept: number[] = []
    const Keeps = defineComponent({
      type: 'Keeps',
      inputs: { value: t.integer() },
      outputs: { kept: t.array(t.integer()) },
      run: ({ value }) => {
        kept.push(value)
        return { kept }
      },
    })
    const pipeline = new Pipeline({ keeps: new Keeps() })
    const first = await pipeline.run({ value: 1 })
    const second = await pipeline.run({ value: 2 })
    expect([first.get('keeps.kept'), second.get('keeps.kept')]).toEqual([[1], [1, 2]])
  })
})

test('a value that fitted is checked again for another type, and where its owner has changed it', async () => {
  const Takes = defineComponent({
    type: 'Takes',
    inputs: { numbers: t.optional(t.array(t.integer())), texts: t.optional(t.array(t.string())) },
    outputs: { count: t.integer() },
    run: ({ numbers = [] }) => ({ count: numbers.length }),
  })
  const pipeline = new Pipeline({ takes: new Takes() })
  const own: unknown[] = Array.from({ length: 100 }, (_, index) => index)
  const frozen = frozenCopy(own)
  for (const numbers of [own, frozen, own, frozen]) {
    expect((await pipeline.run({ takes: { numbers } as object })).get('takes.count')).toBe(100)
    await expect(pipeline.run({ takes: { texts: numbers } as object })).rejects.toThrow(/takes\.texts\.0/)
  }
  own[99] = 'no number'
  await expect(pipeline.run({ takes: { numbers: own } as object })).rejects.toThrow(/takes\.numbers\.99/)
})

test('what is joined of several senders, a retried input and a default cannot be changed either', async () => {
  const defaults: string[] = []
  const Pushes = defineComponent({
    type: 'Pushes',
    inputs: {
      many: t.variadic(t.integer(), { default: [] }),
      texts: t.array(t.string(), { default: defaults }),
    },
    outputs: { refused: t.integer() },
    run: (inputs) => {
      let refused = 0
      for (const list of [inputs.many, inputs.texts] as unknown[][]) {
        try {
          list.push(1)
        } catch {
          refused++
        }
      }
      try {
        ;(inputs as { many: unknown }).many = 1
      } catch {
        refused++
      }
      return { refused }
    },
  })
  const pipeline = new Pipeline({ pushes: new Pushes() })
  expect((await pipeline.run({ many: 1 })).get('pushes.refused')).toBeGreaterThanOrEqual(2)
  defaults.push('still mine')
  expect(new Pushes().inputs.texts.default).toEqual([])
})

test('a tool may change its arguments: they are its own', async () => {
  const given = frozenCopy({ list: [1], deep: { text: 'a' } })
  const changes = tool({
    name: 'changes',
    description: 'Changes its arguments.',
    parameters: t.object({ list: t.array(t.integer()), deep: t.object({ text: t.string() }) }),
    run: (args) => {
      const own = args as Changeable
      own.list.push(9)
      own.deep.text = 'b'
      return own
    },
  })
  expect(await invokeTool(changes, given)).toEqual({ list: [1, 9], deep: { text: 'b' } })
  expect(given).toEqual({ list: [1], deep: { text: 'a' } })
})

describe('a frozen copy', () => {
  test('is made of plain data alone: all else is shared', () => {
    class Own {
      value = [1]
    }
    const opaque = {
      own: new Own(),
      map: new Map(),
      vector: new Float32Array(2),
      call: () => {},
      date: new Date(),
    }
    const copy = frozenCopy(opaque)
    expect(copy).not.toBe(opaque)
    for (const key of Object.keys(opaque) as (keyof typeof opaque)[]) expect(copy[key]).toBe(opaque[key])
    copy.own.value.push(2)
    expect(opaque.own.value).toEqual([1, 2])
  })

  test('leaves a match of a regular expression whole', () => {
    const match = /(?<x>b)/.exec('abc')
    expect(frozenCopy({ match }).match).toBe(match)
  })

  test('is the value itself where that is frozen all the way down, and only then', () => {
    const frozen = Object.freeze({ list: Object.freeze([1]) })
    const half = Object.freeze({ list: [1] })
    expect(frozenCopy(frozen)).toBe(frozen)
    expect(frozenCopy(half)).not.toBe(half)
    const copy = frozenCopy(half)
    expect(frozenCopy(copy)).toBe(copy)
  })

  test('of a long list sees what was changed, added and removed since the last one', () => {
    type Item = { id: number; meta: { page?: number; more?: number } }
    const items: Item[] = Array.from({ length: 100 }, (_, id) => ({ id, meta: { page: id } }))
    const first = frozenCopy(items)
    expect(frozenCopy(items)).toEqual(first)
    expect(frozenCopy(items)[5]).toBe(first[5])
    const [a, b, c] = items as [Item, Item, Item]
    a.id = -1
    b.meta.more = 1
    delete c.meta.page
    items.pop()
    expect(frozenCopy(items)).toEqual(items)
    expect(first[0]).toEqual({ id: 0, meta: { page: 0 } })
    expect(first[2]).toEqual({ id: 2, meta: { page: 2 } })
  })

  test('of a long list sees that a part became something else that looks the same', () => {
    class Own {
      value = 0
    }
    const list: unknown[] = Array.from({ length: 100 }, () => ({ value: 0 }))
    const first = frozenCopy(list)
    expect(frozenCopy(list)).toBe(first)
    for (const other of [
      new Own(),
      { value: -0 },
      { value: [] },
      [],
      { other: 0 },
      { value: 0, more: undefined },
    ]) {
      list[50] = other
      expect(frozenCopy(list)).not.toBe(first)
      expect(frozenCopy(list)[50]).toStrictEqual(other)
    }
    list[50] = { value: 0 }
    expect(frozenCopy(list)[50]).toStrictEqual({ value: 0 })
  })

  test('may have cycles, be deep, and be reached along many ways', () => {
    const cycle: { self?: object; list: unknown[] } = { list: [] }
    cycle.self = cycle
    cycle.list.push(cycle)
    const copy = frozenCopy(cycle)
    expect(copy.self).toBe(copy)
    expect([copy === cycle, Object.isFrozen(copy.list), Object.isFrozen(cycle)]).toEqual([false, true, false])
    let many: unknown = ['x']
    for (let level = 0; level < 40; level++) many = [many, many]
    expect(Object.isFrozen(frozenCopy(many))).toBe(true)
    let deep: unknown = 1
    for (let level = 0; level < 500; level++) deep = { deep }
    expect(frozenCopy(deep)).toEqual(deep)
  })
})
