import { describe, expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { problemsOf, refusal } from './refusal.ts'

function metadataOf(text: string): unknown {
  return loadPipeline(text, { registry }).options.metadata
}

describe('keys', () => {
  test.each([
    ['a number', 'metadata: { 1: a }'],
    ['null', 'metadata: { null: a }'],
    ['a boolean', 'metadata:\n  true: a'],
    ['nothing', 'metadata: { : a }'],
    ['a list', 'metadata: { [a, b]: c }'],
    ['a mapping', 'metadata:\n  ? { a: b }\n  : c'],
    ['an alias', 'metadata: { x: &x a, *x : c }'],
  ])('%s as a key is refused', (_, text) => {
    expect(problemsOf(text)).toEqual(['LOAD_SHAPE metadata'])
  })

  test('a key that is no string is told how to become one', () => {
    expect(refusal('metadata: { 15043: -100 }').message).toMatchInlineSnapshot(`
"p.yaml:1:13: metadata: A key must be a string, and 15043 is a number. Write it in quotes: '15043'.
  1 | metadata: { 15043: -100 }
    |             ^"
`)
  })

  test('a key that is there twice is refused with the line of the first', () => {
    expect(refusal('components: {}\nmetadata: { a: 1 }\ncomponents: {}').message).toMatchInlineSnapshot(`
"p.yaml:3:1: components: The key 'components' is there already, on line 1. Remove one of the two.
  3 | components: {}
    | ^"
`)
  })

  test.each([
    'components: { __proto__: { type: Echo } }',
    'metadata: { "__proto__": 1 }',
    'metadata: [{ a: { __proto__: {} } }]',
    "'__proto__': {}",
  ])('__proto__ is refused: %s', (text) => {
    expect(
      problemsOf(text).some((problem) => problem.startsWith('LOAD_SHAPE') && problem.endsWith('__proto__')),
    ).toBe(true)
  })

  test('constructor and prototype are keys like any other', () => {
    expect(metadataOf('metadata: { constructor: 1, prototype: 2 }')).toEqual({ constructor: 1, prototype: 2 })
    const pipeline = loadPipeline('components: { constructor: { type: Echo } }', { registry })
    expect(pipeline.names()).toEqual(['constructor'])
  })

  test('a merge key is refused with an explanation', () => {
    expect(refusal('metadata: { a: &a { b: 1 }, c: { <<: *a } }').message).toMatchInlineSnapshot(`
"p.yaml:1:34: metadata.c: '<<' merges mappings in YAML 1.1, but not in YAML 1.2. Write the keys out, or use an alias for the whole value.
  1 | metadata: { a: &a { b: 1 }, c: { <<: *a } }
    |                                  ^"
`)
  })

  test('a merge key in quotes is a key', () => {
    expect(metadataOf("metadata: { '<<': 1 }")).toEqual({ '<<': 1 })
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

  test('a tag is pointed at, not its value', () => {
    expect(refusal('metadata:\n  run: !!js/function &a "() => 1"').message).toMatchInlineSnapshot(`
"p.yaml:2:8: metadata.run: The tag '!!js/function' is not possible: a file holds plain strings, numbers, true, false, null, lists and mappings.
  2 |   run: !!js/function &a "() => 1"
    |        ^"
`)
  })

  test('the tags of the core schema may be written', () => {
    expect(metadataOf('metadata: !!map { a: !!str 1, b: !!int "2", c: !!seq [] }')).toEqual({
      a: '1',
      b: 2,
      c: [],
    })
  })

  test.each(['.inf', '-.inf', '.nan', '1e999'])('%s is refused', (value) => {
    expect(problemsOf(`metadata: { a: ${value} }`)).toEqual(['LOAD_SHAPE metadata.a'])
  })

  test('a number with more digits than it can keep is refused', () => {
    expect(refusal('metadata: { id: 9007199254740993 }').message).toMatchInlineSnapshot(`
"p.yaml:1:17: metadata.id: 9007199254740993 has more digits than a number can hold; it would become 9007199254740992. Write it in quotes if it is a name.
  1 | metadata: { id: 9007199254740993 }
    |                 ^"
`)
  })

  test.each(['9007199254740992', '100000000000000000000', '1152921504606847000', '-0', '0x1F', '1.5e3'])(
    'the number %s is kept',
    (value) => {
      expect(metadataOf(`metadata: { a: ${value} }`)).toEqual({ a: Number(value) })
    },
  )

  test('what YAML 1.1 would change stays a string', () => {
    expect(metadataOf('metadata: { a: [yes, no, on, 2020-01-01, 1_000, 0777] }')).toEqual({
      a: ['yes', 'no', 'on', '2020-01-01', '1_000', 777],
    })
  })
})

describe('aliases', () => {
  test('an alias stands for a copy of what it names', () => {
    const metadata = metadataOf('metadata: { a: &a { b: [1] }, c: *a, d: [*a, *a] }')
    const copy = { b: [1] }
    expect(metadata).toEqual({ a: copy, c: copy, d: [copy, copy] })
    expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata)
  })

  test('an anchor that is set again counts from there', () => {
    expect(metadataOf('metadata: { a: &x 1, b: *x, c: &x 2, d: *x }')).toEqual({ a: 1, b: 1, c: 2, d: 2 })
  })

  test('an alias of nothing is refused', () => {
    expect(refusal('metadata: { a: *b, c: &b 1 }').message).toMatchInlineSnapshot(`
"p.yaml:1:16: metadata.a: The alias '*b' stands for nothing: there is no '&b' before it.
  1 | metadata: { a: *b, c: &b 1 }
    |                ^"
`)
  })

  test.each(['metadata: &a { b: *a }', 'metadata: { a: &a [[*a]] }', '&a { metadata: { b: *a } }'])(
    'an alias inside of what it stands for is refused: %s',
    (text) => {
      expect(refusal(text).message).toContain('is inside of what it stands for, which would have no end.')
    },
  )

  test('aliases may be followed as often as maxAliases says', () => {
    const text = 'metadata: { a: &a 1, b: [*a, *a, *a] }'
    expect(() => loadPipeline(text, { registry, limits: { maxAliases: 3 } })).not.toThrow()
    expect(refusal(text, { maxAliases: 2 }).message).toMatchInlineSnapshot(`
"p.yaml:1:34: Aliases are followed more often than the 2 times of 'maxAliases'.
  1 | metadata: { a: &a 1, b: [*a, *a, *a] }
    |                                  ^"
`)
  })
})
