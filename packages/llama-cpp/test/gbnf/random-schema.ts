import type { JsonObject } from '@millrace/core'
import fc from 'fast-check'

const key = fc.constantFrom('a', 'b', 'ab', 'name', 'é"')
const count = fc.integer({ min: 0, max: 3 })
const bound = fc.oneof(fc.integer({ min: -120, max: 120 }), fc.constantFrom(-0.5, 0.25, 1.5, 99.999, -3.125))

/** Without the keys that are undefined. */
function optional(shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<JsonObject> {
  return fc.record(shape, { requiredKeys: [] }) as fc.Arbitrary<JsonObject>
}

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constantFrom<JsonObject>(
    { type: 'boolean' },
    { type: 'null' },
    { enum: ['x', 1, null, { a: [1] }] },
    { const: 'y' },
    { type: ['string', 'null'], minLength: 1 },
  ),
  optional({ minLength: count, maxLength: fc.integer({ min: 3, max: 9 }) }).map((given) => ({
    type: 'string',
    ...given,
  })),
  fc
    .constantFrom('^[a-c]{1,3}$', 'x+y', '^(a|bc)*\\d?$', '^.[^a-z]\\s$', '"|\\\\')
    .map((pattern) => ({ type: 'string', pattern })),
  fc.constantFrom('date', 'time', 'date-time', 'uuid', 'ipv4', 'email').map((format) => ({
    type: 'string',
    format,
  })),
  fc
    .tuple(
      fc.constantFrom('integer', 'number'),
      optional({ minimum: bound, maximum: bound, exclusiveMinimum: bound, exclusiveMaximum: bound }),
    )
    .map(([type, given]) => ({ type, ...given })),
  fc.constantFrom<JsonObject>({ type: 'integer', minimum: -9, maximum: 40, multipleOf: 7 }),
)

/** Schemas of all kinds that a grammar can mostly hold a reply to; some are impossible. */
export const randomSchema: fc.Arbitrary<JsonObject> = fc.letrec<{ schema: JsonObject }>((tie) => {
  const schema = tie('schema')
  const inner = fc.oneof({ weight: 6, arbitrary: schema }, { weight: 1, arbitrary: fc.boolean() })
  const array = optional({
    items: inner,
    prefixItems: fc.array(inner, { minLength: 1, maxLength: 2 }),
    minItems: count,
    maxItems: fc.integer({ min: 1, max: 4 }),
  }).map((given): JsonObject => ({ type: 'array', ...given }))
  const object = optional({
    properties: fc.dictionary(key, inner, { maxKeys: 3 }),
    required: fc.uniqueArray(key, { maxLength: 2 }),
    additionalProperties: inner,
    minProperties: count,
    maxProperties: fc.integer({ min: 1, max: 4 }),
  }).map((given): JsonObject => ({ type: 'object', ...given }))
  const combined = fc
    .tuple(fc.constantFrom('anyOf', 'oneOf', 'allOf'), fc.array(schema, { minLength: 1, maxLength: 3 }))
    .map(([keyword, members]): JsonObject => ({ [keyword]: members }))
  return {
    schema: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, leaf, object, array, combined),
  }
}).schema
