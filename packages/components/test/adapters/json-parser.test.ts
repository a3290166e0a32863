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

  test.each([[{ type: 'objekt' }], [{ properties: 1 }]])('refuses the schema %j', (wrong) => {
    expect(() => new JsonParser({ jsonSchema: wrong as JsonObject })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_INVALID', option: 'jsonSchema' }),
    )
  })
})
