import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import type { Socket } from '../../src/schema/socket.ts'
import type { JsonSchema } from '../../src/schema/socket-type.ts'
import { checkSchema, checkValue } from '../../src/schema/validate.ts'
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
      [['kind', 'expected one of "square", "circle", got "line".']],
    ],
    [
      'with a custom type',
      t.object({ onChunk: t.union(t.callback(), t.null()) }),
      { onChunk: 'print' },
      [['onChunk', 'expected Callback | null, got "print".']],
    ],
  ])
})

describe('a named type', () => {
  testMessages([
    ['that is a text', t.message(), 'hi', [['', 'expected ChatMessage, got "hi".']]],
    ['in a list', t.array(t.message()), ['hi'], [['0', 'expected ChatMessage, got "hi".']]],
    [
      'in a union with a text',
      t.union(t.string(), t.message()),
      { role: 'user', content: [] },
      [['content', 'must have at least 1 item, got an array of 0.']],
    ],
    [
      'in a union with another',
      t.union(t.document(), t.message()),
      { role: 'user' },
      [['', "expected Document | ChatMessage, got an object with 'role'."]],
    ],
    [
      'with a part that is wrong in two ways',
      t.message(),
      { role: 'user', content: [{ type: 'text', txt: 'a' }] },
      [
        ['content.0', "'text' is missing."],
        ['content.0', "'txt' is unknown. Possible: 'type' and 'text'. Did you mean 'text'?"],
      ],
    ],
  ])
})

describe('the errors of a union, from a schema of somebody else', () => {
  const short = { type: 'string', minLength: 3 }
  const numbers = { type: 'array', items: { type: 'number' } }
  const circle = { properties: { kind: { const: 'circle' }, radius: { type: 'number' } }, required: ['kind'] }
  const square = { properties: { kind: { const: 'square' }, side: { type: 'number' } }, required: ['kind'] }
  const figure = { type: 'object', oneOf: [square, circle] }
  const modes = ['fast', 'slow'].map((mode) => ({
    type: 'object',
    properties: { mode: { enum: [mode] }, speed: { type: 'number' } },
  }))
  const nullable = { anyOf: [{ type: 'object', properties: { mode: { enum: ['fast'] } } }, { type: 'null' }] }
  const either = {
    anyOf: [
      { type: 'object', required: ['a'] },
      { type: 'object', required: ['b'] },
    ],
  }
  const list = { type: 'array', items: { anyOf: [short, numbers] } }

  test.each<[what: string, schema: JsonSchema, value: unknown, places: string[]]>([
    ['its own where no member is meant', { anyOf: [short, numbers] }, 5, ['']],
    ['those of the member of its type', { anyOf: [short, numbers] }, [1, 'a', 'b'], ['1', '2']],
    ['those of the member whose constant it has', figure, { kind: 'circle', radius: 'far' }, ['radius']],
    ['its own where it has the constant of none', figure, { kind: 'line' }, ['']],
    ['those of the member whose literal it has', { anyOf: modes }, { mode: 'slow', speed: 'x' }, ['speed']],
    ['its own where it has the literal of none', { anyOf: modes }, { mode: 'none', speed: 'x' }, ['']],
    ['that of a literal where one member is possible', nullable, { mode: 'none' }, ['mode']],
    ['its own where several are', either, {}, ['']],
    [
      'those of the innermost member',
      { anyOf: [list, { type: 'null' }] },
      [['a'], 5, 'b'],
      ['0.0', '1', '2'],
    ],
    ['those of its neighbours, too', list, ['long', 6, ...Array(8).fill('long'), 5], ['1', '10']],
  ])('are %s', (_, schema, value, places) => {
    expect(checkSchema(schema, value).map(({ path }) => path.join('.'))).toEqual(places)
  })
})

describe('what is not JSON', () => {
  const endless: Record<string, unknown> = {}
  endless['self'] = endless
  testMessages([
    ['a function', t.json(), () => 1, [['', 'expected JSON, got a function.']]],
    [
      'a hole in a list',
      t.json(),
      Object.assign(new Array(3), { 0: 1, 2: 2 }),
      [['1', 'expected JSON, got nothing.']],
    ],
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

test('of a value of many parts the first mistake is said: a list of all would take more memory than there is', () => {
  const [first, ...more] = checkValue(t.array(t.number()), new Array(1_000_000).fill('x'))
  expect(first).toEqual({ path: [0], message: 'expected number, got "x".' })
  expect(more).toEqual([])
  const bytes = checkValue(t.object({ content: t.string() }), { content: Buffer.alloc(10_000_000) })
  expect(bytes.map(({ path }) => path)).toEqual([['content']])
  expect(checkValue(t.object({ a: t.optional(t.number()) }), Buffer.alloc(10_000_000))).toHaveLength(1)
})
