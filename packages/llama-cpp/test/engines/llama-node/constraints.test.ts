import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { JsonObject } from '@millrace/core'
import type { ModelContext } from '../../../src/engines/engine.ts'
import { failureOf } from '../../failure-of.ts'
import { ask, openPocket } from './opened-pocket.ts'

let context: ModelContext

beforeAll(async () => {
  context = await openPocket()
})

afterAll(async () => {
  await context.dispose()
})

const json = (schema?: JsonObject) => ({ kind: 'json', schema }) as const
const nina = 'Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.'

describe('JSON', () => {
  test('without a schema is an object', async () => {
    const { text } = await ask(context, nina, { constraint: json() })
    expect(JSON.parse(text)).toEqual({ name: 'Nina', age: 42, city: 'Oslo' })
  })

  test('fits its schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
      additionalProperties: false,
    }
    const { text } = await ask(context, nina, { constraint: json(schema) })
    expect(Object.keys(JSON.parse(text)).toSorted()).toEqual(['age', 'name'])
  })

  test.each([
    [
      { anyOf: [{ type: 'integer', minimum: 900, maximum: 950 }, { const: 'none' }] },
      /^(9[0-4]\d|950|"none")$/,
    ],
    [{ type: 'string', pattern: '^[a-c]{2}-\\d$' }, /^"[a-c]{2}-\d"$/],
    [{ type: 'integer', minimum: 7, maximum: 12 }, /^([7-9]|1[0-2])$/],
    [
      { type: 'array', items: { enum: [1, 2] }, minItems: 2, maxItems: 3 },
      /^\[\s*[12](\s*,\s*[12]){1,2}\s*\]$/,
    ],
  ])('fits the wide schema %j', async (schema, expected) => {
    const { text } = await ask(context, nina, { constraint: json(schema as JsonObject) })
    expect(text).toMatch(expected)
  })

  test('refuses a schema that no grammar enforces', async () => {
    const constraint = json({ type: 'object', not: { required: ['a'] } })
    const error = await failureOf(ask(context, nina, { constraint }))
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED' })
  })
})

describe('a grammar', () => {
  test('is obeyed', async () => {
    const constraint = { kind: 'grammar', gbnf: 'root ::= ("ja" | "nein") "!"{2,3}' } as const
    expect((await ask(context, nina, { constraint })).text).toMatch(/^(ja|nein)!{2,3}$/)
  })

  test('that cannot be read is an error, and not the end of the process', async () => {
    const constraint = { kind: 'grammar', gbnf: 'root ::= "a' } as const
    const error = await failureOf(ask(context, nina, { constraint }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.grammar' })
    expect((await ask(context, 'Hello')).text).toBe('Hello! How can I help you?')
  })
})

describe('a thought', () => {
  const chatTemplate = [
    '{%- for m in messages -%}<|im_start|>{{ m.role }}\n',
    "{%- if m.role == 'assistant' and m.reasoning_content %}<think>\n{{ m.reasoning_content }}\n</think>\n\n{% endif %}",
    '{{ m.content }}<|im_end|>\n{% endfor %}{%- if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}',
  ].join('')
  const constraint = json({ enum: ['yes', 'no'] })
  const asked = { constraint, reasoning: { budget: 4 }, maxTokens: 60 }

  test('comes before what a schema demands, apart from it, and ends with its budget', async () => {
    const thinker = await openPocket({ chatTemplate })
    const { text, reasoning, deltas } = await ask(thinker, 'Hello', asked)
    expect(['"yes"', '"no"']).toContain(text)
    expect(reasoning.length).toBeGreaterThan(0)
    expect(reasoning.length).toBeLessThan(60)
    expect([...new Set(deltas.map(({ kind }) => kind))]).toEqual(['reasoning', 'text'])
    await thinker.dispose()
  })

  test('stays in the text where that is asked for', async () => {
    const thinker = await openPocket({ chatTemplate })
    const answer = await ask(thinker, 'Hello', { ...asked, reasoning: { budget: 4, format: 'text' } })
    expect(answer.reasoning).toBe('')
    expect(answer.text).toMatch(/^[^<]+<\/think>\s*"(yes|no)"$/)
    await thinker.dispose()
  })
})
