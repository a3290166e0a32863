import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, type JsonObject, Pipeline, t } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { BranchJoiner } from '../../src/joiners/branch-joiner.ts'
import { JsonSchemaValidator } from '../../src/validators/json-schema-validator.ts'

const jsonSchema: JsonObject = { type: 'object', required: ['name'] }
const [right, wrong] = ['{"name": "Nina"}', '{"nme": "Nina"}'].map((text) => ChatMessage.assistant(text)) as [
  ChatMessage,
  ChatMessage,
]
const question = ChatMessage.user('Who is it?')

const correction = `This is not the JSON that was asked for:

- 'name' is missing.

Answer with the corrected JSON and nothing else.`

/** Answers with one text after the other. */
function answering(...texts: string[]) {
  const Answering = defineComponent({
    type: 'Answering',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    run: ({ messages }) => {
      const turn = messages.filter(({ role }) => role === 'assistant').length
      return { replies: [ChatMessage.assistant(texts[turn] ?? '')] }
    },
  })
  return new Answering()
}

function loop(maxAttempts: number | undefined, ...texts: string[]) {
  return new Pipeline({
    conversation: new BranchJoiner({ of: 'messages' }),
    llm: answering(...texts),
    validator: new JsonSchemaValidator({ jsonSchema, ...(maxAttempts === undefined ? {} : { maxAttempts }) }),
  })
    .connect('conversation.value', 'llm.messages')
    .connect('conversation.value', 'validator.conversation')
    .connect('llm.replies', 'validator.messages')
    .connect('validator.errors', 'conversation.value')
}

describe('JsonSchemaValidator', () => {
  testComponent(() => new JsonSchemaValidator({ jsonSchema, maxAttempts: 3 }), {
    test,
    inputs: [
      { messages: [right], conversation: [] },
      { messages: [wrong], conversation: [question] },
    ],
  })

  test('passes a right reply on, with what it stands for', () => {
    const run = new JsonSchemaValidator({ jsonSchema }).run({ messages: [question, right] })
    expect(run).toEqual({ validated: [question, right], data: { name: 'Nina' } })
  })

  test('answers a wrong one below the whole conversation', () => {
    const run = new JsonSchemaValidator({ jsonSchema }).run({ messages: [wrong], conversation: [question] })
    expect(run).toEqual({ errors: [question, wrong, ChatMessage.user(correction, { meta: { attempt: 1 } })] })
  })

  test.each([
    ['[{"name": "Nina"}]', { type: 'array' }, undefined],
    ['[]', jsonSchema, 'expected object, got an array of 0.'],
    ['{"name": "{}"}', { properties: { name: { type: 'string' } } }, undefined],
    ['```json\n{"name": 1}\n```', jsonSchema, undefined],
    ['{"name": NaN}', jsonSchema, 'The text is not JSON'],
    ['', jsonSchema, 'The text is not JSON: it is empty.'],
    ['{}', { name: 'x', description: 'y', parameters: {}, type: 'object' }, undefined],
  ])('checks the whole of %j', (text, schema, problem) => {
    const { errors } = new JsonSchemaValidator({ jsonSchema: schema }).run({
      messages: [ChatMessage.assistant(text)],
    })
    expect(errors && ChatMessage.text(errors.at(-1))).toEqual(problem && expect.stringContaining(problem))
  })

  test('answers by a template of its own', () => {
    const errorTemplate = '{{ problems | join(" ") }} {{ reply }} must fit {{ schema | tojson }} {}'
    const { errors = [] } = new JsonSchemaValidator({ jsonSchema, errorTemplate }).run({ messages: [wrong] })
    expect(ChatMessage.text(errors.at(-1))).toBe(
      `'name' is missing. {"nme": "Nina"} must fit {"type": "object", "required": ["name"]} {}`,
    )
  })

  test('repairs a reply in a loop', async () => {
    const result = await loop(undefined, 'It is Nina.', '{"nme": "Nina"}', '{"name": "Nina"}').run({
      conversation: { value: [question] },
    })
    expect(result.get('validator.data')).toEqual({ name: 'Nina' })
    expect(result.trace.filter(({ component }) => component === 'llm')).toHaveLength(3)
  })

  test('ends a loop after the attempts that it allows, and says what is wrong', async () => {
    await expect(
      loop(2, 'It is Nina.', '{"nme": "Nina"}').run({ conversation: { value: [question] } }),
    ).rejects.toMatchObject({
      code: 'RUN_COMPONENT_FAILED',
      component: 'validator',
      cause: {
        code: 'JSON_INVALID',
        message: `The model gave no JSON that fits the schema in 2 attempts. What is wrong with the last reply:
'name' is missing.
The reply: {"nme": "Nina"}`,
      },
    })
  })

  test('counts anew where somebody else has asked since', () => {
    const validator = new JsonSchemaValidator({ jsonSchema, maxAttempts: 2 })
    const { errors = [] } = validator.run({ messages: [wrong], conversation: [question] })
    const conversation = [...errors, right, ChatMessage.user('And who is that?')]
    expect(validator.run({ messages: [wrong], conversation }).errors).toHaveLength(7)
    expect(() => validator.run({ messages: [wrong], conversation: errors })).toThrow('in 2 attempts')
  })

  test('needs the conversation to count attempts', () => {
    expect(new JsonSchemaValidator({ jsonSchema }).inputs.conversation.optional).toBe(true)
    expect(new JsonSchemaValidator({ jsonSchema, maxAttempts: 2 }).inputs.conversation.optional).toBe(false)
  })

  test.each([
    [{ jsonSchema: { type: 1 } }, 'SCHEMA_INVALID', 'jsonSchema'],
    [{ jsonSchema, errorTemplate: '{{ a b }}' }, 'TEMPLATE_SYNTAX', 'errorTemplate'],
    [{ jsonSchema, errorTemplate: '{{ error }}' }, 'TEMPLATE_VARIABLE_UNKNOWN', 'errorTemplate'],
  ])('refuses %j when it is made', (parameters, code, option) => {
    expect(() => new JsonSchemaValidator(parameters as never)).toThrow(
      expect.objectContaining({ code, option }),
    )
  })
})
