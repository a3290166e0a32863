import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import * as arbitrary from './arbitraries.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

describe('create', () => {
  test('without fields makes an empty chunk', () => {
    expect(StreamingChunk.create()).toStrictEqual({ content: '', index: 0, start: false })
  })

  test('keeps what is given and leaves out what is empty', () => {
    const fields = {
      content: 'x',
      toolCalls: [],
      reasoning: '',
      index: 2,
      start: true,
      finishReason: 'stop',
      component: { name: 'llm', type: 'Mock' },
      meta: { model: 'm' },
    } as const
    const { toolCalls, reasoning, ...rest } = fields
    expect([toolCalls.length, reasoning.length]).toEqual([0, 0])
    expect(StreamingChunk.create(fields)).toStrictEqual(rest)
  })

  test.each<[Parameters<typeof StreamingChunk.create>[0], string]>([
    [
      { content: 'x', reasoning: 'y', index: 0 },
      'it carries more than one of content, tool calls, a tool result and reasoning; send one chunk for each.',
    ],
    [
      { reasoning: 'y' },
      "with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    ],
    [
      { toolCalls: [{ index: 0 }] },
      "with tool calls, a tool result or reasoning it must have an 'index', the number of the block.",
    ],
    [{ content: 'x', index: -1 }, "'index' must be a whole number from 0, not -1."],
    [{ content: null as never }, "'content' must be a string, not null."],
  ])('refuses %j', async (fields, reason) => {
    expect(await thrownBy(() => StreamingChunk.create(fields))).toBe(
      `DATA_INVALID_CHUNK: Invalid streaming chunk: ${reason}`,
    )
  })
})

test('validate looks at everything', async () => {
  const chunk = { content: '', index: 0, start: false, toolCalls: [{ index: 0, arguments: {} }] }
  expect(await thrownBy(() => StreamingChunk.validate(chunk))).toBe(
    "DATA_INVALID_CHUNK: Invalid streaming chunk: 'toolCalls[0].arguments' must be a string, not an object.",
  )
})

test('it travels', () => {
  const delta = fc.record({ index: fc.nat(), arguments: arbitrary.text }, { noNullPrototype: true })
  const payload = fc.oneof(
    fc.record({ content: arbitrary.maybe(arbitrary.text) }),
    fc.record({ reasoning: arbitrary.text }),
    fc.record({ toolCallResult: arbitrary.toolCallResult }),
    fc.record({ toolCalls: fc.array(delta) }),
  )
  const rest = fc.record({
    index: fc.nat(),
    start: arbitrary.maybe(fc.boolean()),
    finishReason: arbitrary.maybe(fc.constant('stop' as const)),
    meta: arbitrary.maybe(arbitrary.jsonObject),
  })
  fc.assert(
    fc.property(payload, rest, (given, others) => {
      const chunk = StreamingChunk.create({ ...given, ...others })
      expectToTravel(chunk)
      expect(StreamingChunk.is(chunk)).toBe(true)
    }),
  )
})
