import { describe, expect, test } from '@jest/globals'
import { CallCollector } from '../../src/chat/call-pieces.ts'

/** What comes of the `tool_calls` of some chunks, an id that was made up as `new`. */
function collect(...chunks: unknown[]) {
  const collector = new CallCollector()
  const deltas = chunks.flatMap((chunk) => collector.take(chunk))
  const ids = collector.calls.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  // Whoever puts the deltas together gets the same calls.
  const joined = collector.calls.map(({ index }) => {
    const own = deltas.filter((delta) => delta.index === index)
    const join = (key: 'id' | 'name' | 'arguments') => own.map((delta) => delta[key] ?? '').join('')
    return { index, id: join('id'), name: join('name'), arguments: join('arguments') }
  })
  expect(joined).toEqual(collector.calls)
  return collector.calls.map(
    ({ id, name, arguments: args }) => `${/^call_[0-9a-f]{32}$/.test(id) ? 'new' : id} ${name} ${args}`,
  )
}

function piece(fields: { index?: number; id?: string; name?: string; args?: unknown }) {
  const { index, id, name, args } = fields
  return { index, id, type: 'function', function: { name, arguments: args } }
}

describe('calls are put together', () => {
  test.each([
    [
      'in pieces, as OpenAI sends them',
      [
        [piece({ index: 0, id: 'a', name: 'f', args: '' })],
        [piece({ index: 0, args: '{"x":' })],
        [piece({ index: 0, args: '1}' })],
        [piece({ index: 1, id: 'b', name: 'g', args: '{}' })],
      ],
      ['a f {"x":1}', 'b g {}'],
    ],
    [
      'whole, in one chunk',
      [
        [
          piece({ index: 0, id: 'a', name: 'f', args: '{}' }),
          piece({ index: 1, id: 'b', name: 'f', args: '{}' }),
        ],
      ],
      ['a f {}', 'b f {}'],
    ],
    [
      'interleaved',
      [
        [
          piece({ index: 0, id: 'a', name: 'f', args: '{' }),
          piece({ index: 1, id: 'b', name: 'g', args: '{' }),
        ],
        [piece({ index: 1, args: '}' }), piece({ index: 0, args: '}' })],
      ],
      ['a f {}', 'b g {}'],
    ],
    [
      'with id and name in every piece',
      [
        [piece({ index: 0, id: 'a', name: 'f', args: '{' })],
        [piece({ index: 0, id: 'a', name: 'f', args: '}' })],
      ],
      ['a f {}'],
    ],
    [
      'with an empty id in what follows',
      [
        [piece({ index: 0, id: 'a', name: 'f', args: '{' })],
        [piece({ index: 0, id: '', name: '', args: '}' })],
      ],
      ['a f {}'],
    ],
    [
      'all with the same number',
      [
        [piece({ index: 0, id: 'a', name: 'f', args: '{}' })],
        [piece({ index: 0, id: 'b', name: 'f', args: '{}' })],
      ],
      ['a f {}', 'b f {}'],
    ],
    [
      'all with the same id',
      [
        [
          piece({ index: 0, id: 'a', name: 'f', args: '{}' }),
          piece({ index: 1, id: 'a', name: 'g', args: '{}' }),
        ],
      ],
      ['a f {}', 'new g {}'],
    ],
    [
      'without ids',
      [[piece({ index: 0, name: 'f', args: '{}' })], [piece({ index: 1, name: 'f', args: '{}' })]],
      ['new f {}', 'new f {}'],
    ],
    [
      'without numbers',
      [
        [piece({ id: 'a', name: 'f', args: '{' })],
        [piece({ args: '}' })],
        [piece({ name: 'g', args: '{}' })],
        [piece({ id: 'c', name: 'g', args: '{}' })],
      ],
      ['a f {}', 'new g {}', 'c g {}'],
    ],
    [
      'with arguments that are an object',
      [[piece({ index: 0, id: 'a', name: 'f', args: { x: [1] } })]],
      ['a f {"x":[1]}'],
    ],
    ['without arguments', [[piece({ index: 0, id: 'a', name: 'f' })]], ['a f ']],
    ['not, where there are none', [undefined, null, [], 'x'], []],
    ['with an unknown shape', [[null, 5]], ['new  ']],
  ])('%s', (_, chunks, calls) => {
    expect(collect(...chunks)).toEqual(calls)
  })
})
