import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { takesMany } from '../../src/graph/connect.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { AddFixedValue, BranchJoiner, Concatenate, Double, Hello, Repeat, Sum } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const Sink = defineComponent({ type: 'Sink', inputs: { text: t.string() }, outputs: {}, run: () => ({}) })

function untyped(components: ConstructorParameters<typeof Pipeline>[0]): Pipeline {
  return new Pipeline(components)
}

function ends(pipeline: Pipeline): string[] {
  return pipeline.connections().map(({ sender, receiver, conversion }) => {
    const arrow = conversion ? ` -${conversion.name}-> ` : ' -> '
    return `${sender.component}.${sender.socket}${arrow}${receiver.component}.${receiver.socket}`
  })
}

type Path = `${string}.${string}`

const refusals: [what: string, from: string, to: string, message: string][] = [
  [
    'an end that is no path',
    'add',
    'double.value',
    "CONNECT_INVALID_PATH: 'add' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.",
  ],
  ...['', '.result', 'add.', '.'].map((path): [string, string, string, string] => [
    `the path '${path}'`,
    path,
    'double.value',
    `CONNECT_INVALID_PATH: '${path}' is not an end of a connection. Write it as component.socket, for example 'prompt.prompt'.`,
  ]),
  [
    'an unknown sender',
    'ad.result',
    'double.value',
    "CONNECT_UNKNOWN_COMPONENT: Cannot connect 'ad.result': there is no component 'ad'. Components: 'add', 'double', 'hello' and 'sink'. Did you mean 'add'?",
  ],
  [
    'an unknown receiver',
    'add.result',
    'doubel.value',
    "CONNECT_UNKNOWN_COMPONENT: Cannot connect 'doubel.value': there is no component 'doubel'. Components: 'add', 'double', 'hello' and 'sink'. Did you mean 'double'?",
  ],
  [
    'an unknown output',
    'add.reslt',
    'double.value',
    "CONNECT_UNKNOWN_SOCKET: 'add' (AddFixedValue) has no output 'reslt'. Its outputs are 'result' (integer). Did you mean 'result'?",
  ],
  [
    'an unknown input',
    'add.result',
    'double.values',
    "CONNECT_UNKNOWN_SOCKET: 'double' (Double) has no input 'values'. Its inputs are 'value' (integer). Did you mean 'value'?",
  ],
  [
    'an output of a component without outputs',
    'sink.text',
    'hello.word',
    "CONNECT_UNKNOWN_SOCKET: 'sink' (Sink) has no output 'text'. It has no outputs.",
  ],
  [
    'what every object has for a socket',
    'add.result',
    'double.constructor',
    "CONNECT_UNKNOWN_SOCKET: 'double' (Double) has no input 'constructor'. Its inputs are 'value' (integer).",
  ],
  [
    'a component to itself',
    'add.result',
    'add.value',
    "CONNECT_SELF: Cannot connect 'add.result' to 'add.value': a component cannot feed itself. Put another component between the two ends.",
  ],
  [
    'types that neither fit nor convert',
    'hello.output',
    'add.add',
    "CONNECT_TYPE_MISMATCH: Cannot connect 'hello.output' (string) to 'add.add' (integer): the types do not fit and do not convert.\nInputs of 'add':\n  value: integer\n  add: integer (optional)",
  ],
]

describe('connect refuses', () => {
  test.each(refusals)('%s', async (_, from, to, message) => {
    const pipeline = untyped({
      add: new AddFixedValue(),
      double: new Double(),
      hello: new Hello(),
      sink: new Sink(),
    })
    expect(await thrownBy(() => pipeline.connect(from as Path, to as Path))).toBe(message)
    expect(pipeline.connections()).toEqual([])
  })

  test('a second sender where one value is taken', async () => {
    const pipeline = untyped({ a: new Double(), b: new Double(), c: new Double() })
    pipeline.connect('a.value', 'c.value')
    expect(await thrownBy(() => pipeline.connect('b.value', 'c.value'))).toBe(
      "CONNECT_OCCUPIED: Cannot connect 'b.value' to 'c.value': 'a.value' already sends to it, and an integer socket takes one value. Arrays and variadic sockets join several.",
    )
    expect(ends(pipeline)).toEqual(['a.value -> c.value'])
  })

  test('a second sender where one value is taken, even one that does not fit, by its type', async () => {
    const pipeline = untyped({ a: new Double(), b: new Hello(), c: new Double() })
    pipeline.connect('a.value', 'c.value')
    expect(await thrownBy(() => pipeline.connect('b.output', 'c.value'))).toBe(
      "CONNECT_TYPE_MISMATCH: Cannot connect 'b.output' (string) to 'c.value' (integer): the types do not fit and do not convert.\nInputs of 'c':\n  value: integer, from 'a.value'",
    )
  })

  test.each([
    ['sender', 'nobody.x', 'double.value'],
    ['receiver', 'double.value', 'nobody.x'],
    ['sender', 'double.x', 'sum.values'],
    ['receiver', 'double.value', 'sum.x'],
  ])('and says that the %s is to blame for %s to %s', (end, from, to) => {
    const pipeline = untyped({ double: new Double(), sum: new Sum() })
    expect(() => pipeline.connect(from as Path, to as Path)).toThrow(
      expect.objectContaining({ end }) as unknown as Error,
    )
  })
})

describe('connect', () => {
  test('twice the same changes nothing', () => {
    const pipeline = new Pipeline({ a: new Double(), b: new Double() })
      .connect('a.value', 'b.value')
      .connect('a.value', 'b.value')
    expect(ends(pipeline)).toEqual(['a.value -> b.value'])
  })

  test('connects two outputs of one component crosswise to two inputs of another', () => {
    const pipeline = new Pipeline({ repeat: new Repeat({ outputs: ['x', 'y'] }), add: new AddFixedValue() })
      .connect('repeat.x', 'add.value')
      .connect('repeat.y', 'add.add')
    expect(ends(pipeline)).toEqual(['repeat.x -> add.value', 'repeat.y -> add.add'])
  })

  test('allows cycles through several components', () => {
    const pipeline = new Pipeline({ joiner: new BranchJoiner(), double: new Double() })
      .connect('joiner.value', 'double.value')
      .connect('double.value', 'joiner.value')
    expect(pipeline.connections()).toHaveLength(2)
  })

  test('remembers the conversion of types that do not fit', () => {
    const pipeline = untyped({ hello: new Hello(), concatenate: new Concatenate() })
    pipeline.connect('hello.output', 'concatenate.first')
    expect(ends(pipeline)).toEqual(['hello.output -> concatenate.first'])
    const Lists = defineComponent({
      type: 'Lists',
      inputs: { list: t.array(t.string()) },
      outputs: {},
      run: () => ({}),
    })
    pipeline.add('lists', new Lists())
    pipeline.connect('hello.output', 'lists.list')
    expect(ends(pipeline)).toEqual(['hello.output -> concatenate.first', 'hello.output -wrap-> lists.list'])
  })

  test('lets several senders into arrays, variadic and greedy sockets', () => {
    const Many = defineComponent({
      type: 'Many',
      inputs: {
        array: t.array(t.string()),
        maybe: t.optional(t.union(t.array(t.string()), t.array(t.integer()), t.null())),
        all: t.variadic(t.string()),
        first: t.greedy(t.string()),
      },
      outputs: {},
      run: () => ({}),
    })
    const pipeline = untyped({ a: new Hello(), b: new Hello(), many: new Many() })
    for (const socket of ['array', 'maybe', 'all', 'first']) {
      for (const sender of ['b', 'a']) pipeline.connect(`${sender}.output`, `many.${socket}`)
    }
    expect(ends(pipeline)).toEqual([
      'b.output -wrap-> many.array',
      'a.output -wrap-> many.array',
      'b.output -wrap-> many.maybe',
      'a.output -wrap-> many.maybe',
      'b.output -> many.all',
      'a.output -> many.all',
      'b.output -> many.first',
      'a.output -> many.first',
    ])
  })
})

describe('takesMany', () => {
  const sockets: [boolean, string, Socket][] = [
    [true, 'an array', t.array(t.string())],
    [true, 'an array or null', t.union(t.array(t.string()), t.null())],
    [true, 'a variadic socket', t.variadic(t.string())],
    [true, 'a greedy socket', t.greedy(t.string())],
    [false, 'a text', t.string()],
    [false, 'a text or an array', t.union(t.string(), t.array(t.string()))],
    [false, 'null alone', t.null()],
    [false, 'anything', t.unknown()],
  ]

  test.each(sockets)('is %p for %s', (many, _, socket) => {
    expect(takesMany(socket)).toBe(many)
  })
})
