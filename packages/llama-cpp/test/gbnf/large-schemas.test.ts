// llama.cpp reads every grammar that is made, also of schemas that are made to be large: one of its two bindings ends the
// process for a grammar that cannot be read.

import { afterAll, expect, test } from '@jest/globals'
import type { JsonObject } from '@millrace/core'
import fc from 'fast-check'
import { getLlama } from 'node-llama-cpp'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppError } from '../../src/errors.ts'
import { jsonSchemaGrammar } from '../../src/gbnf/gbnf-rules.ts'
import { ask } from '../asking.ts'
import { pocketPath } from '../pocket.ts'
import { randomSchema } from './random-schema.ts'

const llama = await getLlama({ gpu: false, maxThreads: 1, build: 'never' })
const generator = new LlamaCppChatGenerator({ model: pocketPath })
afterAll(() => generator.close())

function keys(count: number, schema: (index: number) => JsonObject | boolean): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, schema(index)]))
}

const large: Readonly<Record<string, JsonObject>> = {
  'a thousand optional keys of different lengths': {
    properties: keys(1000, (index) => ({ type: 'string', maxLength: index + 1 })),
  },
  'many keys beside others': { properties: keys(200, () => true), additionalProperties: true },
  'a number of many keys': { properties: keys(60, () => true), minProperties: 20, maxProperties: 40 },
  'a text of a hundred million characters': { type: 'string', minLength: 123_456, maxLength: 98_765_432 },
  'ten thousand values': { enum: Array.from({ length: 10_000 }, (_, index) => `v${index * 7919}`) },
  'repetitions of repetitions': { pattern: '^(?:[a-z]{1,500}-){1,900}x{5000}$' },
  'lists of lists': { items: { type: 'array', minItems: 17, maxItems: 3000 }, maxItems: 5000 },
  'limits with many digits': { type: 'number', minimum: -123.456789, maximum: 98765.4321 },
}

test.each(Object.keys(large))('a model writes under the grammar of %s', async (name) => {
  const responseFormat = { type: 'jsonObject' as const, schema: large[name] as JsonObject }
  const { text, meta } = await ask(generator, 'Hello', { responseFormat, maxTokens: 16, temperature: 1 })
  expect(text).not.toBe('')
  expect(meta.usage.completionTokens).toBeGreaterThan(0)
})

test('llama.cpp reads the grammars of schemas that nobody thought of', async () => {
  const unread: unknown[] = []
  for (const schema of fc.sample(randomSchema, 300)) {
    const grammar = grammarOf(schema)
    await llama.createGrammar({ grammar }).catch((error) => unread.push([schema, error]))
  }
  expect(unread).toEqual([])
})

/** The grammar of a schema, or any where it is refused. */
function grammarOf(schema: JsonObject): string {
  try {
    return jsonSchemaGrammar(schema, 'schema')
  } catch (error) {
    if (LlamaCppError.isInstance(error) && error.code === 'OPTION_UNSUPPORTED') return 'root ::= "refused"'
    throw error
  }
}
