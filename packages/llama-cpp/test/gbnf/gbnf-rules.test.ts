import { describe, expect, test } from '@jest/globals'
import type { JsonObject, JsonValue } from '@millrace/core'
import { GbnfRules, jsonSchemaGrammar } from '../../src/gbnf/gbnf-rules.ts'
import { failureOf } from '../failure-of.ts'
import { accepts } from './gbnf-acceptor.ts'

describe('GbnfRules', () => {
  test('writes a grammar of rules of its own and rules for JSON', () => {
    const rules = new GbnfRules()
    const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }
    const call = rules.rule('call', `${rules.literal('add"(')} ${rules.jsonValue(schema, "tool 'add'")} ")"`)
    expect(rules.text(`${call}+`)).toBe(`root ::= call+
json ::= "{" ws more ws "}"
ws ::= (" " | "\\n" [ \\t]{0,20})?
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
more ::= "\\"a\\":" ws integer
call ::= "add\\"(" json ")"
`)
  })

  test('gives each rule a name that GBNF knows and nobody else has', () => {
    const rules = new GbnfRules()
    const names = ['get_weather', 'get weather', 'root', 'string', '日本', ''].map((name) =>
      rules.rule(name, '"x"'),
    )
    expect(names).toEqual(['get-weather', 'get-weather-2', 'root-2', 'string-2', 'rule', 'rule-2'])
  })

  test('escapes what literals cannot hold', () => {
    const text = 'a"\\\n\u0000é👍[]'
    const literal = new GbnfRules().literal(text)
    expect(literal).toBe('"a\\"\\\\\\x0A\\x00\\u00E9\\U0001F44D[]"')
    expect(accepts(`root ::= ${literal}\n`, text)).toBe(true)
  })

  test('keeps the definitions of several schemas apart', () => {
    const rules = new GbnfRules()
    const [a, b] = [{ type: 'null' }, { type: 'boolean' }].map((thing) =>
      rules.jsonValue({ $ref: '#/$defs/thing', $defs: { thing } }, 'schema'),
    )
    const grammar = rules.text(`${a} " " ${b}`)
    expect([accepts(grammar, 'null true'), accepts(grammar, 'true null')]).toEqual([true, false])
  })

  test('uses one rule for what is the same', () => {
    const point = { type: 'array', items: { type: 'number' }, maxItems: 2 }
    const grammar = jsonSchemaGrammar({ properties: { from: point, to: point } }, 'schema')
    expect(grammar.match(/"\["/g)).toHaveLength(1)
  })
})

const allKeywords =
  "'type', 'const', 'enum', 'anyOf', 'oneOf', 'allOf', '$ref', 'properties', 'required', 'additionalProperties', 'propertyNames', 'minProperties', 'maxProperties', 'items', 'prefixItems', 'minItems', 'maxItems', 'minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'"

function nested(depth: number): JsonObject {
  let schema: JsonObject = { type: 'null' }
  for (let level = 0; level < depth; level += 1) schema = { items: schema }
  return schema
}

describe('a schema that no grammar can hold a reply to', () => {
  test.each<{ schema: JsonValue; says: string }>([
    { schema: false, says: "'schema' is false, which no reply can fit" },
    { schema: 3, says: "'schema' is 3, which no reply can fit" },
    ...['not', 'if', 'dependentRequired', 'patternProperties', 'contains', 'unevaluatedItems'].map(
      (keyword) => ({
        schema: { [keyword]: {} },
        says: `'schema' uses '${keyword}'. Possible: ${allKeywords}`,
      }),
    ),
    { schema: { uniqueItems: true }, says: `'schema' uses 'uniqueItems'. Possible: ${allKeywords}` },
    { schema: { type: 'date' }, says: `'schema' has the type "date", which JSON has not` },
    {
      schema: { allOf: [{ type: 'null' }, { type: 'string' }] },
      says: "'schema' allows nothing that a reply could be",
    },
    { schema: { anyOf: [] }, says: "'schema' has an empty 'anyOf'" },
    { schema: { anyOf: [false] }, says: "'schema' allows nothing that a reply could be" },
    {
      schema: { oneOf: [{ type: 'null' }, { type: 'integer' }, { type: 'number' }] },
      says: "'schema' has a 'oneOf' of which 1 and 2 may fit at once. Possible: 'anyOf', or a key that both require with different values",
    },
    { schema: { enum: [] }, says: "'schema' has no value in 'enum' or 'const' that fits" },
    { schema: { type: 'string', const: 3 }, says: "'schema' has no value in 'enum' or 'const' that fits" },
    { schema: { enum: 'a' }, says: "'schema' has an 'enum' that is no list" },
    {
      schema: { enum: [{}], minProperties: 0, properties: { a: { $ref: '#' } } },
      says: "'schema' has an 'enum' beside a '$ref' to another place than '$defs'",
    },
    {
      schema: { type: 'string', format: 'uri' },
      says: `'schema' has the format "uri". Possible: 'date', 'time', 'date-time', 'uuid', 'ipv4' and 'email'`,
    },
    {
      schema: { format: 'date', pattern: '^2' },
      says: "'schema' has a 'pattern' beside its 'format'",
    },
    {
      schema: { format: 'date', maxLength: 3 },
      says: "'schema' has a length beside a format that can be of another",
    },
    {
      schema: { pattern: 'a', maxLength: 3 },
      says: "'schema' has a length beside a pattern that can be of another",
    },
    { schema: { minLength: 3, maxLength: 2 }, says: "'schema' has a 'maxLength' of 2, but needs 3" },
    {
      schema: { minLength: -1 },
      says: "'schema' has a 'minLength' of -1, which is no whole number from 0",
    },
    { schema: { minItems: 3, maxItems: 2 }, says: "'schema' has a 'maxItems' of 2, but needs 3" },
    {
      schema: { prefixItems: [true], items: false, minItems: 2 },
      says: "'schema' has a 'minItems' of 2, but cannot have more than 1",
    },
    {
      schema: { items: [true] },
      says: "'schema' has a list of 'items'. Possible: 'prefixItems'",
    },
    {
      schema: { properties: { a: true }, minProperties: 2 },
      says: "'schema' has a 'minProperties' of 2 that cannot be kept: there are only those with a name",
    },
    {
      schema: { type: 'object', minProperties: 2 },
      says: "'schema' has a 'minProperties' of 2 that cannot be kept: there are no keys that are sure to differ",
    },
    {
      schema: { type: 'object', minProperties: 2, maxProperties: 1 },
      says: "'schema' has a 'minProperties' of 2 and a 'maxProperties' of 1, which nothing keeps",
    },
    {
      schema: { required: ['a', 'b'], maxProperties: 1 },
      says: "'schema' has a 'maxProperties' of 1 that cannot be kept: 2 are required",
    },
    {
      schema: { properties: { a: true }, required: ['a', 'b'], additionalProperties: false },
      says: "'schema' requires 'b', which is not among its properties",
    },
    {
      schema: { properties: { a: false }, required: ['a'] },
      says: "'schema.properties.a' is false, which no reply can fit",
    },
    { schema: { required: 'a' }, says: "'schema' has a 'required' that is no list of texts" },
    {
      schema: { properties: { a: true }, propertyNames: { maxLength: 1 } },
      says: "'schema' has 'propertyNames' beside 'properties'",
    },
    {
      schema: { type: 'object', propertyNames: false },
      says: "'schema' has false for 'propertyNames', which no key fits",
    },
    {
      schema: { type: 'integer', minimum: 1.1, maximum: 1.9 },
      says: "'schema' has no whole number between its limits",
    },
    { schema: { type: 'number', minimum: 2, maximum: 1 }, says: "'schema' has no number between its limits" },
    {
      schema: { type: 'integer', multipleOf: 2 },
      says: "'schema' has a 'multipleOf' of 2. Possible: 1, or limits with up to 1000 such numbers between them",
    },
    {
      schema: { type: 'number', multipleOf: 0.01 },
      says: "'schema' has a 'multipleOf' of 0.01. Possible: whole numbers from 1",
    },
    {
      schema: { type: 'number', maximum: 1e-9 },
      says: "'schema' has a limit of 1e-9. Possible for numbers: up to 6 digits behind the point",
    },
    { schema: { minimum: '1' }, says: `'schema' has "1" for 'minimum', which is no number` },
    {
      schema: { $ref: '#/$defs/b', $defs: { a: true } },
      says: "'schema' refers to '#/$defs/b'. Possible: '#/$defs/a'",
    },
    {
      schema: { $ref: 'https://example.org/a' },
      says: "'schema' refers to 'https://example.org/a'. Possible: none",
    },
    {
      schema: { $id: 'https://example.org/a', properties: { a: { $id: 'https://example.org/b' } } },
      says: "'schema.properties.a' has an '$id', which belongs at the root",
    },
    { schema: { $ref: '#' }, says: "'schema' leads back to itself before anything is written" },
    {
      schema: { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } } },
      says: "'schema.anyOf.1' leads back to itself before anything is written",
    },
    {
      schema: { $ref: '#/$defs/a', maxLength: 1, $defs: { a: { $ref: '#/$defs/a' } } },
      says: "'schema' leads back to itself before anything is written",
    },
    {
      schema: { allOf: [{ pattern: 'a' }, { pattern: 'b' }] },
      says: "'schema' has two different 'pattern', which cannot be made one",
    },
    {
      schema: { allOf: [{ prefixItems: [true] }, { items: { type: 'null' } }] },
      says: "'schema' has 'prefixItems' in one part and 'items' in another, which cannot be made one",
    },
    {
      schema: { required: Array.from({ length: 1001 }, (_, index) => `key ${index}`) },
      says: "'schema' has 1001 properties. Possible: 1000",
    },
    {
      schema: { properties: { ['k'.repeat(1001)]: true } },
      says: "'schema' has a key of 1001 characters. Possible: 1000",
    },
    { schema: nested(100), says: `'schema${'.items'.repeat(60)}' is more than 60 schemas deep` },
    { schema: nested(400), says: "'schema' is more than 300 values deep" },
    {
      schema: { enum: Array.from({ length: 200_001 }, () => 1) },
      says: "'schema' has more than 200000 values",
    },
    {
      schema: { const: 'a'.repeat(300_000) },
      says: "'schema' has values of 300002 characters. Possible: 200000",
    },
  ])('is refused with the place and the reason: $says', async ({ schema, says }) => {
    const origin = { engine: 'node-llama-cpp', option: 'generationKwargs.responseFormat' }
    const error = await failureOf(() => jsonSchemaGrammar(schema, 'schema', origin))
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', ...origin })
    expect(error.message).toBe(`Engine 'node-llama-cpp' cannot hold a reply to this schema: ${says}.`)
  })

  test.each([
    ['a(', 'which is not a regular expression: Invalid regular expression: /a(/u: Unterminated group'],
    ['^(?=a)', "of which a grammar cannot say '(?=a)'"],
    ['(?<!a)b', "of which a grammar cannot say '(?<!a)'"],
    ['(a)\\1', "of which a grammar cannot say '\\1'"],
    ['\\bword\\b', "of which a grammar cannot say '\\b'"],
    ['\\p{L}+', "of which a grammar cannot say '\\p{L}'"],
    ['a^b', "of which a grammar can say '^' only at the start or end of the whole"],
    ['(a$)', "of which a grammar can say '$' only at the start or end of the whole"],
    ['(a*)*', 'of which a grammar cannot repeat a part that may be empty'],
    ['a'.repeat(5001), 'which is longer than 5000 characters'],
    ['('.repeat(60) + ')'.repeat(60), 'which has groups in groups, more than 50 deep'],
    ['('.repeat(2400) + ')'.repeat(2400), 'which has groups in groups, more than 50 deep'],
  ])('names what it cannot say of a pattern: %s', async (pattern, says) => {
    const error = await failureOf(() => jsonSchemaGrammar({ type: 'string', pattern }, 'schema'))
    expect(error.message).toBe(
      `A grammar cannot hold a reply to this schema: 'schema' has the pattern ${JSON.stringify(pattern.length > 200 ? `${pattern.slice(0, 200)}…` : pattern)}, ${says}.`,
    )
  })

  test('is named as its owner calls it, with the place deep inside', async () => {
    const schema = { properties: { people: { items: { properties: { age: { not: {} } } } } } }
    const error = await failureOf(() => new GbnfRules().jsonValue(schema, "tool 'add'"))
    expect(error.message).toContain(
      "A grammar cannot hold a reply to this schema: tool 'add'.properties.people.items.properties.age uses 'not'.",
    )
  })

  test('costs bounded work, whatever it refers to', async () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => {
        const next = { $ref: `#/$defs/d${index + 1}` }
        return [`d${index}`, { anyOf: [{ allOf: [next, next] }, { oneOf: [next, next], maxLength: 1 }] }]
      }),
    )
    const schema = { $ref: '#/$defs/d0', minLength: 1, $defs: { ...$defs, d40: { type: 'string' } } }
    const started = performance.now()
    expect((await failureOf(() => jsonSchemaGrammar(schema, 'schema'))).code).toBe('OPTION_UNSUPPORTED')
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
