// What no compiler would let through, from plain JavaScript: a sentence that says what is taken, not a TypeError.
import { describe, expect, test } from '@jest/globals'
import * as core from '../src/index.ts'
import { MillraceError } from '../src/index.ts'
import { loadPipeline } from '../src/yaml.ts'

// biome-ignore lint/suspicious/noExplicitAny: JavaScript has no types.
const { ChatMessage, FileContent, ImageContent, Pipeline, defineComponent, jsonSchemaOf, t } = core as any
const load = loadPipeline as (...given: unknown[]) => unknown
const user = ChatMessage.user('x')

describe('from JavaScript', () => {
  test.each<[what: string, call: () => unknown, said: RegExp]>([
    [
      'text',
      () => ChatMessage.text({ role: 'user', content: 'plain' }),
      /^This is not a message: .*fromJSON/,
    ],
    ['texts', () => ChatMessage.texts('x'), /^This is not a message: /],
    ['toolCalls of null', () => ChatMessage.toolCalls(null), /^This is not a message: null/],
    ['an unknown option', () => ChatMessage.toOpenAI(user, { resoningKey: 'x' }), /'reasoningKey'/],
    [
      'a text part without a text',
      () => ChatMessage.fromOpenAI({ role: 'user', content: [{ type: 'text' }] }),
      /'content\[0\]\.text' must be a string, not nothing/,
    ],
    [
      'an image of a text',
      () => ImageContent.fromBytes('x'),
      /ImageContent\.fromBytes takes a Uint8Array, not "x"/,
    ],
    [
      'a file of nothing',
      () => FileContent.fromBytes(),
      /FileContent\.fromBytes takes a Uint8Array, not nothing/,
    ],
    ['an object without fields', () => t.object(), /^t\.object takes its fields, .* not nothing\.$/],
    ['an object of a list', () => t.object([t.string()]), /^t\.object takes its fields/],
    ['no component', () => defineComponent(), /^defineComponent takes \{ type, inputs, outputs, run \}/],
    ['a component without run', () => defineComponent({ type: 'X' }), /without a function 'run'/],
    [
      'a pipeline of null',
      () => new Pipeline(null),
      /^new Pipeline takes an object of components, .* not null\.$/,
    ],
    ['a pipeline with null', () => new Pipeline({}, null), /^The options are an object, not null\.$/],
    [
      'inputs that are a text',
      () => new Pipeline({}, { inputs: 'q' }),
      /^inputs is "q"\. It is written inputs: \{/,
    ],
    [
      'an input that is one',
      () => new Pipeline({}, { inputs: { q: 'a.b' } }),
      /^inputs\.q is "a\.b"\. It is written/,
    ],
    ['an output that is a list', () => new Pipeline({}, { outputs: { a: ['b.c'] } }), /^outputs\.a is /],
    ['a file without a registry', () => load('components: {}'), /^loadPipeline takes .* \{ registry \}/],
    ['no schema', () => jsonSchemaOf(null), /^null is not a schema: /],
    ['fields in the place of one', () => jsonSchemaOf({ a: 1 }), /is not a schema: .* \{ type: 'object'/],
  ])('%s', (_, call, said) => {
    let thrown: unknown
    try {
      call()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(MillraceError)
    expect((thrown as Error).message).toMatch(said)
  })

  test('a message that is not there has nothing in it', () => {
    expect([ChatMessage.text(undefined), ChatMessage.images(undefined)]).toEqual([undefined, []])
    expect(jsonSchemaOf({})).toEqual({})
  })
})

test('the error of a pause in a component that another one holds names it', async () => {
  const Inner = defineComponent({
    type: 'Inner',
    inputs: {},
    outputs: { text: t.string() },
    run: (_: unknown, { pause }: core.RunContext) => pause({ questions: [] }),
  })
  const Outer = defineComponent({
    type: 'Outer',
    parameters: { inner: t.component() },
    inputs: {},
    outputs: { text: t.string() },
    run: async (_: unknown, context: core.RunContext, { inner }: { inner: core.Component }) => ({
      text: Object(await inner.run({}, context)).text,
    }),
  })
  await expect(new Pipeline({ outer: new Outer({ inner: new Inner() }) }).run()).rejects.toMatchObject({
    code: 'RUN_INVALID_PAUSE',
    message: expect.stringContaining("the components that it holds did, 'inner' (Inner): they cannot pause"),
  })
})
