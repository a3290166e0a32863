import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type JsonObject, Pipeline } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { JsonParser } from '../../src/adapters/json-parser.ts'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'

const jsonSchema: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 0 } },
  required: ['name'],
  additionalProperties: false,
}

describe('JsonParser', () => {
  testComponent(() => new JsonParser({ raiseOnFailure: false }), {
    test,
    inputs: [{ text: '[1]' }, { text: 'no' }, { text: ChatMessage.assistant('null') }],
  })

  test.each([
    ['{"name": "Nina", "age": 42}', { name: 'Nina', age: 42 }],
    [' \n{"name": "Nina"}\n', { name: 'Nina' }],
    ['```json\n{"name": "Nina"}\n```', { name: 'Nina' }],
    ['```\n{"name": "Nina"}```\n', { name: 'Nina' }],
  ])('reads %j', (text, data) => {
    expect(new JsonParser({ jsonSchema }).run({ text })).toEqual({ data })
  })

  test.each([
    ['', 'The text is not JSON: it is empty.'],
    ['Here it is: {"name": "Nina"}', /^The text is not JSON: .*not valid JSON\.$/],
    ['```json\n{"name": "Nina"}\n``` I hope it helps.', /^The text is not JSON: /],
    ['{"name": NaN}', /^The text is not JSON: /],
    ['[{"name": "Nina"}]', /^expected object, got an array of 1\.$/],
    ['{"age": -1}', "'name' is missing.\nage: must be >= 0, got the number -1."],
    ['{"name": "{}", "nme": 1}', /^'nme' is unknown\. Possible: 'name' and 'age'\./],
  ])('says what is wrong with %j, as an output or as a failure', (text, error) => {
    const parse = (raiseOnFailure: boolean) => new JsonParser({ jsonSchema, raiseOnFailure }).run({ text })
    expect(parse(false)).toEqual({
      error: typeof error === 'string' ? error : expect.stringMatching(error),
    })
    expect(() => parse(true)).toThrow(expect.objectContaining({ code: 'JSON_INVALID' }))
  })

  test('says that a reply was cut off, where it was', () => {
    const reply = ChatMessage.assistant({ text: '{"name": "Ni', meta: { finishReason: 'length' } })
    expect(new JsonParser({ raiseOnFailure: false }).run({ text: reply }).error).toMatch(
      /not JSON: .* The reply was cut off at its limit of tokens\.$/,
    )
  })

  test('has an output for errors only where they do not fail the run', () => {
    expect(Object.keys(new JsonParser().outputs)).toEqual(['data'])
    const { data, error } = new JsonParser({ raiseOnFailure: false }).outputs
    expect([data.optional, error.optional, new JsonParser().outputs.data.optional]).toEqual([
      true,
      true,
      false,
    ])
  })

  test('takes the reply of a model, and gives fields to a prompt', async () => {
    const pipeline = new Pipeline({
      parse: new JsonParser({ jsonSchema }),
      prompt: new PromptBuilder({ template: '{{ data.name }} is {{ data.age }}.' }),
    }).connect('parse.data', 'prompt.data')
    const reply = ChatMessage.assistant('{"name": "Nina", "age": 42}')
    const result = await pipeline.run({ parse: { text: reply } })
    expect(result.get('prompt.prompt')).toBe('Nina is 42.')
  })

  test.each([
    ['1e999', 'the text: the number 1e999 is too large. Write a smaller one, or a text.'],
    ['{"a": [0, -1e400]}', 'a.1: the number -1e400 is too large. Write a smaller one, or a text.'],
    [
      '{"id": 12345678901234567891}',
      'id: the number 12345678901234567891 has more digits than numbers keep, and would become 12345678901234567000. Write it as a text.',
    ],
    ['{"a": 1, "b": {"a": 2, "\\u0061": 3}}', 'b.a is there twice. Write it once.'],
    ['[{"a\\"": 1, "a\\"": 2}]', '0.a" is there twice. Write it once.'],
  ])('does not lose anything of %s without a word', (text, error) => {
    expect(new JsonParser({ raiseOnFailure: false }).run({ text })).toEqual({ error })
  })

  test.each([
    '[9007199254740991, 9007199254740992, 1e300, 0.12345678901234567890, "1e999", -0]',
    '{"a": {"a": "a"}, "b": [{"a": 1}, {"a": 1}], "c": "{\\"a\\":1,\\"a\\":1}"}',
  ])('reads %s as it stands', (text) => {
    expect(new JsonParser().run({ text })).toEqual({ data: JSON.parse(text) })
  })

  test('ends with a pattern that a matcher with backtracking would not end with', () => {
    const endless = {
      type: 'object',
      properties: { a: { pattern: '^(a+)+$' } },
      patternProperties: { '^(b+)+$': false },
    }
    const parser = new JsonParser({ jsonSchema: endless as JsonObject, raiseOnFailure: false })
    const text = JSON.stringify({ a: `${'a'.repeat(50_000)}!`, [`${'b'.repeat(50_000)}!`]: 1 })
    expect(parser.run({ text }).error).toMatch(/^a: must match pattern "\^\(a\+\)\+\$"/)
  })

  test.each([
    [
      { propertis: {} },
      `'jsonSchema' has 'propertis', which is not a keyword of JSON Schema and would be ignored. Did you mean 'properties'?`,
      'jsonSchema.propertis',
    ],
    [
      { properties: { a: { anyOf: [{ type: 'string', maxLenght: 2 }] } } },
      `'jsonSchema.properties.a.anyOf[0]' has 'maxLenght', which is not a keyword of JSON Schema and would be ignored. Did you mean 'maxLength'?`,
      'jsonSchema.properties.a.anyOf[0].maxLenght',
    ],
    [
      { properties: { a: { pattern: '^(a)\\1$' } } },
      "'jsonSchema' cannot be used as a JSON Schema: The pattern '^(a)\\1$' cannot be matched without backtracking: it has the back-reference '\\1'.",
      'jsonSchema',
    ],
  ])('refuses the schema %j, which does not mean what it says', (wrong, message, option) => {
    expect(() => new JsonParser({ jsonSchema: wrong as unknown as JsonObject })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID', message, option }),
    )
  })

  test('takes keywords of others in a schema, and names that look like keywords', () => {
    const jsonSchema = {
      ...{ example: 1, type: 'object', nullable: true, 'x-typ': 1, order: 1 },
      properties: { typ: { enum: [{ typ: 1 }] } },
      default: { requierd: 1 },
    }
    expect(new JsonParser({ jsonSchema }).run({ text: '{}' })).toEqual({ data: {} })
  })

  test.each([[{ type: 'objekt' }], [{ properties: 1 }]])('refuses the schema %j', (wrong) => {
    expect(() => new JsonParser({ jsonSchema: wrong as JsonObject })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID', option: 'jsonSchema' }),
    )
  })
})
