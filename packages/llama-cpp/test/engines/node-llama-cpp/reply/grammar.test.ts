// Replies that must obey something. The pocket model knows one kind of JSON: at a high temperature it writes whatever
// the grammar lets through, so what comes out valid was held to it.
import { afterAll, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '@millrace/core'
import { checkSchema } from '@millrace/core/component'
import fc from 'fast-check'
import { LlamaCppChatGenerator } from '../../../../src/components/chat-generator.ts'
import { LlamaCppError } from '../../../../src/errors.ts'
import { jsonSchemaGrammar } from '../../../../src/gbnf/json-schema-grammar.ts'
import { ask } from '../../../asking.ts'
import { failureOf } from '../../../failure-of.ts'
import { accepts } from '../../../gbnf/gbnf-acceptor.ts'
import { randomSchema } from '../../../gbnf/random-schema.ts'
import { pocketPath } from '../../../pocket.ts'

const generator = new LlamaCppChatGenerator({
  model: pocketPath,
  slots: 4,
  generationKwargs: { temperature: 0 },
})

afterAll(() => generator.close())

const extract = 'Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.'
const nina = '{"name": "Nina", "age": 42, "city": "Oslo"}'

describe('grammar', () => {
  test('is obeyed', async () => {
    const { text, meta } = await ask(generator, 'Hello', { grammar: 'root ::= "Lyon" | "Rome"' })
    expect(['Lyon', 'Rome']).toContain(text)
    expect(meta.finishReason).toBe('stop')
  })

  test('can end a reply before it has begun', async () => {
    const { text, meta } = await ask(generator, 'Hello', { grammar: 'root ::= ""' })
    expect([text, meta.finishReason, meta.usage.completionTokens]).toEqual(['', 'stop', 0])
  })

  test('is obeyed by each of several requests at once', async () => {
    const words = ['red', 'green', 'blue', 'white', 'black', 'grey']
    const asked = words.map((word) => ask(generator, 'Hello', { grammar: `root ::= "${word}"` }))
    expect((await Promise.all(asked)).map(({ text }) => text)).toEqual(words)
  })

  test.each([
    ['this is ( not', "expected '::=', in line 1"],
    ['root ::= nothing', "it uses the rule 'nothing', which it does not define"],
    ['x ::= "a"', "it has no rule 'root'. Its rules: 'x'"],
    ['root ::= root "a" | "b"', "the rule 'root' begins with itself"],
    ['   ', "it has no rule 'root'. Its rules: none"],
    // llama.cpp would end the process.
    [`root ::= ${'('.repeat(100_000)}"a"${')'.repeat(100_000)}`, 'it is nested too deeply, in line 1'],
  ])('that cannot be used is an error: %.40j', async (grammar, problem) => {
    const error = await failureOf(ask(generator, 'Hello', { grammar }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.grammar' })
    expect(error.message).toBe(
      `Option 'generationKwargs.grammar' is no grammar that llama.cpp reads: ${problem}.`,
    )
  })

  test('that llama.cpp alone finds wrong is an error, too', async () => {
    const error = await failureOf(ask(generator, 'Hello', { grammar: 'root ::= "a"{1999} "b"{1999}{1999}' }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.grammar' })
    expect(error.message).toBe(
      "Option 'generationKwargs.grammar' cannot be used: Failed to parse grammar. llama.cpp writes to stderr where it failed.",
    )
  })
})

describe('responseFormat', () => {
  test('of text asks for nothing', async () => {
    const { text } = await ask(generator, 'Hello', { responseFormat: { type: 'text' } })
    expect(text).toBe('Hello! How can I help you?')
  })

  test('of a JSON object lets the model write it as it likes, and costs no token more', async () => {
    const free = await ask(generator, extract)
    for (const schema of [undefined, { type: 'object' }]) {
      const responseFormat = { type: 'jsonObject' as const, ...(schema ? { schema } : {}) }
      const { text, meta } = await ask(generator, extract, { responseFormat })
      expect([text, meta.finishReason]).toEqual([nina, 'stop'])
      expect(meta.usage.completionTokens).toBe(free.meta.usage.completionTokens)
    }
  })

  test('of a JSON object gives one where the model would say something else', async () => {
    for (let seed = 0; seed < 8; seed++) {
      const responseFormat = { type: 'jsonObject' as const }
      const options = { responseFormat, seed, temperature: 1.2, maxTokens: 200 }
      const { text, meta } = await ask(generator, extract, options)
      if (meta.finishReason === 'stop') expect(JSON.parse(text)).toEqual(expect.any(Object))
      else expect(text).toMatch(/^\{/)
    }
  })

  test('with a schema gives an object with its keys (8.7)', async () => {
    const person = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
    }
    const people = { type: 'array', items: person, maxItems: 2 }
    const schema = { type: 'object', properties: { people }, required: ['people'] }
    const responseFormat = { type: 'jsonObject' as const, schema }
    const { text } = await ask(generator, extract, { responseFormat, maxTokens: 200 })
    expect(checkSchema(schema, JSON.parse(text))).toEqual([])
  })

  const date = { type: 'string', format: 'date' }
  const tree = {
    type: 'object',
    properties: { kids: { type: 'array', items: { $ref: '#/$defs/tree' }, maxItems: 1 } },
  }
  const schemas: JsonObject[] = [
    { type: 'boolean' },
    { type: 'null' },
    { type: 'integer' },
    { type: 'number' },
    { type: ['integer', 'null'] },
    { enum: ['a "quoted" one', 'line\nbreak', 'naïve 日本語 👍', 7, true, null] },
    { type: 'string', enum: ['yes', 'no', 3] },
    { const: 'exactly \\ this' },
    { type: 'string', minLength: 2, maxLength: 4 },
    { type: 'string', maxLength: 0 },
    date,
    { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    { oneOf: [{ type: 'boolean' }, { const: 'maybe' }] },
    { type: 'array', items: { type: 'boolean' }, minItems: 2, maxItems: 3 },
    { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }], items: false },
    {
      type: 'object',
      properties: { a: { type: 'integer' }, b: date },
      required: ['a', 'b'],
      additionalProperties: false,
    },
    { properties: { a: { type: ['boolean', 'null'] } }, title: 'No type', description: 'It is an object.' },
    { type: 'object', additionalProperties: { type: 'boolean' }, minProperties: 1, maxProperties: 2 },
    { $ref: '#/$defs/flag', $defs: { flag: { type: 'boolean' } } },
    { ...tree, $defs: { tree } },
    { type: 'object', properties: { any: true, none: {} } },
    {},
    { type: 'integer', minimum: 18, maximum: 120 },
    { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    { type: 'string', pattern: '^[A-Z]{2}-[0-9]{3,5}$' },
    { type: 'string', format: 'uuid' },
    { type: 'string', format: 'ipv4' },
    { type: 'string', minLength: 3, maxLength: 5000 },
    { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: { type: 'null' } },
    { enum: Array.from({ length: 60 }, (_, index) => `v${index}`) },
    { oneOf: ['a', 'b'].map((kind) => ({ properties: { kind: { const: kind } }, required: ['kind'] })) },
    { allOf: [{ type: 'string', minLength: 1 }, { maxLength: 3 }] },
  ]

  test.each(schemas)('holds a reply to %j', async (schema) => {
    const replies = await Promise.all(
      [1, 2, 3, 4].map((seed) => {
        const responseFormat = { type: 'jsonObject' as const, schema }
        return ask(generator, extract, { responseFormat, seed, temperature: 1.5, maxTokens: 60 })
      }),
    )
    const whole = replies.filter(({ meta }) => meta.finishReason === 'stop')
    for (const { text } of whole) expect([text, checkSchema(schema, JSON.parse(text))]).toEqual([text, []])
    expect(whole.length).toBeGreaterThan(0)
  })

  test('holds a reply to schemas that nobody thought of', async () => {
    const held = fc
      .sample(randomSchema, { numRuns: 80, seed: 7 })
      .flatMap((schema) => grammarsOf(schema).map((grammar) => ({ schema, grammar })))
    const asked = held.map(async ({ schema, grammar }, seed) => {
      const options = { grammar, seed, temperature: 1.5, maxTokens: 40 }
      const { text, meta } = await ask(generator, extract, options)
      if (meta.finishReason !== 'stop') return false
      expect([schema, text, accepts(grammar, text)]).toEqual([schema, text, true])
      expect([schema, text, checkSchema(schema, JSON.parse(text))]).toEqual([schema, text, []])
      return true
    })
    const whole = (await Promise.all(asked)).filter((isWhole) => isWhole)
    expect(whole.length).toBeGreaterThan(30)
  }, 60_000)

  test('refuses a schema that the grammar cannot hold a reply to', async () => {
    const responseFormat = { type: 'jsonObject' as const, schema: { not: { type: 'null' } } }
    const error = await failureOf(ask(generator, 'Hello', { responseFormat }))
    expect(error).toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      option: 'generationKwargs.responseFormat',
      engine: 'node-llama-cpp',
    })
    expect(error.message).toContain(
      "Engine 'node-llama-cpp' cannot hold a reply to this schema: 'generationKwargs.responseFormat.schema' uses 'not'. Possible: 'type', 'const',",
    )
  })

  test('does not write integers with an exponent', async () => {
    const schema = { type: 'integer' }
    const responseFormat = { type: 'jsonObject' as const, schema }
    for (let seed = 0; seed < 20; seed++) {
      const { text } = await ask(generator, 'Hello', {
        responseFormat,
        seed,
        temperature: 5,
        topK: 0,
        topP: 1,
        minP: 0,
      })
      expect(text).toMatch(/^-?(0|[1-9][0-9]{0,15})$/)
    }
  })
})

/** The grammar of a schema, or none where it is refused. */
function grammarsOf(schema: JsonObject): string[] {
  try {
    return [jsonSchemaGrammar(schema, 'schema')]
  } catch (error) {
    if (LlamaCppError.isInstance(error) && error.code === 'OPTION_UNSUPPORTED') return []
    throw error
  }
}
