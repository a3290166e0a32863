// With a model that knows the world, for quality that the pocket model cannot show. Opt in:
//
//   MILLRACE_TEST_MODEL=models/SmolLM2-135M-Instruct.Q4_1.gguf corepack pnpm test:unit packages/llama-cpp/test/real-model
import { resolve } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator } from '../src/components/chat-generator.ts'

const { MILLRACE_TEST_MODEL } = process.env
const reason = MILLRACE_TEST_MODEL ? '' : ' (skipped: MILLRACE_TEST_MODEL names no model file)'
const suite = MILLRACE_TEST_MODEL ? describe : describe.skip

suite(`a real model${reason}`, () => {
  const generator = new LlamaCppChatGenerator({
    model: resolve(import.meta.dirname, '../../..', MILLRACE_TEST_MODEL ?? ''),
    nCtx: 2048,
    generationKwargs: { temperature: 0, maxTokens: 64 },
  })
  afterAll(() => generator.close())

  test.each([
    ['What is the capital of Germany?', 'Berlin'],
    ['How many days are in a week?', '7'],
  ])('answers: %s', async (messages, answer) => {
    const { replies } = await generator.run({ messages })
    expect(ChatMessage.text(replies[0])).toContain(answer)
  })

  test('fills a schema', async () => {
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, age: { type: 'integer' } },
      required: ['name', 'age'],
      additionalProperties: false,
    }
    const { replies } = await generator.run({
      messages: 'Give name and age as JSON: Nina is 42 years old.',
      generationKwargs: { responseFormat: { type: 'jsonObject', schema } },
    })
    expect(JSON.parse(ChatMessage.text(replies[0]) ?? '')).toEqual({ name: 'Nina', age: 42 })
  })
})
