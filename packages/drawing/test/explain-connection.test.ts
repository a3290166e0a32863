import { describe, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, t } from '@millrace/core'
import { conversionBetween } from '@millrace/core/component'
import { explainConnection } from '@millrace/drawing'
import { BranchJoiner, Double, Hello, StringJoiner, Sum } from '../../core/test/fixtures/index.ts'
import { conversionWords } from '../src/explain-connection.ts'

const All = defineComponent({
  type: 'All',
  inputs: {
    text: t.string(),
    texts: t.array(t.string()),
    message: t.message(),
    messages: t.array(t.message()),
  },
  outputs: {
    text: t.string(),
    texts: t.array(t.string()),
    message: t.message(),
    messages: t.array(t.message()),
  },
  run: () => {
    throw new Error('never run')
  },
})

const pipeline = (): Pipeline =>
  new Pipeline({ from: new All(), to: new All(), sum: new Sum(), double: new Double() })

describe('a connection that is possible', () => {
  const types = { text: 'string', texts: 'string[]', message: 'ChatMessage', messages: 'ChatMessage[]' }
  type End = keyof typeof types

  test('says that values fit', () => {
    expect(explainConnection(pipeline(), 'from.text', 'to.text')).toBe(
      "Values of 'from.text' (string) fit 'to.text' (string) as they are.",
    )
  })

  const notOne = 'A list that does not hold exactly one'
  const cases: [from: End, to: End, how: string][] = [
    ['text', 'texts', 'in a list of one.'],
    ['texts', 'text', `the one element of the list. ${notOne} fails the run.`],
    [
      'message',
      'text',
      'the text of the message. A message without a text, or with more than text, fails the run.',
    ],
    ['text', 'message', 'as a user message.'],
    [
      'message',
      'texts',
      'the text of the message, in a list of one. A message without a text, or with more than text, fails the run.',
    ],
    ['text', 'messages', 'as a user message, in a list of one.'],
    [
      'messages',
      'text',
      `the text of the one message in the list. ${notOne}, or a message without a text or with more than text, fails the run.`,
    ],
    ['texts', 'message', `the one text in the list, as a user message. ${notOne} fails the run.`],
  ]
  test.each(cases)('from %s to %s: says how values get there', (from, to, how) => {
    expect(explainConnection(pipeline(), `from.${from}`, `to.${to}`)).toBe(
      `Values of 'from.${from}' (${types[from]}) reach 'to.${to}' (${types[to]}) converted: ${how}`,
    )
  })

  test('is not made', () => {
    const made = pipeline()
    explainConnection(made, 'from.text', 'to.text')
    expect(made.connections()).toEqual([])
  })
})

describe('a connection to where others send', () => {
  test('comes after them', () => {
    const lists: Pipeline = new Pipeline({
      a: new Hello(),
      b: new Hello(),
      c: new Hello(),
      all: new StringJoiner(),
    })
    lists.connect('b.output', 'all.strings').connect('a.output', 'all.strings')
    expect(explainConnection(lists, 'c.output', 'all.strings')).toBe(
      "Values of 'c.output' (string) fit 'all.strings' (string) as they are. They come after those of 'b.output' and 'a.output'.",
    )
  })

  test('shares a greedy socket with them', () => {
    const loop: Pipeline = new Pipeline({ a: new Double(), b: new Double(), joiner: new BranchJoiner() })
    loop.connect('a.value', 'joiner.value')
    expect(explainConnection(loop, 'b.value', 'joiner.value')).toBe(
      "Values of 'b.value' (integer) fit 'joiner.value' (integer) as they are. The socket takes each value by itself, those of 'a.value' too.",
    )
  })

  test('that is there says so', () => {
    const made = pipeline().connect('from.text', 'to.messages')
    expect(explainConnection(made, 'from.text', 'to.messages')).toBe(
      "They are connected. Values of 'from.text' (string) reach 'to.messages' (ChatMessage[]) converted: as a user message, in a list of one.",
    )
  })
})

describe('a connection that is impossible', () => {
  test.each([
    ['from.text', 'to.txt', /^'to' \(All\) has no input 'txt'\. .* Did you mean 'text'\?$/],
    ['form.text', 'to.text', /^Cannot connect 'form\.text': there is no component 'form'\./],
    [
      'double.value',
      'to.text',
      /^Cannot connect 'double\.value' \(integer\) to 'to\.text' \(string\): the types do not fit/,
    ],
    [
      'from.text',
      'from.texts',
      /^Cannot connect 'from\.text' to 'from\.texts': a component cannot feed itself\./,
    ],
    ['from', 'to.text', /^'from' is not an end of a connection\./],
  ])('from %s to %s says why', (from, to, why) => {
    expect(explainConnection(pipeline(), from, to)).toMatch(why)
  })

  test('because another sends there says who', () => {
    const made = pipeline().connect('from.text', 'to.text')
    expect(explainConnection(made, 'from.message', 'to.text')).toBe(
      "Cannot connect 'from.message' to 'to.text': 'from.text' already sends to it, and a string socket takes one value. Arrays and variadic sockets join several.",
    )
  })
})

describe('the words of a conversion', () => {
  const silent = { role: 'assistant', content: [] }
  /** Each type with values that are hard to convert. */
  const types = [
    [t.string(), ['']],
    [t.array(t.string()), [[], ['a', 'b']]],
    [t.message(), [silent]],
    [t.array(t.message()), [[], [silent]]],
  ] as const
  const conversions = types.flatMap(([{ type: sends }, values]) =>
    types.flatMap(([{ type: expects }]) => {
      const conversion = conversionBetween(sends, expects)
      return conversion ? [{ ...conversion, values: values as readonly unknown[] }] : []
    }),
  )

  test('are there for each', () => {
    expect(new Set(conversions.map(({ name }) => name))).toEqual(new Set(Object.keys(conversionWords)))
  })

  test.each(conversions)('$name: say when it fails, if it does', ({ name, convert, values }) => {
    const fails = values.some((value) => {
      try {
        convert(value)
        return false
      } catch {
        return true
      }
    })
    expect(conversionWords[name].fails !== undefined).toBe(fails)
  })
})
