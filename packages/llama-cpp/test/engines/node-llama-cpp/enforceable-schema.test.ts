import { describe, expect, test } from '@jest/globals'
import { enforceableSchema } from '../../../src/engines/node-llama-cpp/enforceable-schema.ts'
import { failureOf } from '../../failure-of.ts'

const anything = {
  oneOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
    { type: 'array' },
    { type: 'object', additionalProperties: true },
  ],
}

describe('enforceableSchema', () => {
  test.each([
    { what: 'takes a schema as it is', given: { type: 'integer' }, made: { type: 'integer' } },
    { what: 'lets true be anything', given: true, made: anything },
    { what: 'lets an empty schema be anything', given: { title: 'Any' }, made: anything },
    {
      what: 'drops what says nothing about validity',
      given: { type: 'string', title: 'a', description: 'b', default: 'c', examples: [], $comment: 'd' },
      made: { type: 'string' },
    },
    {
      what: 'takes anyOf for alternatives',
      given: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      made: { oneOf: [{ type: 'string' }, { type: 'null' }] },
    },
    {
      what: 'takes several types for alternatives, each with its own keywords',
      given: { type: ['string', 'array'], maxLength: 3, minItems: 1 },
      made: {
        oneOf: [
          { type: 'string', maxLength: 3 },
          { type: 'array', minItems: 1 },
        ],
      },
    },
    {
      what: 'knows the type that keywords are about',
      given: { prefixItems: [{ minLength: 1 }] },
      made: { type: 'array', prefixItems: [{ type: 'string', minLength: 1 }] },
    },
    { what: 'takes a constant for an enum of one', given: { const: null }, made: { enum: [null] } },
    {
      what: 'leaves out values that are not of the type',
      given: { type: 'integer', enum: [1, 1.5, 'a', null] },
      made: { enum: [1] },
    },
    {
      what: 'lets an object without properties have any',
      given: { type: 'object' },
      made: { type: 'object', properties: {}, additionalProperties: true },
    },
    {
      what: 'lets an object have none',
      given: { type: 'object', additionalProperties: false },
      made: { type: 'object', properties: {}, additionalProperties: false },
    },
    {
      what: 'adds no properties without a name to others',
      given: { properties: { a: { type: 'null' } }, additionalProperties: true },
      made: { type: 'object', properties: { a: { type: 'null' } } },
    },
    {
      what: 'ends a list of given items where others are false',
      given: { prefixItems: [{ type: 'null' }], items: false },
      made: { type: 'array', prefixItems: [{ type: 'null' }], maxItems: 1 },
    },
    {
      what: 'keeps references, also round in a circle',
      given: { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } } },
      made: { $ref: '#/$defs/a', $defs: { a: { oneOf: [{ type: 'null' }, { $ref: '#/$defs/a' }] } } },
    },
  ])('$what', ({ given, made }) => {
    expect(enforceableSchema(given)).toEqual(made)
  })

  test.each([
    { schema: { type: 'integer', minimum: 3 }, says: " uses 'minimum'. Possible: 'type', 'const'," },
    { schema: { pattern: 'a+' }, says: " uses 'pattern'. Possible: " },
    { schema: { allOf: [{ type: 'string' }] }, says: " uses 'allOf'. Possible: " },
    { schema: { not: { type: 'string' } }, says: " uses 'not'. Possible: " },
    { schema: { type: 'array', uniqueItems: true }, says: " uses 'uniqueItems'. Possible: " },
    { schema: { type: 'string', minItems: 1 }, says: " uses 'minItems'. Possible: " },
    { schema: { type: 'date' }, says: " has the type 'date', which JSON has not." },
    {
      schema: { type: 'string', format: 'email' },
      says: " has the format 'email'. Possible: 'date-time', 'date' and 'time'.",
    },
    { schema: { type: 'string', format: 'date', maxLength: 3 }, says: " has a length beside its 'format'." },
    { schema: { minLength: 3, maxLength: 2 }, says: " has a 'maxLength' of 2, but needs 3." },
    { schema: { minItems: 3, maxItems: 2 }, says: " has a 'maxItems' of 2, but needs 3." },
    { schema: { prefixItems: [true, true], maxItems: 1 }, says: " has a 'maxItems' of 1, but needs 2." },
    {
      schema: { properties: { a: true, b: true }, maxProperties: 1 },
      says: " has a 'maxProperties' of 1, but needs 2.",
    },
    {
      schema: { properties: { a: true }, required: ['a', 'b'] },
      says: " requires 'b', which is not among its properties.",
    },
    {
      schema: { properties: { a: true }, additionalProperties: { type: 'string' } },
      says: " has 'additionalProperties' beside 'properties'.",
    },
    {
      schema: { properties: { a: true }, minProperties: 2 },
      says: " has 'additionalProperties' beside 'properties'.",
    },
    { schema: { enum: [{ a: 1 }] }, says: " has an object or array in 'enum'." },
    { schema: { enum: [] }, says: " has no value in 'enum' that fits." },
    { schema: { type: 'string', const: 3 }, says: " has no value in 'const' that fits." },
    { schema: { enum: ['a'], minLength: 1 }, says: " has 'minLength' beside 'enum'." },
    { schema: { oneOf: [{ type: 'null' }], type: 'null' }, says: " has 'type' beside 'oneOf'." },
    { schema: { anyOf: [] }, says: " has an empty 'anyOf'." },
    {
      schema: { $ref: '#/$defs/b', $defs: { a: true } },
      says: " refers to '#/$defs/b'. Possible: '#/$defs/a'.",
    },
    {
      schema: { $ref: 'https://example.org/a' },
      says: " refers to 'https://example.org/a'. Possible: none.",
    },
    { schema: false, says: ' is false, which no reply can fit.' },
  ])('refuses what the grammar cannot hold a reply to: $schema', async ({ schema, says }) => {
    const error = await failureOf(() => enforceableSchema(schema))
    expect(error).toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      option: 'generationKwargs.responseFormat',
      engine: 'node-llama-cpp',
    })
    expect(error.message).toContain(
      `Engine 'node-llama-cpp' cannot hold a reply to this schema: 'generationKwargs.responseFormat.schema'${says}`,
    )
  })

  test('names the place deep inside', async () => {
    const schema = {
      properties: { people: { items: { properties: { age: { type: 'integer', maximum: 9 } } } } },
    }
    expect((await failureOf(() => enforceableSchema(schema))).message).toContain(
      "'generationKwargs.responseFormat.schema.properties.people.items.properties.age' uses 'maximum'.",
    )
    const nested = { items: { $defs: { a: true }, type: 'string' } }
    expect((await failureOf(() => enforceableSchema(nested))).message).toContain(
      "'generationKwargs.responseFormat.schema.items' has '$defs', which belong at the root.",
    )
  })
})
