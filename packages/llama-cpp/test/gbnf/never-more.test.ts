// The grammar of a schema never lets through what does not fit it: asked of many schemas and many texts.
import { expect, test } from '@jest/globals'
import { checkSchema } from '@millrace/core/component'
import fc from 'fast-check'
import { LlamaCppError } from '../../src/errors.ts'
import { jsonSchemaGrammar } from '../../src/gbnf/json-schema-grammar.ts'
import { GbnfSampler } from './gbnf-sampler.ts'
import { randomSchema } from './random-schema.ts'

test('what a grammar lets through fits its schema', () => {
  let asked = 0
  let held = 0
  fc.assert(
    fc.property(
      randomSchema,
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (schema, numbers) => {
        asked += 1
        const grammar = grammarOf(schema)
        if (grammar === undefined) return
        held += 1
        const sampler = new GbnfSampler(grammar, () => numbers.next().value as number)
        for (let count = 0; count < 20; count += 1) {
          const text = sampler.text()
          expect([text, checkSchema(schema, JSON.parse(text))]).toEqual([text, []])
        }
      },
    ),
    { numRuns: 400 },
  )
  // Most are no refusals.
  expect(held).toBeGreaterThan(asked / 3)
})

function grammarOf(schema: unknown): string | undefined {
  try {
    return jsonSchemaGrammar(schema, 'schema')
  } catch (error) {
    if (LlamaCppError.isInstance(error) && error.code === 'OPTION_UNSUPPORTED') return undefined
    throw error
  }
}
