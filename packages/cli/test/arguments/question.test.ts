import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { BranchJoiner, ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, defineComponent, Pipeline, type Sockets, t } from '@millrace/core'
import { parseAssignment } from '../../src/arguments/assignment.ts'
import { type AskedOptions, withQuestion } from '../../src/arguments/question.ts'
import { failureOf } from '../failure-of.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { root } from '../millrace.ts'

const messages = t.union(t.array(t.message()), t.string())
const circle = join(root, 'packages/pocket-model/images/red-circle.png')

/** A pipeline of one component, `llm`, with these inputs. */
function taking(inputs: Sockets, options = {}): Pipeline {
  const Taker = defineComponent({
    type: 'Taker',
    inputs,
    outputs: { given: t.unknown() },
    run: (given) => ({ given }),
  })
  return new Pipeline({ llm: new Taker() }, options)
}

interface Given {
  readonly set?: readonly string[]
  readonly object?: Readonly<Record<string, unknown>>
  readonly stdin?: string
  readonly isTTY?: boolean
  readonly isModel?: boolean
  readonly sees?: boolean
}

function ask(pipeline: Pipeline, asked: AskedOptions, given: Given = {}) {
  const { set = [], object = {}, isModel = false, sees = false, stdin = '' } = given
  const { stdin: input } = new FakeTerminal({ stdin })
  return withQuestion(asked, {
    ...{ pipeline, file: 'a.yaml', isModel, sees, object },
    assignments: set.map(parseAssignment),
    stdin: Object.assign(input, { isTTY: given.isTTY }),
    signal: new AbortController().signal,
  })
}

const two = taking({ first: t.string(), second: t.string(), limit: t.integer({ default: 1 }) })

describe('a question without a name', () => {
  test.each<[string, Pipeline, Given, unknown]>([
    ['a text', taking({ text: t.string(), limit: t.integer({ default: 1 }) }), {}, { llm: { text: 'hi' } }],
    ['messages', taking({ messages }), {}, { llm: { messages: 'hi' } }],
    ['a message', taking({ message: t.message() }), {}, { llm: { message: 'hi' } }],
    ['the one that --set leaves', two, { set: ['first=1'] }, { llm: { second: 'hi' } }],
    ['the one that --input leaves', two, { object: { second: '1' } }, { llm: { first: 'hi', second: '1' } }],
    [
      'the one that the pipeline names',
      new Pipeline({ one: new BranchJoiner({ of: 'messages' }) }, { inputs: { question: ['one.value'] } }),
      {},
      { one: { value: 'hi' } },
    ],
    [
      'an optional variable, and not the template in the place of the parameter',
      new Pipeline({ prompt: new ChatPromptBuilder({ template: '{{ topic | default("x") }}' }) }),
      {},
      { prompt: { topic: 'hi' } },
    ],
    [
      'all sockets of one name',
      new Pipeline(
        {
          a: new ChatPromptBuilder({ template: '{{ x }}' }),
          b: new ChatPromptBuilder({ template: '{{ y }}' }),
        },
        { inputs: { topic: ['a.x', 'b.y'] } },
      ),
      {},
      { a: { x: 'hi' }, b: { y: 'hi' } },
    ],
  ])('goes to the one open input that takes it: %s', async (_, pipeline, given, inputs) => {
    expect(await ask(pipeline, { question: 'hi' }, given)).toEqual(inputs)
  })

  test.each<[string, Pipeline, Given, RegExp]>([
    ['hi', two, {}, /'hi' could be for 'first' and 'second'\. Say for which: --set first=hi/],
    ['hi', taking({ limit: t.integer() }), {}, /has no open input that takes a text/],
    ['world', two, { set: ['second=0', 'first=hello'] }, /in quotes: --set 'first=hello world'/],
    [' ', two, { set: ['first=1'] }, /The question is empty/],
    ['first=hi', two, {}, /Inputs of the pipeline are given with --set: --set first=hi/],
  ])('is refused where it is not clear what it is for: %s', async (question, pipeline, given, message) => {
    const failure = await failureOf(() => ask(pipeline, { question }, given))
    expect(failure).toMatch(/^USAGE_INVALID: /)
    expect(failure).toMatch(message)
  })

  test('may have an equals sign in it', async () => {
    expect(await ask(taking({ text: t.string() }), { question: 'x=1, what is x?' })).toEqual({
      llm: { text: 'x=1, what is x?' },
    })
  })

  test('is not needed for a pipeline, whose standard input stays unread', async () => {
    expect(await ask(two, {}, { object: { first: 'a' }, stdin: 'piped' })).toEqual({ first: 'a' })
  })

  test('keeps what is wrong with --input an error', async () => {
    expect(await failureOf(() => ask(two, { question: 'hi' }, { object: { third: 'x' } }))).toMatch(
      /^INPUT_UNKNOWN: /,
    )
  })
})

describe('the question for a model', () => {
  const model = taking({ messages })

  test('is what is piped where there is none', async () => {
    const given = { isModel: true, stdin: 'What is\nthis?\n' }
    expect(await ask(model, {}, given)).toEqual({ llm: { messages: 'What is\nthis?' } })
    expect(await ask(model, { question: '-' }, given)).toEqual({ llm: { messages: 'What is\nthis?' } })
  })

  test('is not what is piped where an input has the messages', async () => {
    const given = { isModel: true, set: ['messages=hi'], stdin: 'piped' }
    expect(await ask(model, {}, given)).toEqual({})
  })

  test.each([
    [{ isTTY: true }, /A question is missing\. Write: millrace run a\.yaml 'What/],
    [{ stdin: '\n' }, /A question is missing: the standard input is empty/],
  ])('is asked for where nobody gives it: %j', async (given, message) => {
    const failure = await failureOf(() => ask(model, {}, { isModel: true, ...given }))
    expect(failure).toMatch(/^USAGE_INVALID: /)
    expect(failure).toMatch(message)
  })

  test('may have instructions and images', async () => {
    const asked = { question: 'What is this?', system: 'Be brief.', image: [circle] }
    expect(await ask(model, asked, { isModel: true, sees: true })).toEqual({
      llm: {
        messages: [
          ChatMessage.system('Be brief.'),
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is this?' },
              expect.objectContaining({ mimeType: 'image/png' }),
            ],
          },
        ],
      },
    })
  })

  test.each<[AskedOptions, Pipeline, Given, string, RegExp]>([
    [{ question: 'hi', image: ['https://a.b/c.png'] }, model, {}, 'USAGE_UNREADABLE', /Download the image/],
    [{ question: 'hi', image: ['none.png'] }, model, {}, 'USAGE_UNREADABLE', /none\.png/],
    [
      { question: 'hi', image: [circle] },
      model,
      { isModel: true },
      'USAGE_INVALID',
      /add --mmproj mmproj\.gguf/,
    ],
    [
      { question: 'hi', system: 'Be brief.' },
      two,
      { set: ['first=1'] },
      'USAGE_INVALID',
      /--system needs an input that takes messages, and 'second' takes string/,
    ],
    [{ image: [circle] }, model, {}, 'USAGE_INVALID', /--image belongs to a question/],
  ])('is refused with what cannot be: %j', async (asked, pipeline, given, code, message) => {
    const failure = await failureOf(() => ask(pipeline, asked, given))
    expect(failure.split(':', 1)).toEqual([code])
    expect(failure).toMatch(message)
  })
})
