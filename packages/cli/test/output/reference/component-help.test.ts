import { describe, expect, test } from '@jest/globals'
import { type Component, type ComponentClass, defineComponent, type Socket, t } from '@millrace/core'
import { checkValue } from '@millrace/core/component'
import { Choir, Ledger } from '../../../../core/test/fixtures/holding.ts'
import { componentHelp } from '../../../src/output/reference/component-help.ts'
import { sampleOf } from '../../../src/output/reference/sample-of.ts'
import { describeSocket, inputLines, shortType } from '../../../src/output/reference/socket-lines.ts'

const page = { width: 60, style: (_: unknown, text: string) => text }

test('tells what a component takes and gives', () => {
  const component = defineComponent({
    type: 'Counter',
    description: 'Counts the words of a text.',
    parameters: t.object({
      mode: t.literal('words', 'lines'),
      options: t.optional(
        t.object({ minimum: t.integer({ default: 1, description: 'The shortest word.' }) }),
      ),
    }),
    inputs: {
      text: t.string({ description: 'The text, which may be a long one, with words in it that wrap.' }),
    },
    outputs: { count: t.integer() },
    run: () => ({ count: 0 }),
  }) as unknown as ComponentClass
  expect(componentHelp({ owner: '@acme/components', component }, page).join('\n')).toBe(
    `Counter  @acme/components
Counts the words of a text.

Parameters
  mode  'words' | 'lines', required
  options  object
  options.minimum  integer, default 1
      The shortest word.

Inputs
  text  string
      The text, which may be a long one, with words in it
      that wrap.

Outputs
  count  integer`,
  )
})

test('does without sockets where no sample can be made', () => {
  class Picky implements Component {
    static readonly type = 'Picky'
    static readonly parameters: Socket<object> = t.object({ text: t.string() })
    readonly inputs = {}
    readonly outputs = {}
    constructor() {
      throw new RangeError('Not this one.')
    }
    run() {
      return {}
    }
  }
  expect(componentHelp({ owner: 'a', component: Picky }, page).at(-1)).toBe(
    'Its inputs and outputs depend on its parameters.',
  )
})

test('makes a value that fits, with nothing in it that need not be', () => {
  const socket = t.object({
    text: t.string(),
    count: t.integer({ minimum: 5 }),
    mode: t.literal('a', 'b'),
    list: t.array(t.string()),
    either: t.union(t.record(t.string()), t.string()),
    inside: t.object({ flag: t.boolean(), nothing: t.null() }),
    tools: t.tools(),
    left: t.optional(t.string()),
  })
  const sample = sampleOf(socket.type)
  expect(checkValue(socket, sample)).toEqual([])
  expect(sample).toEqual({
    text: 'sample',
    count: 5,
    mode: 'a',
    list: [],
    either: {},
    inside: { flag: false, nothing: null },
    tools: [],
  })
})

test.each<[Socket, string]>([
  [t.unknown(), 'any value'],
  [t.object({ a: t.integer() }), 'object'],
  [t.array(t.object({ a: t.integer() })), 'object[]'],
  [t.union(t.object({}), t.record(t.string()), t.object({ a: t.null() })), 'object | Record<string, string>'],
  [t.array(t.union(t.message(), t.string())), '(ChatMessage | string)[]'],
])('shortType names a type in a few words', ({ type }, text) => {
  expect(shortType(type)).toBe(text)
})

test('describeSocket has type, default and description', () => {
  expect(describeSocket({ name: 'a', ...t.integer({ default: 3, description: 'A number.' }) })).toBe(
    'a (integer = 3): A number.',
  )
  expect(describeSocket({ name: 'a', ...t.string() })).toBe('a (string)')
})

describe('inputLines', () => {
  test('has what a run needs first, each name once, and nothing that only code can give', () => {
    expect(
      inputLines([
        { name: 'limit', ...t.integer(), mandatory: false },
        { name: 'question', ...t.string(), mandatory: true },
        { name: 'question', ...t.string(), mandatory: true },
        { name: 'streamingCallback', ...t.callback(), mandatory: false },
      ]),
    ).toEqual(['needs question (string)', 'takes limit (integer)'])
  })
})

test('a component that holds others is shown with its sockets, a resource without', () => {
  const own = { owner: '@acme/holding', component: Choir as ComponentClass }
  expect(componentHelp(own, page)).toEqual(
    expect.arrayContaining([
      '  voices  Singer[]',
      '  byName  Record<string, Singer>',
      'Inputs',
      '  text  string',
    ]),
  )
  const needy = defineComponent({
    type: 'Needy',
    parameters: t.object({
      all: t.array(t.component({ inputs: {}, outputs: { a: t.string() } }), { minItems: 1 }),
      store: t.resource('Store', () => true),
    }),
    inputs: { text: t.string() },
    outputs: {},
    run: () => ({}),
  }) as unknown as ComponentClass
  expect(componentHelp({ owner: '', component: needy }, page)).toContain('  text  string')
  const resource = { owner: '@acme/holding', component: Ledger as object as ComponentClass, isResource: true }
  expect(componentHelp(resource, page).slice(-2)).toEqual([
    '',
    "A resource: a file declares it under 'resources', and components name it.",
  ])
})

test('says where the parameters make other sockets', () => {
  class Reader implements Component {
    static readonly type = 'Reader'
    static readonly parameters: Socket<object> = t.object({ names: t.array(t.string()) })
    readonly inputs: Record<string, Socket>
    readonly outputs = { text: t.string() }
    constructor({ names }: { names: string[] }) {
      this.inputs = { always: t.string(), ...Object.fromEntries(names.map((name) => [name, t.string()])) }
    }
    run() {
      return { text: '' }
    }
  }
  const lines = componentHelp({ owner: 'a', component: Reader as unknown as ComponentClass }, page)
  expect(lines.slice(lines.indexOf('Inputs'))).toEqual([
    'Inputs',
    '  always  string',
    '  Further inputs depend on the parameters.',
    '',
    'Outputs',
    '  text  string',
  ])
})
