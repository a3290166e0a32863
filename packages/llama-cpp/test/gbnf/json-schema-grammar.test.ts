// What a grammar lets through, asked of a reader of GBNF of our own: all that is said to fit, and none of the near misses.
import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '@millrace/core'
import { checkSchema } from '@millrace/core/component'
import { jsonSchemaGrammar } from '../../src/gbnf/json-schema-grammar.ts'
import { accepts } from './gbnf-acceptor.ts'

interface Case {
  readonly schema: JsonObject
  readonly fits: readonly string[]
  readonly misses: readonly string[]
}

const tagged = (kind: string, more: JsonObject) => ({
  type: 'object',
  properties: { kind: { const: kind }, ...more },
  required: ['kind'],
})

const cases: Case[] = [
  {
    schema: {},
    fits: ['1', '"a"', 'null', '[]', '{}', '{"a": [1, {"b":true}]}', '{\n  "a": 1,\n  "b": 2\n}'],
    misses: ['', 'a', '01', '[1,]', '{"a"}', '"\n"', '"\\x"', '"\\ud800"', '1 ', ' 1', '{"a":  1}', '[,1]'],
  },
  { schema: { type: 'boolean' }, fits: ['true', 'false'], misses: ['True', '1', '"true"', 'null', 'true '] },
  { schema: { type: 'null' }, fits: ['null'], misses: ['0', '""'] },
  { schema: { type: ['integer', 'null'] }, fits: ['7', 'null'], misses: ['7.5', '"7"', 'true'] },
  {
    schema: { type: 'string' },
    fits: ['""', '"a\\"b"', '"\\u00e9\\n"', '"naïve 👍"', '"\\ud83d\\ude00"'],
    misses: ['"', '"a"b"', '"\t"', '"\\', '"\\ude00"', '"\\ud83d"', '"\\ud83dx"', "'a'"],
  },
  {
    schema: { type: 'string', minLength: 2, maxLength: 3 },
    fits: ['"ab"', '"a\\n"', '"👍👍👍"', '"\\ud83d\\ude00\\u00e9"'],
    misses: ['"a"', '"abcd"', '"\\ud83d\\ude00"', '""'],
  },
  { schema: { type: 'string', maxLength: 0 }, fits: ['""'], misses: ['" "', '"a"'] },
  {
    schema: { type: 'string', minLength: 2500, maxLength: 4321 },
    fits: [2500, 2999, 3000, 3001, 4000, 4320, 4321].map((length) => `"${'a'.repeat(length)}"`),
    misses: [0, 999, 1000, 2000, 2499, 4322, 5000].map((length) => `"${'a'.repeat(length)}"`),
  },
  {
    schema: { type: 'string', pattern: '^[A-Z]{2,3}-\\d+$' },
    fits: ['"AB-1"', '"ABC-123"'],
    misses: ['"A-1"', '"ABCD-1"', '"AB-"', '"ab-1"', '" AB-1"', '"AB-1 "'],
  },
  {
    schema: { type: 'string', pattern: 'a.c' },
    fits: ['"abc"', '"xxabcxx"', '"a\\"c"'],
    misses: ['"ac"', '"a\\nc"', '""'],
  },
  {
    schema: { type: 'string', pattern: '^(yes|no)$|^maybe' },
    fits: ['"yes"', '"no"', '"maybe not"'],
    misses: ['"yes!"', '"y"', '"not maybe"'],
  },
  {
    schema: { type: 'string', pattern: '^[^"\\\\/a-y\\n]+$' },
    fits: ['"zZ"', '"\\t"', '"\\u0001"', '"é👍"'],
    misses: ['"a"', '"\\""', '"\\\\"', '"/"', '"\\n"', '"\\u000a"', '""'],
  },
  {
    schema: { type: 'string', pattern: '^(?:\\w+?\\s)?[\\u{1F600}-\\u{1F64F}\\x41\\cJ]\\.$' },
    fits: ['"A."', '"hey 😀."', '"a_1 \\n."'],
    misses: ['"B."', '"A"', '"AA."', '"😀x"'],
  },
  {
    schema: { type: 'string', pattern: '^a*$', maxLength: 2 },
    fits: ['""', '"aa"'],
    misses: ['"aaa"', '"b"'],
  },
  { schema: { type: 'string', pattern: '^\\ud83d\\ude00$' }, fits: ['"😀"'], misses: ['""', '"😀😀"'] },
  {
    schema: { type: 'string', format: 'date' },
    fits: ['"2024-02-29"', '"2000-02-29"', '"1999-12-31"', '"2023-04-30"'],
    misses: ['"2023-02-29"', '"1900-02-29"', '"2023-04-31"', '"2023-13-01"', '"2023-00-01"', '"23-01-01"'],
  },
  {
    schema: { type: 'string', format: 'time' },
    fits: ['"23:59:59Z"', '"00:00:00.5+02:00"'],
    misses: ['"24:00:00Z"', '"12:60:00Z"', '"12:00:00"', '"12:00Z"'],
  },
  {
    schema: { type: 'string', format: 'date-time' },
    fits: ['"2024-02-29T12:00:00Z"'],
    misses: ['"2024-02-30T12:00:00Z"', '"2024-02-29"', '"2024-02-29T12:00:00"'],
  },
  {
    schema: { type: 'string', format: 'uuid' },
    fits: ['"123e4567-e89b-12d3-a456-426614174000"'],
    misses: ['"123e4567e89b12d3a456426614174000"', '"123e4567-e89b-12d3-a456-42661417400g"'],
  },
  {
    schema: { type: 'string', format: 'ipv4' },
    fits: ['"0.0.0.0"', '"255.249.10.199"'],
    misses: ['"256.0.0.0"', '"1.2.3"', '"1.2.3.4.5"', '"01.2.3.4"'],
  },
  {
    schema: { type: 'string', format: 'email' },
    fits: ['"nina.b+x@mail.example.org"'],
    misses: ['"nina"', '"nina@"', '"nina@localhost"', '"@a.de"', '".a@b.de"', '"a@b-.de"'],
  },
  {
    schema: { type: 'integer' },
    fits: ['0', '-12', '9999999999999999'],
    misses: ['01', '1.0', '1e3', '+1', '-'],
  },
  { schema: { type: 'integer', minimum: 0 }, fits: ['0', '7', '123456'], misses: ['-1', '-0', '1.5'] },
  {
    schema: { type: 'integer', minimum: -13, exclusiveMaximum: 208 },
    fits: ['-13', '-1', '0', '9', '100', '199', '207'],
    misses: ['-14', '-20', '208', '210', '300', '1000', '-0'],
  },
  { schema: { type: 'integer', minimum: 1.5, maximum: 2.5 }, fits: ['2'], misses: ['1', '3', '2.0'] },
  {
    schema: { type: 'integer', exclusiveMaximum: -95 },
    fits: ['-96', '-100', '-99999'],
    misses: ['-95', '0', '96'],
  },
  {
    schema: { type: 'integer', minimum: 0, maximum: 30, multipleOf: 15 },
    fits: ['0', '15', '30'],
    misses: ['1', '45'],
  },
  { schema: { type: 'number', multipleOf: 1, minimum: 5 }, fits: ['5', '17'], misses: ['5.5', '4'] },
  { schema: { type: 'number' }, fits: ['-1.5e-3', '0', '12.25'], misses: ['.5', '1.', '1e400', '00.1'] },
  {
    schema: { type: 'number', minimum: 0, maximum: 1 },
    fits: ['0', '1', '0.5', '0.999'],
    misses: ['1.1', '-0.1', '2', '1e1'],
  },
  {
    schema: { type: 'number', exclusiveMinimum: 0, maximum: 1.25 },
    fits: ['0.1', '0.01', '0.001', '1', '1.2', '1.24999', '1.25'],
    misses: ['0', '0.0', '0.00', '1.26', '1.251', '1.3', '2', '-1', '-0'],
  },
  {
    schema: { type: 'number', minimum: -2.5, exclusiveMaximum: -0.05 },
    fits: ['-2.5', '-2.4999', '-1', '-0.06', '-0.051', '-0.1'],
    misses: ['-2.51', '-2.6', '-3', '-0.05', '-0.04', '0', '1', '-0.050'],
  },
  {
    schema: { type: 'number', minimum: -1 },
    fits: ['-1', '-0.5', '0', '3.25', '1000000'],
    misses: ['-1.01', '-2'],
  },
  {
    schema: { enum: ['a "b"', 7, null, { k: [1, {}] }] },
    fits: ['"a \\"b\\""', '7', 'null', '{"k": [1, {}]}', '{"k":[1,{}]}'],
    misses: ['"a"', '8', '{"k":[]}', '70'],
  },
  { schema: { const: { a: 1 } }, fits: ['{"a": 1}'], misses: ['{}', '{"a": 2}', '{"a": 1, "b": 2}'] },
  {
    schema: { enum: Array.from({ length: 300 }, (_, index) => `v${index}`) },
    fits: ['"v0"', '"v29"', '"v299"'],
    misses: ['"v300"', '"v"', '"v2999"', 'v1'],
  },
  { schema: { type: 'string', enum: ['a', 'bb', 3], minLength: 2 }, fits: ['"bb"'], misses: ['"a"', '3'] },
  {
    schema: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 },
    fits: ['[1]', '[1, 2]', '[\n  1,\n  2\n]'],
    misses: ['[]', '[1,2,3]', '[true]', '[1 ,2]'],
  },
  {
    schema: {
      type: 'array',
      prefixItems: [{ type: 'integer' }, { type: 'boolean' }],
      items: { type: 'null' },
      minItems: 1,
      maxItems: 3,
    },
    fits: ['[1]', '[1, true]', '[1, true, null]'],
    misses: ['[]', '[true]', '[1, null]', '[1, true, null, null]', '[1, true, 2]'],
  },
  {
    schema: { type: 'array', prefixItems: [{ type: 'null' }], items: false },
    fits: ['[]', '[null]'],
    misses: ['[null, null]', '[1]'],
  },
  {
    schema: { type: 'array', prefixItems: [true, false], minItems: 1 },
    fits: ['[1]'],
    misses: ['[1, 2]', '[]'],
  },
  {
    schema: { type: 'array', items: { type: 'null' }, minItems: 3 },
    fits: ['[null,null,null]', `[${Array(9).fill('null')}]`],
    misses: ['[null,null]'],
  },
  {
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'null' }, c: { type: 'null' } },
      required: ['b'],
    },
    fits: ['{"b": null}', '{"a": 1, "b": null}', '{"b": null, "c": null}', '{"a":1,"b":null,"c":null}'],
    misses: [
      '{}',
      '{"a": 1}',
      '{"a": 1 "b": null}',
      '{, "b": null}',
      '{"b": null,}',
      '{"b": 1}',
      '{"b": null, "b": null}',
    ],
  },
  {
    schema: {
      type: 'object',
      properties: { a: { type: 'integer' }, aa: { type: 'integer' } },
      additionalProperties: { type: 'boolean' },
    },
    fits: ['{}', '{"a": 1}', '{"b": true}', '{"aaa": true}', '{"a": 1, "": true, "ab": false}'],
    misses: [
      '{"a": true}',
      '{"aa": true}',
      '{"b": 1}',
      '{"\\u0061": true}',
      '{"a": 1, "a": true}',
      '{"b": true, "a": true}',
    ],
  },
  {
    schema: { type: 'object', properties: { a: true }, additionalProperties: false },
    fits: ['{}', '{"a": {"b": 1}}'],
    misses: ['{"b": 1}'],
  },
  {
    schema: { type: 'object', properties: { a: false, b: true } },
    fits: ['{}', '{"b": 1}'],
    misses: ['{"a": 1}'],
  },
  {
    schema: { type: 'object', required: ['x'], additionalProperties: { type: 'null' }, maxProperties: 2 },
    fits: ['{"x": null}', '{"x": null, "y": null}'],
    misses: ['{}', '{"y": null}', '{"x": 1}', '{"x": null, "y": null, "z": null}'],
  },
  {
    schema: { type: 'object', properties: { a: true, b: true, c: true }, minProperties: 2, maxProperties: 2 },
    fits: ['{"a":1,"b":2}', '{"b":1,"c":2}', '{"a":1,"c":3}'],
    misses: ['{}', '{"a":1}', '{"a":1,"b":2,"c":3}'],
  },
  {
    schema: {
      type: 'object',
      additionalProperties: { type: 'integer' },
      minProperties: 1,
      propertyNames: { pattern: '^[a-z]+$' },
    },
    fits: ['{"a": 1}', '{"a": 1, "b": 2}'],
    misses: ['{}', '{"A": 1}', '{"": 1}'],
  },
  {
    schema: { anyOf: [{ type: 'integer' }, false, { type: 'null' }] },
    fits: ['1', 'null'],
    misses: ['"1"', '1.5'],
  },
  {
    schema: { anyOf: [{ type: 'string' }, { type: 'null' }], minLength: 2 },
    fits: ['"ab"', 'null'],
    misses: ['"a"', '1'],
  },
  {
    schema: { oneOf: [tagged('a', { n: { type: 'integer' } }), tagged('b', { s: { type: 'string' } })] },
    fits: ['{"kind": "a", "n": 1}', '{"kind": "b"}'],
    misses: ['{"kind": "c"}', '{"kind": "a", "s": "x"}', '{}'],
  },
  {
    schema: {
      oneOf: [
        { type: 'object', properties: { a: true }, required: ['a'] },
        { type: 'object', properties: { b: true }, required: ['b'] },
      ],
    },
    fits: ['{"a": 1}', '{"b": 1}'],
    misses: ['{}', '{"a": 1, "b": 1}'],
  },
  {
    schema: {
      oneOf: [
        { type: 'integer', maximum: 3 },
        { type: 'integer', minimum: 5 },
      ],
    },
    fits: ['3', '5'],
    misses: ['4'],
  },
  {
    schema: {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] },
        { properties: { a: { maximum: 5 }, b: { type: 'null' } }, required: ['b'] },
      ],
    },
    fits: ['{"a": 5, "b": null}'],
    misses: ['{"a": 6, "b": null}', '{"a": 0, "b": null}', '{"a": 5}'],
  },
  {
    schema: {
      allOf: [
        { type: 'object', properties: { a: true }, additionalProperties: false },
        { type: 'object', properties: { b: true } },
      ],
    },
    fits: ['{}', '{"a": 1}'],
    misses: ['{"b": 1}'],
  },
  {
    schema: { allOf: [{ type: ['integer', 'string'] }, { type: ['number', 'null'] }] },
    fits: ['1'],
    misses: ['1.5', '"a"', 'null'],
  },
  {
    schema: { enum: [1, 2, 3], allOf: [{ enum: [2, 3, 4] }, { maximum: 2 }] },
    fits: ['2'],
    misses: ['1', '3'],
  },
  {
    schema: {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['next'],
        },
      },
    },
    fits: ['{"next": null}', '{"next": {"next": null}}'],
    misses: ['{}', '{"next": {}}', '{"next": 1}'],
  },
  {
    schema: { type: 'object', properties: { kids: { type: 'array', items: { $ref: '#' } } } },
    fits: ['{}', '{"kids": [{}, {"kids": []}]}'],
    misses: ['{"kids": [1]}', '[]'],
  },
  {
    schema: {
      properties: { a: { $ref: '#/definitions/x~1y', description: 'Beside it.' } },
      definitions: { 'x/y': { type: 'null' } },
    },
    fits: ['{"a": null}'],
    misses: ['{"a": 1}'],
  },
  {
    schema: { $ref: '#/$defs/a', maxLength: 1, $defs: { a: { type: 'string' } } },
    fits: ['"a"'],
    misses: ['"ab"'],
  },
  {
    schema: { title: 'T', description: 'D', 'x-order': 1, uniqueItems: false, type: 'null' },
    fits: ['null'],
    misses: ['1'],
  },
]

describe('jsonSchemaGrammar', () => {
  test.each(cases)('lets through what fits $schema, and no near miss', ({ schema, fits, misses }) => {
    const grammar = jsonSchemaGrammar(schema, 'schema')
    for (const text of fits) {
      expect([text, checkSchema(schema, JSON.parse(text))]).toEqual([text, []])
      expect([text, accepts(grammar, text)]).toEqual([text, true])
    }
    for (const text of misses) expect([text, accepts(grammar, text)]).toEqual([text, false])
  })
})
