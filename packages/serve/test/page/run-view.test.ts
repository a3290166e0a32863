import { describe, expect, test } from '@jest/globals'
import { emptyEntry, enteredValue, entryOf, kindsOf } from '../../page/src/form/fields.ts'
import { addEvent, componentsOf, emptyView, viewOf } from '../../page/src/run/run-view.ts'
import type { Chunk, InputPort, JsonSchema, RunEvent, RunRecord } from '../../page/src/wire.ts'

const at = { time: 1, component: 'llm', componentType: 'Model', visit: 1 }

function streamed(...chunks: Partial<Chunk>[]) {
  const view = emptyView()
  addEvent(view, { ...at, type: 'componentStart', inputs: {} })
  for (const chunk of chunks) {
    addEvent(view, { ...at, type: 'chunk', chunk: { content: '', index: 0, start: false, ...chunk } })
  }
  return view.visits[0]?.blocks
}

describe('what is streamed', () => {
  test('is one text, until something else or another message begins', () => {
    expect(
      streamed(
        { reasoning: 'Hm', start: true },
        { reasoning: 'm.', index: 1 },
        { content: 'It', index: 2 },
        { content: ' is.', index: 3 },
        { content: 'Again.', start: true },
      ),
    ).toEqual([
      { kind: 'reasoning', text: 'Hmm.' },
      { kind: 'text', text: 'It is.' },
      { kind: 'text', text: 'Again.' },
    ])
  })

  test('joins the arguments of each call, and a call of a later message is another one', () => {
    const calls = streamed(
      { toolCalls: [{ index: 0, id: 'a', name: 'add' }] },
      { toolCalls: [{ index: 1, id: 'b', name: 'sum', arguments: '[' }] },
      { toolCalls: [{ index: 0, arguments: '{}' }] },
      { toolCalls: [{ index: 1, arguments: ']' }] },
      { toolCalls: [{ index: 0, id: 'c', name: 'add', arguments: '1' }], start: true },
    )
    expect(calls?.map((call) => call.kind === 'call' && [call.name, call.arguments])).toEqual([
      ['add', '{}'],
      ['sum', '[]'],
      ['add', '1'],
    ])
  })
})

describe('a run', () => {
  const start: RunEvent = { ...at, type: 'componentStart', inputs: { text: 'a' } }
  const pause: RunEvent = { ...at, type: 'componentPause', questions: [], durationMs: 20 }
  const end: RunEvent = { ...at, type: 'componentEnd', outputs: { text: 'b' }, durationMs: 30 }

  test('that was answered goes on in the visit that asked, with the time of both', () => {
    const view = emptyView()
    for (const event of [start, pause, start, end]) addEvent(view, event)
    expect(view.visits).toMatchObject([{ state: 'done', durationMs: 50, outputs: { text: 'b' } }])
  })

  test('counts visits, tokens and the last speed of each component', () => {
    const view = emptyView()
    const call = (tokensPerSecond: number): RunEvent => ({
      ...at,
      type: 'modelCall',
      call: {
        model: 'm',
        durationMs: 1,
        usage: { promptTokens: 9, completionTokens: 5, cachedTokens: 4 },
        timings: { tokensPerSecond },
      },
    })
    const again = { ...start, visit: 2 } as RunEvent
    for (const event of [start, call(10), end, again, { ...call(20), visit: 2 } as RunEvent])
      addEvent(view, event)
    expect(componentsOf(view).get('llm')).toEqual({
      name: 'llm',
      state: 'running',
      visits: 2,
      totalMs: 30,
      tokens: 10,
      cachedTokens: 8,
      tokensPerSecond: 20,
    })
  })

  test('that the server remembers is as it was seen: what did not end was stopped', () => {
    const record: RunRecord = {
      ...{ id: 'r', pipeline: 'p', via: 'rest', state: 'aborted', createdAt: 1, inputs: {} },
      events: [start, { time: 2, type: 'runEnd', status: 'aborted', durationMs: 5 }],
    }
    expect(viewOf(record)).toMatchObject({ state: 'aborted', durationMs: 5, visits: [{ state: 'stopped' }] })
  })
})

describe('a form', () => {
  function input(schema: JsonSchema, more: Partial<InputPort> = {}): InputPort {
    return { name: 'x', path: 'c.x', component: 'c', mandatory: true, schema, ...more }
  }
  const message = { title: 'ChatMessage', anyOf: [{ type: 'object' }] }

  test.each<[string, JsonSchema, string[]]>([
    ['a text', { type: 'string' }, ['text']],
    ['a choice', { enum: ['a', 'b'] }, ['choice']],
    [
      'a conversation or a text',
      { anyOf: [{ type: 'array', items: message }, { type: 'string' }] },
      ['messages', 'text', 'json'],
    ],
    ['an image', { title: 'ImageContent', type: 'object' }, ['image']],
    ['documents', { type: 'array', items: { title: 'Document', type: 'object' } }, ['documents', 'json']],
    ['anything', {}, ['text', 'json', 'documents', 'image', 'file']],
    ['an object', { type: 'object' }, ['json']],
  ])('asks for %s by its schema', (_, schema, kinds) => {
    expect(kindsOf(schema)).toEqual(kinds)
  })

  test('gives back what a run was given, of every kind', () => {
    const values = [
      [{ type: 'string' }, 'a\nb'],
      [{ type: 'number' }, 1.5],
      [{ type: 'boolean' }, false],
      [{ enum: ['a', 2] }, 2],
      [{ type: 'array', items: message }, [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }]],
      [{ title: 'ImageContent' }, { type: 'image', base64: 'AA==', mimeType: 'image/png' }],
      [{ type: 'object' }, { a: [1] }],
    ] as const
    for (const [schema, value] of values) {
      const port = input(schema as JsonSchema)
      expect(enteredValue(entryOf(port, value), port)).toEqual(value)
    }
  })

  test('makes a document of each paragraph, and says what is not JSON', () => {
    const port = input({ type: 'array', items: { title: 'Document' } })
    const entry = { ...emptyEntry(port), text: 'One\nline.\n\nTwo.' }
    expect(enteredValue(entry, port)).toMatchObject([{ content: 'One\nline.' }, { content: 'Two.' }])
    const json = { ...emptyEntry(input({ type: 'object' })), text: '{' }
    expect(() => enteredValue(json, input({ type: 'object' }))).toThrow(/^This is not JSON: /)
  })
})
