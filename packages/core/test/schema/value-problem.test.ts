import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { checkValue } from '../../src/schema/validate.ts'
import { problemsOf } from '../../src/schema/value-problem.ts'

type Row = [what: string, socket: Socket, value: unknown, problems: [path: string, message: string][]]

const options = t.object({
  model: t.string(),
  nCtx: t.optional(t.integer({ minimum: 1 })),
  mode: t.optional(t.literal('fast', 'slow')),
  sizes: t.optional(t.object({ list: t.array(t.number()) })),
})
const shape = t.union(
  t.object({ kind: t.literal('square'), side: t.number() }),
  t.object({ kind: t.literal('circle'), radius: t.number() }),
)
const optionsName = "{ model: string, nCtx?: integer, mode?: 'fast' | 'slow', sizes?: { list: number[] } }"
const parts = t.union(t.array(t.message()), t.string())

function told(socket: Socket, value: unknown): [string, string][] {
  return checkValue(socket, value).map(({ path, message }) => [path.join('.'), message])
}

function testMessages(rows: readonly Row[]): void {
  test.each(rows)('%s', (_, socket, value, problems) => {
    expect(told(socket, value)).toEqual(problems)
  })
}

describe('an object', () => {
  testMessages([
    [
      'with a key that is misspelt',
      options,
      { model: 'm', nCtxx: 1 },
      [['', "'nCtxx' is unknown. Possible: 'model', 'nCtx', 'mode' and 'sizes'. Did you mean 'nCtx'?"]],
    ],
    [
      'with a key that is like one it has already',
      options,
      { model: 'm', mode: 'fast', modee: 'fast' },
      [['', "'modee' is unknown. Possible: 'model', 'nCtx', 'mode' and 'sizes'."]],
    ],
    ['without a key', options, {}, [['', "'model' is missing."]]],
    ['for which there is no key', t.object({}), { a: 1 }, [['', "'a' is unknown. Possible: none."]]],
    [
      'with mistakes everywhere tells all of them',
      options,
      { model: 1, nCtx: 0, mode: 'fats', sizes: { list: [1, 'a', Number.NaN] } },
      [
        ['model', 'expected string, got the number 1.'],
        ['nCtx', 'must be >= 1, got the number 0.'],
        ['mode', 'expected one of "fast", "slow", got "fats". Did you mean \'fast\'?'],
        ['sizes.list.1', 'expected number, got "a".'],
        ['sizes.list.2', 'expected number, got the number NaN.'],
      ],
    ],
    ['that is a text', options, 'm', [['', `expected ${optionsName}, got "m".`]]],
    ['that is null', options, null, [['', `expected ${optionsName}, got null.`]]],
    ['that is not there', options, undefined, [['', `expected ${optionsName}, got nothing.`]]],
    ['that is a list', options, [1], [['', `expected ${optionsName}, got an array of 1.`]]],
    [
      'that is an instance of a class',
      t.record(t.string()),
      new Map([['a', 'b']]),
      [['', 'expected a plain object, got an instance of Map.']],
    ],
  ])
})

describe('limits', () => {
  testMessages([
    ['of a text', t.string({ minLength: 2 }), 'a', [['', 'must have at least 2 characters, got "a".']]],
    ['of one character', t.string({ minLength: 1 }), '', [['', 'must have at least 1 character, got "".']]],
    ['of a pattern', t.string({ pattern: '^a' }), 'b', [['', 'must match pattern "^a", got "b".']]],
    ['of a format', t.string({ format: 'date' }), 'b', [['', 'must match format "date", got "b".']]],
    [
      'of a list',
      t.array(t.string(), { maxItems: 1 }),
      ['a', 'b'],
      [['', 'must have at most 1 item, got an array of 2.']],
    ],
    [
      'of a set',
      t.array(t.string(), { uniqueItems: true }),
      ['a', 'b', 'a'],
      [['', 'items 2 and 0 are the same, but each may be there only once.']],
    ],
    ['of a number', t.number({ exclusiveMaximum: 1 }), 1, [['', 'must be < 1, got the number 1.']]],
    ['of a step', t.number({ multipleOf: 2 }), 3, [['', 'must be a multiple of 2, got the number 3.']]],
  ])
})

describe('a literal', () => {
  testMessages([
    ['of one value', t.literal('a'), 1, [['', 'expected "a", got the number 1.']]],
    [
      'of several kinds',
      t.literal('yes', 1, true),
      'no',
      [['', 'expected one of "yes", 1, true, got "no".']],
    ],
  ])
})

describe('a union', () => {
  testMessages([
    [
      'that the value is no member of',
      parts,
      5,
      [['', 'expected ChatMessage[] | string, got the number 5.']],
    ],
    [
      'inside an object has its name too',
      t.object({ parts }),
      { parts: null },
      [['parts', 'expected ChatMessage[] | string, got null.']],
    ],
    [
      'of which the value is nearly a member',
      parts,
      [{ role: 'user', content: [{ type: 'text', text: 1 }] }],
      [['0.content.0.text', 'expected string, got the number 1.']],
    ],
    [
      'of objects that a literal tells apart',
      shape,
      { kind: 'circle', radius: 'far' },
      [['radius', 'expected number, got "far".']],
    ],
    [
      'of which none has the literal',
      shape,
      { kind: 'line' },
      [
        [
          '',
          "expected { kind: 'square', side: number } | { kind: 'circle', radius: number }, got an object with 'kind'.",
        ],
      ],
    ],
    [
      'with a custom type',
      t.object({ onChunk: t.union(t.callback(), t.null()) }),
      { onChunk: 'print' },
      [['onChunk', 'expected Callback | null, got "print".']],
    ],
  ])
})

describe('a message', () => {
  const user = (...content: unknown[]) => ({ role: 'user', content })
  testMessages([
    ['that is a text', t.message(), 'hi', [['', 'expected ChatMessage, got "hi".']]],
    ['in a list', t.array(t.message()), ['hi'], [['0', 'expected ChatMessage, got "hi".']]],
    [
      'of a role that does not exist',
      t.message(),
      { role: 'usr', content: [] },
      [['role', 'expected one of "system", "user", "assistant", "tool", got "usr". Did you mean \'user\'?']],
    ],
    [
      'with text for its content',
      t.message(),
      { role: 'user', content: 'hello' },
      [['content', 'expected array, got "hello".']],
    ],
    ['without parts', t.message(), user(), [['content', 'must have at least 1 item, got an array of 0.']]],
    ['without content', t.message(), { role: 'user' }, [['', "'content' is missing."]]],
    [
      'with a part of a kind that does not exist',
      t.message(),
      user({ type: 'txt', text: 'a' }),
      [['content.0.type', 'expected one of "text", "image", "file", got "txt". Did you mean \'text\'?']],
    ],
    [
      'with a part that its role has not',
      t.message(),
      user({ type: 'toolCall', id: '1', name: 'add', arguments: {} }),
      [['content.0.type', 'expected one of "text", "image", "file", got "toolCall".']],
    ],
    [
      'with a part that is wrong in two ways',
      t.message(),
      user({ type: 'text', txt: 'a' }),
      [
        ['content.0', "'text' is missing."],
        ['content.0', "'txt' is unknown. Possible: 'type' and 'text'. Did you mean 'text'?"],
      ],
    ],
    [
      'with a part that is no object',
      t.message(),
      user('hello'),
      [
        ['content.0', 'expected object, got "hello".'],
        [
          'content.0',
          'expected TextContent | ImageContent | FileContent | ToolCall | ToolCallResult | ReasoningContent, got "hello".',
        ],
      ],
    ],
    [
      'with a meta that is not JSON',
      t.message(),
      { ...user({ type: 'text', text: 'a' }), meta: { f: () => 1 } },
      [['meta.f', 'expected JSON, got a function.']],
    ],
  ])
})

describe('what is not JSON', () => {
  const endless: Record<string, unknown> = {}
  endless['self'] = endless
  testMessages([
    ['a function', t.json(), () => 1, [['', 'expected JSON, got a function.']]],
    ['a part of a part', t.json(), { a: [1, { b: undefined }] }, [['a.1.b', 'expected JSON, got nothing.']]],
    ['a date', t.record(t.json()), { a: new Date(0) }, [['a', 'expected JSON, got an instance of Date.']]],
    [
      'what contains itself',
      t.json(),
      endless,
      [['', "expected JSON, got an object with 'self' that contains itself or is too deep."]],
    ],
  ])
})

describe('a custom type', () => {
  const even = t.custom('Even', (value) => Number(value) % 2 === 0)
  testMessages([
    ['as a whole', even, 1, [['', 'expected Even, got the number 1.']]],
    ['in an object', t.object({ even }), { even: 1 }, [['even', 'expected Even, got the number 1.']]],
  ])
})

describe('the path of a problem', () => {
  test('has numbers for indexes, and texts for keys that look like them', () => {
    const socket = t.record(t.array(t.integer()))
    expect(checkValue(socket, { '0': [1, 'a'], 'a/b~c': ['b'] }).map(({ path }) => path)).toEqual([
      ['0', 1],
      ['a/b~c', 0],
    ])
  })

  test('ends at the object that has a key too many or too few', () => {
    const socket = t.array(t.object({ name: t.string() }))
    expect(checkValue(socket, [{ name: 'a' }, { nam: 'b' }])).toEqual([
      { path: [1], message: "'name' is missing.", missingKey: 'name' },
      {
        path: [1],
        message: "'nam' is unknown. Possible: 'name'. Did you mean 'name'?",
        unknownKey: 'nam',
      },
    ])
  })
})

test('a keyword that we have no words for is told in those of the validator', () => {
  const error = {
    keyword: 'contains',
    instancePath: '',
    schemaPath: '#/contains',
    params: {},
    message: 'must contain at least 1 valid item(s)',
    data: [],
  }
  expect(problemsOf([error], [])).toEqual([
    { path: [], message: 'must contain at least 1 valid item(s), got an array of 0.' },
  ])
})
