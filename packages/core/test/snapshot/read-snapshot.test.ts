import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { AddFixedValue, Double, Greet, Sum } from '../fixtures/index.ts'
import { stopped } from '../pipeline/stopped.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const gather = (): Pipeline =>
  new Pipeline(
    { add: new AddFixedValue(), other: new Double(), sum: new Sum(), end: new Double() },
    { outputs: { added: 'add.result' } },
  )
    .connect('add.result', 'sum.values')
    .connect('other.value', 'sum.values')
    .connect('sum.total', 'end.value')

/** Stopped before `other`: one value of `sum` has arrived. */
const snapshotOf = (pipeline: Pipeline) =>
  stopped(
    pipeline.run(
      { add: { value: 1 }, other: { value: 2 }, sum: { values: 10 } },
      { breakAt: { component: 'other' }, includeOutputsFrom: ['add'] },
    ),
  )

type Change = (snapshot: Loose) => void
// biome-ignore lint/suspicious/noExplicitAny: these tests put into a snapshot what its type does not allow
type Loose = Record<string, any>

/** The error with which a changed snapshot is refused. */
async function refusal(change: Change): Promise<string> {
  const snapshot: Loose = await snapshotOf(gather())
  change(snapshot)
  return thrownBy(() => gather().resume(snapshot))
}

const refused = (why: string) => `INPUT_SNAPSHOT: The snapshot cannot be resumed. ${why}`

test('a snapshot is resumed as it is', async () => {
  const result = await gather().resume(await snapshotOf(gather()))
  expect(result.outputs).toEqual({ add: { result: 2 }, end: { value: 32 } })
  expect(result.named).toEqual({ added: 2 })
})

describe('what is no snapshot is refused', () => {
  test('a string, which nobody has parsed', async () => {
    expect(await thrownBy(() => gather().resume('{}'))).toBe(
      refused('It is a string: give what JSON.parse makes of it.'),
    )
  })

  test('a later version', async () => {
    expect(await thrownBy(() => gather().resume({ version: 2 }))).toBe(
      refused('It is of version 2, and this release reads version 1.'),
    )
  })

  test.each([undefined, null, [], {}, 5, { version: 'one' }, JSON.parse('{"__proto__": {"version": 1}}')])(
    '%p',
    async (given) => {
      expect(await thrownBy(() => gather().resume(given))).toMatch(
        /^INPUT_SNAPSHOT: The snapshot cannot be resumed\. It does not have the form of one: /,
      )
    },
  )

  const places: [place: string, change: Change][] = [
    ['more', (s) => Object.assign(s, { more: 1 })],
    ['created', (s) => Object.assign(s, { created: 5 })],
    ['reason', (s) => Object.assign(s, { reason: 'bored' })],
    ['at.visit', (s) => Object.assign(s['at'], { visit: 0 })],
    ['graph.connections.0', (s) => s['graph'].connections[0].pop()],
    ['visits.add', (s) => Object.assign(s['visits'], { add: -1 })],
    ['visits.add', (s) => Object.assign(s['visits'], { add: 2 ** 32 })],
    ['inputs.0', (s) => Object.assign(s['inputs'][0], { omitted: 'both' })],
    ['inputs.0', (s) => delete s['inputs'][0].value],
    ['arrived.0.values.0', (s) => Object.assign(s['arrived'][0], { values: [1] })],
    ['pending.0.eager', (s) => Object.assign(s['pending'][0], { eager: 'yes' })],
    ['warnings.0.code', (s) => s['warnings'].push({ code: 1, component: 'add', message: '' })],
  ]
  test.each(places)('%s: something that it cannot be', async (place, change) => {
    expect(await refusal(change)).toContain(`It does not have the form of one: '${place}'`)
  })
})

describe('a snapshot of another graph is refused', () => {
  test('saying which components differ', async () => {
    const components = { add: 'Sum', lost: 'Greet', sum: 'Sum', other: 'Double' }
    expect(await refusal((s) => Object.assign(s['graph'], { components }))).toBe(
      refused(
        "It is of another graph: component 'add' is of type AddFixedValue here, and was of type Sum; component 'lost' (Greet) is missing here; component 'end' (Double) was not there.",
      ),
    )
  })

  test('saying which connections differ', async () => {
    const connections = [
      ['add.result', 'sum.values'],
      ['other.value', 'end.value'],
      ['sum.total', 'end.value'],
    ]
    expect(await refusal((s) => Object.assign(s['graph'], { connections }))).toBe(
      refused(
        "It is of another graph: the connection from 'other.value' to 'end.value' is missing here; the connection from 'other.value' to 'sum.values' was not there.",
      ),
    )
  })

  test('saying no more than ten differences', async () => {
    const components = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`x${index}`, 'Sum']))
    const message = await refusal((s) => Object.assign(s['graph'], { components }))
    expect(message.split('; ')).toHaveLength(11)
    expect(message).toMatch(/; and 24 more\.$/)
  })

  test('but not one whose components were declared in another order', async () => {
    const reordered = new Pipeline(
      { end: new Double(), sum: new Sum(), other: new Double(), add: new AddFixedValue() },
      { outputs: { added: 'add.result' } },
    )
      .connect('sum.total', 'end.value')
      .connect('add.result', 'sum.values')
      .connect('other.value', 'sum.values')
    expect((await reordered.resume(await snapshotOf(gather()))).get('end.value')).toBe(32)
  })
})

describe('a snapshot that does not say what this pipeline can go on with is refused', () => {
  const stranger = (name: string) => `It names '${name}', which is not a component.`
  const proto = (value: unknown) => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`)
  const sum = (inputs: object) => ({ component: 'sum', visit: 1, eager: false, inputs })
  const withSum = (s: Loose, inputs: object) => {
    s['visits'].sum = 1
    s['pending'].push(sum(inputs))
  }

  const cases: [what: string, change: Change, why: string][] = [
    ['visits of a stranger', (s) => Object.assign(s['visits'], { x: 1 }), stranger('x')],
    ['visits under __proto__', (s) => Object.assign(s, { visits: proto(1) }), stranger('__proto__')],
    ['no visits', (s) => delete s['visits'].end, "It does not say how often 'end' ran."],
    ['outputs to include', (s) => s['includeOutputsFrom'].push('constructor'), stranger('constructor')],
    ['the place', (s) => Object.assign(s['at'], { component: 'x' }), stranger('x')],
    [
      'a warning about a stranger',
      (s) => s['warnings'].push({ code: 'NEVER_RAN', component: 'x', message: '' }),
      stranger('x'),
    ],
    [
      'an input of no socket',
      (s) => s['inputs'].push({ socket: 'sum.valeus', value: 1 }),
      "It has an input for 'sum.valeus', which is not a socket.",
    ],
    [
      'an input of another type',
      (s) => Object.assign(s['inputs'][0], { value: 'one' }),
      'The value of \'add.value\' (integer): expected integer, got "one".',
    ],
    ['an input twice', (s) => s['inputs'].push(s['inputs'][0]), "It has an input for 'add.value' twice."],
    [
      'an input where a connection ends',
      (s) => s['inputs'].push({ socket: 'end.value', value: 1 }),
      "It has an input of the caller for 'end.value', which a connection feeds.",
    ],
    [
      'an input that was not JSON',
      (s) => Object.assign(s, { inputs: [{ socket: 'sum.values', omitted: 'Frame' }] }),
      "It lacks the value for 'sum.values' (Frame), which was not JSON.",
    ],
    [
      'a value between what is not connected',
      (s) => s['arrived'].push({ sender: 'add.result', receiver: 'end.value', values: [] }),
      "It has what came from 'add.result' to 'end.value', which are not connected.",
    ],
    [
      'a connection twice',
      (s) => s['arrived'].push(s['arrived'][0]),
      "It has what came from 'add.result' to 'sum.values' twice.",
    ],
    [
      'a value of another type',
      (s) => Object.assign(s['arrived'][0], { values: [{ value: null }] }),
      "The value of 'sum.values' (integer): expected integer, got null.",
    ],
    [
      'a value that was not JSON',
      (s) => Object.assign(s['arrived'][0], { values: [{ omitted: 'Frame' }] }),
      "It lacks the value for 'sum.values' (Frame), which was not JSON.",
    ],
    [
      'several values where one is taken',
      (s) =>
        s['arrived'].push({
          sender: 'sum.total',
          receiver: 'end.value',
          values: [{ value: 1 }, { value: 2 }],
        }),
      "It has several values from 'sum.total' for 'end.value', which takes one.",
    ],
    ['a visit of a stranger', (s) => Object.assign(s['pending'][0], { component: 'x' }), stranger('x')],
    [
      'a visit that was not counted',
      (s) => Object.assign(s['pending'][0], { visit: 2 }),
      "Visit 2 of 'other' is to start, but its count of visits is 1.",
    ],
    ['a visit twice', (s) => s['pending'].push(s['pending'][0]), "It has a visit of 'other' twice."],
    [
      'a visit with a strange input',
      (s) => Object.assign(s['pending'][0], { inputs: proto({ value: 1 }) }),
      "It has an input for 'other.__proto__', which is not a socket.",
    ],
    [
      'a visit without what it needs',
      (s) => Object.assign(s['pending'][0], { inputs: {} }),
      "The visit that is to start lacks a value for 'other.value'.",
    ],
    [
      'a visit with a value of another type',
      (s) => Object.assign(s['pending'][0], { inputs: { value: { value: 1.5 } } }),
      "The value of 'other.value' (integer): expected integer, got the number 1.5.",
    ],
    [
      'a visit with a value that was not JSON',
      (s) => Object.assign(s['pending'][0], { inputs: { value: { omitted: 'Frame' } } }),
      "It lacks the value for 'other.value' (Frame), which was not JSON.",
    ],
    [
      'no list for a variadic input',
      (s) => withSum(s, { values: { value: 3 } }),
      "The value of 'sum.values' is not a list.",
    ],
    [
      'a list with an element of another type',
      (s) => withSum(s, { values: { value: [3, 'x'] } }),
      'The value of \'sum.values\' (integer): expected integer, got "x".',
    ],
    [
      'outputs under __proto__',
      (s) => Object.assign(s, { outputs: proto({ polluted: { value: 1 } }) }),
      stranger('__proto__'),
    ],
    [
      'a strange output',
      (s) => Object.assign(s['outputs'], { add: { toString: { value: 1 } } }),
      "It has a value of 'add.toString', which is not an output.",
    ],
    [
      'an output of another type',
      (s) => Object.assign(s['outputs'], { add: { result: { value: 'x' } } }),
      'The value of \'add.result\' (integer): expected integer, got "x".',
    ],
    [
      'a name that the pipeline does not give',
      (s) => Object.assign(s, { named: proto({ value: 1 }) }),
      "It has a value of '__proto__', which is not the name of an output here.",
    ],
  ]
  test.each(cases)('%s', async (_, change, why) => {
    expect(await refusal(change)).toBe(refused(why))
  })

  test('at once, however much there is of it', async () => {
    const many = Array.from({ length: 200_000 }, () => ({ socket: 'x.y', value: 1 }))
    const message = await refusal((s) => Object.assign(s, { inputs: many }))
    expect(message).toBe(refused("It has an input for 'x.y', which is not a socket."))
    const wrong = many.map(() => 1)
    expect(await refusal((s) => Object.assign(s, { inputs: wrong }))).toContain("'inputs.0'")
    const names = Object.fromEntries(many.map((_, index) => [`x${index}`, 1]))
    expect(await refusal((s) => Object.assign(s, { visits: names }))).toBe(refused(stranger('x0')))
  })

  test('and nothing is loaded', async () => {
    const pipeline = gather()
    let loaded = false
    pipeline.get('add').warmUp = () => {
      loaded = true
    }
    await expect(pipeline.resume({})).rejects.toThrow()
    expect(loaded).toBe(false)
  })
})

describe('the values of a snapshot', () => {
  const Wide = defineComponent({
    type: 'Wide',
    inputs: {},
    outputs: { value: t.object({ a: t.integer(), b: t.integer() }), count: t.integer() },
    run: () => ({ value: { a: 1, b: 2 }, count: 0 }),
  })
  const Narrow = defineComponent({
    type: 'Narrow',
    inputs: {
      value: t.object({ a: t.integer() }),
      count: t.integer({ minimum: 1 }),
      list: t.variadic(t.object({})),
    },
    outputs: { seen: t.json() },
    run: ({ value, count, list }) => ({ seen: [value, count, list] as never }),
  })
  const pipeline = (): Pipeline =>
    new Pipeline({ wide: new Wide(), greet: new Greet(), narrow: new Narrow() })
      .connect('wide.value', 'narrow.value')
      .connect('wide.count', 'narrow.count')
      .connect('wide.value', 'narrow.list')

  test.each(['greet', 'narrow'])(
    'may be all that may travel along a connection: further keys, and beyond limits (before %s)',
    async (component) => {
      const snapshot = await stopped(pipeline().run({ greet: { value: 1 } }, { breakAt: { component } }))
      const result = await pipeline().resume(snapshot)
      expect(result.get('narrow.seen')).toEqual([{ a: 1, b: 2 }, 0, [{ a: 1, b: 2 }]])
    },
  )

  test('of the caller are checked as at first', async () => {
    const make = (): Pipeline => new Pipeline({ greet: new Greet(), narrow: new Narrow() })
    const inputs = { greet: { value: 1 }, narrow: { value: { a: 1 }, count: 1, list: {} } }
    const snapshot = await stopped(make().run(inputs, { breakAt: { component: 'greet' }, concurrency: 1 }))
    const changed = {
      ...snapshot,
      visits: { greet: 1, narrow: 0 },
      pending: snapshot.pending.slice(0, 1),
      inputs: [{ socket: 'narrow.count', value: 0 }],
    }
    expect(await thrownBy(() => make().resume(changed))).toContain(
      "The value of 'narrow.count' (integer): must be >= 1",
    )
  })
})
