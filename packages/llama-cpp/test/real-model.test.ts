// With a model that knows the world, for quality that the pocket model cannot show. Opt in:
//
//   MILLRACE_TEST_MODEL=models/SmolLM2-135M-Instruct.Q4_1.gguf corepack pnpm test:unit packages/llama-cpp/test/real-model
import { resolve } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, t, tool } from '@millrace/core'
import { invokeTool } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../src/components/chat-generator.ts'

const { MILLRACE_TEST_MODEL } = process.env
const reason = MILLRACE_TEST_MODEL ? '' : ' (skipped: MILLRACE_TEST_MODEL names no model file)'
const model = resolve(import.meta.dirname, '../../..', MILLRACE_TEST_MODEL ?? '')
const generationKwargs = { temperature: 0, maxTokens: 64 }
const suite = MILLRACE_TEST_MODEL ? describe : describe.skip

suite(`a real model${reason}`, () => {
  const generator = new LlamaCppChatGenerator({ model, nCtx: 2048, generationKwargs })
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

  test('calls the tool that it has to call, with arguments that fit', async () => {
    const weather = tool({
      name: 'get_weather',
      description: 'Get the current weather in a city.',
      parameters: t.object({ city: t.string({ maxLength: 40 }), unit: t.literal('celsius', 'fahrenheit') }),
      run: () => 'sunny',
    })
    const { replies } = await generator.run({
      messages: 'What is the weather in Paris, in celsius?',
      tools: [weather],
      generationKwargs: { toolChoice: { name: 'get_weather' }, maxTokens: 200 },
    })
    const [call] = ChatMessage.toolCalls(replies[0])
    expect(call).toMatchObject({ name: 'get_weather', arguments: { city: expect.stringContaining('Paris') } })
    expect(call && (await invokeTool(weather, call.arguments))).toBe('sunny')
  })

  test('says how likely each token was', async () => {
    const { replies } = await generator.run({
      messages: 'What is the capital of Germany?',
      generationKwargs: { logprobs: true, topLogprobs: 3 },
    })
    const logprobs = replies[0]?.meta?.['logprobs'] as {
      token: string
      logprob: number
      topLogprobs: object[]
    }[]
    expect(logprobs.map(({ token }) => token).join('')).toBe(ChatMessage.text(replies[0]))
    for (const { logprob, topLogprobs } of logprobs) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(topLogprobs).toHaveLength(3)
    }
  })

  test('answers four at once as it does alone', async () => {
    const several = new LlamaCppChatGenerator({ model, nCtx: 1024, slots: 4, generationKwargs })
    const questions = ['Germany', 'France', 'Japan', 'Italy'].map((name) => `What is the capital of ${name}?`)
    const together = await Promise.all(questions.map((messages) => several.run({ messages })))
    await several.close()
    for (const [index, messages] of questions.entries()) {
      const alone = await generator.run({ messages })
      expect(ChatMessage.text(together[index]?.replies[0])).toBe(ChatMessage.text(alone.replies[0]))
    }
  })

  test.each<ConstructorParameters<typeof LlamaCppChatGenerator>[0]>([
    { model, isolation: 'process' },
    { model, modelKwargs: { draftModel: 'promptLookup' } },
    { model, engine: 'llama.node' },
  ])('answers as well with $isolation $engine $modelKwargs', async (parameters) => {
    const other = new LlamaCppChatGenerator({ nCtx: 1024, generationKwargs, ...parameters })
    const { replies } = await other.run({ messages: 'What is the capital of Germany?' })
    await other.close()
    expect(ChatMessage.text(replies[0])).toContain('Berlin')
  })
})
