import { describe, expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { problemsOf, refusal, wordsOf } from './refusal.ts'

function metadataOf(text: string): unknown {
  return loadPipeline(text, { registry }).options.metadata
}

test.each([
  [
    'metadata: { 15043: -100 }',
    "1:13 A key must be a string, and 15043 is a number. Write it in quotes: '15043'.",
  ],
  ['metadata: { : a }', '1:12 A key must be a string, and this one is empty. Write one before the colon.'],
  ['metadata: { [a, b]: c }', '1:13 A key must be a string, and this one is a list.'],
  ['metadata: { x: &x a, *x : c }', '1:22 A key must be a string, and this one is an alias.'],
  [
    'components: {}\nmetadata: { a: 1 }\ncomponents: {}',
    "3:1 The key 'components' is there already, on line 1. Remove one of the two.",
  ],
  ["'__proto__': {}", "1:1 The key '__proto__' is not possible: in JavaScript it is not an ordinary key."],
  [
    'metadata: { a: &a { b: 1 }, c: { <<: *a } }',
    "1:34 '<<' merges mappings in YAML 1.1, but not in YAML 1.2. Write the keys out, or use an alias for the whole value.",
  ],
  [
    'metadata:\n  run: !!js/function &a "() => 1"',
    "2:8 The tag '!!js/function' is not possible: a file holds plain strings, numbers, true, false, null, lists and mappings.",
  ],
  ['metadata: { a: -.inf }', '1:16 -.inf is not a finite number, and only those are possible.'],
  [
    'metadata: { id: 9007199254740993 }',
    '1:17 9007199254740993 has more digits than a number can hold; it would become 9007199254740992. Write it in quotes if it is a name.',
  ],
  ['metadata: { a: *b, c: &b 1 }', "1:16 The alias '*b' stands for nothing: there is no '&b' before it."],
  [
    'metadata: { a: &a [[*a]] }',
    "1:21 The alias '*a' is inside what it stands for, which would have no end.",
  ],
  [
    '%YAML 1.1\n---\n{}',
    "1:1 The directive '%YAML 1.1' is not possible: a pipeline file is YAML 1.2 without custom tags. Remove the line.",
  ],
  [
    'components: {}\n---\ncomponents: {}\n',
    '2:1 A second document starts here. A pipeline file has one: remove the line, or split the file.',
  ],
  ['metadata:\n  a: "x\n  b: y\n', '2:6 The quote that opens here is not closed.'],
  // The parser loses its way here; what follows from that is left out.
  ['components: }\nmetadata:\n  a: 1\nconnections: [\n', '1:13 Unexpected "}" here.'],
])('%j is refused in words', (text, words) => {
  expect(wordsOf(text)).toEqual([words])
})

test('every syntax error is reported', () => {
  expect(wordsOf('metadata: { a: [1, , 2] }\ninputs: "a" b\noutputs: @z\n')).toEqual([
    '1:20 Unexpected , in flow sequence.',
    '2:13 Unexpected scalar at node end.',
    '3:10 Plain value cannot start with reserved character @.',
  ])
})

describe('keys', () => {
  test.each(['{ null: a }', '\n  true: a', '\n  ? { a: b }\n  : c'])('metadata: %j is refused', (mapping) => {
    expect(problemsOf(`metadata: ${mapping}`)).toEqual(['LOAD_SHAPE metadata'])
  })

  test.each([
    ['components: { __proto__: { type: Echo } }', 'components.__proto__'],
    ['metadata: { "__proto__": 1 }', 'metadata.__proto__'],
    ['metadata: [{ a: { __proto__: {} } }]', 'metadata[0].a.__proto__'],
  ])('__proto__ is refused: %s', (text, path) => {
    expect(problemsOf(text)).toContain(`LOAD_SHAPE ${path}`)
  })

  test('constructor and prototype are keys like any other, and so is a merge key in quotes', () => {
    const metadata = { constructor: 1, prototype: 2, '<<': 3 }
    expect(metadataOf(`metadata: ${JSON.stringify(metadata)}`)).toEqual(metadata)
    const pipeline = loadPipeline('components: { constructor: { type: Echo } }', { registry })
    expect(pipeline.names()).toEqual(['constructor'])
  })

  test('of keys that are there twice, both values are looked at', () => {
    expect(problemsOf('metadata: { a: .nan, a: .inf }')).toEqual([
      'LOAD_SHAPE metadata.a',
      'LOAD_SYNTAX metadata.a',
      'LOAD_SHAPE metadata.a',
    ])
  })
})

describe('values', () => {
  test.each([
    '!!binary SGk=',
    '!!timestamp 2020-01-01',
    '!!set { a }',
    '!!omap [a: 1]',
    '!mine x',
    '!<x> y',
    '! z',
  ])('the tag of %s is refused', (value) => {
    expect(problemsOf(`metadata: { a: ${value} }`)).toEqual(['LOAD_SYNTAX metadata.a'])
  })

  test.each(['.inf', '.nan', '1e999'])('%s is refused', (value) => {
    expect(problemsOf(`metadata: { a: ${value} }`)).toEqual(['LOAD_SHAPE metadata.a'])
  })

  test.each(['9007199254740992', '100000000000000000000', '1152921504606847000', '-0', '0x1F', '1.5e3'])(
    'the number %s is kept',
    (value) => {
      expect(metadataOf(`metadata: { a: ${value} }`)).toEqual({ a: Number(value) })
    },
  )

  test.each<[string, unknown]>([
    ['{ a: !!str 1, b: !!int "2", c: !!seq [] }', { a: '1', b: 2, c: [] }],
    // What YAML 1.1 would change stays a string.
    ['{ a: [yes, no, on, 2020-01-01, 1_000, 0777] }', { a: ['yes', 'no', 'on', '2020-01-01', '1_000', 777] }],
    [
      '{ a: [1, -2.5, true, null, ~, text, "1"], b: {} }',
      { a: [1, -2.5, true, null, null, 'text', '1'], b: {} },
    ],
    ['\n  a: |\n    lines\n    more\n  b:\n', { a: 'lines\nmore\n', b: null }],
    ['{ a: [b: 1, c] }', { a: [{ b: 1 }, 'c'] }],
  ])('%s is the JSON that it says', (written, value) => {
    expect(metadataOf(`metadata: ${written}`)).toEqual(value)
  })
})

describe('aliases', () => {
  test('stand for a copy of what they name', () => {
    const metadata = metadataOf('metadata: { a: &a { b: [1] }, c: *a, d: [*a, *a] }')
    const copy = { b: [1] }
    expect(metadata).toEqual({ a: copy, c: copy, d: [copy, copy] })
    expect((metadata as { a: unknown }).a).not.toBe((metadata as { c: unknown }).c)
  })

  test('an anchor that is set again counts from there', () => {
    expect(metadataOf('metadata: { a: &x 1, b: *x, c: &x 2, d: *x }')).toEqual({ a: 1, b: 1, c: 2, d: 2 })
  })

  test.each([
    'metadata: &a { b: *a }',
    '&a { metadata: { b: *a } }',
    'metadata: &a { b: &b { c: *a }, d: *b }',
  ])('one in what it stands for is refused: %s', (text) => {
    expect(refusal(text).code).toBe('LOAD_SYNTAX')
  })

  test('may be followed as often as maxAliases says', () => {
    const text = 'metadata: { a: &a 1, b: [*a, *a, *a] }'
    expect(() => loadPipeline(text, { registry, limits: { maxAliases: 3 } })).not.toThrow()
    expect(wordsOf(text, { maxAliases: 2 })).toEqual([
      "1:34 Aliases are followed more often than the 2 times of 'maxAliases'.",
    ])
  })

  test('must not multiply a large value', () => {
    const aliases = Array.from({ length: 30 }, (_, index) => `  b${index}: *a`)
    const text = `metadata:\n  a: &a [${'1,'.repeat(4000)}]\n${aliases.join('\n')}`
    expect(refusal(text).message).toContain("stand for more than the 50000 values of 'maxExpansions'.")
  })
})

describe('maxDepth', () => {
  test.each([
    ['flow', 'metadata: { a: [[1]] }'],
    ['block', 'metadata:\n  a:\n    -\n      - 1'],
    ['compact', 'metadata:\n  a:\n  - - 1'],
  ])('counts lists and mappings, %s style', (_, text) => {
    expect(refusal(text, { maxDepth: 3 }).code).toBe('LOAD_LIMIT')
    expect(() => refusal(text, { maxDepth: 4 })).toThrow('Nothing was thrown.')
  })

  test('says where, and counts behind aliases too', () => {
    expect(wordsOf('metadata: { a: { b: { c: 1 } } }', { maxDepth: 3 })).toEqual([
      "1:27 Lists and mappings are nested deeper than the 3 levels of 'maxDepth'.",
    ])
    expect(problemsOf('metadata: { a: &a [[1]], b: [[*a]] }', { maxDepth: 5 })).toEqual(['LOAD_LIMIT'])
  })

  test.each([
    ['flow lists', `metadata: { a: ${'['.repeat(598)}1${']'.repeat(598)} }`],
    ['flow mappings', `metadata: { a: ${'{a: '.repeat(598)}1${'}'.repeat(598)} }`],
    ['compact lists', `metadata:\n  a:\n    ${'- '.repeat(598)}1`],
    [
      'block mappings',
      `metadata:\n${Array.from({ length: 599 }, (_, level) => `${' '.repeat(level + 1)}a:`).join('\n')}`,
    ],
  ])('%s may be as deep as the parser can follow', (_, text) => {
    expect(loadPipeline(text, { registry, limits: { maxDepth: 600 } }).names()).toEqual([])
    expect(refusal(text, { maxDepth: 599 }).code).toBe('LOAD_LIMIT')
  })
})

test('maxBytes counts UTF-8', () => {
  expect(wordsOf('{}', { maxBytes: 1 })).toEqual(["The file is larger than the 1 bytes of 'maxBytes'."])
  // Six characters, eight bytes.
  expect(refusal('# ßß\n{', { maxBytes: 7 }).code).toBe('LOAD_LIMIT')
})

test.each(['%FOO bar\n---\n{}', '%TAG !e! tag:e,2000:\n---\n{}', '%YAML 1.3\n---\n{}'])(
  'the directive of %j is refused',
  (text) => {
    expect(problemsOf(text)).toEqual(['LOAD_SYNTAX'])
  },
)

describe('a text that is not a mapping', () => {
  test.each(['', '\n\n', '# only a comment\n', '---\n', 'null', '~'])('%j is empty', (text) => {
    expect(wordsOf(text)[0]).toMatch(/^A pipeline file is a mapping, and this one is empty\. For example:\n/)
  })

  test.each([
    ['a list', '- a\n- b'],
    ['a string', 'hello'],
    ['a number', '42'],
    ['a boolean', 'true'],
  ])('%s is refused', (kind, text) => {
    expect(wordsOf(text)[0]).toContain(`1:1 A pipeline file is a mapping, not ${kind}.`)
  })

  test('is not called empty when it was refused for another reason', () => {
    expect(problemsOf('.nan')).toEqual(['LOAD_SHAPE'])
  })
})
