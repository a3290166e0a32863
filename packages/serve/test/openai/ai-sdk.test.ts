// The AI SDK, over a real socket, on the shipped model.
import { createOpenAICompatible, type OpenAICompatibleProvider } from '@ai-sdk/openai-compatible'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { embedMany, generateObject, generateText, stepCountIs, streamText, tool } from 'ai'
import { z } from 'zod'
import { type PocketServer, pocketServer } from './pocket-server.ts'

let server: PocketServer
let provider: OpenAICompatibleProvider

beforeAll(async () => {
  server = await pocketServer()
  provider = createOpenAICompatible({
    name: 'millrace',
    baseURL: `${server.url}/v1`,
    supportsStructuredOutputs: true,
    includeUsage: true,
  })
})
afterAll(() => server.stop())

const weather = () =>
  tool({
    description: 'Get the current weather in a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: async () => ({ temperature: 22 }),
  })

test('generateText', async () => {
  const { text, finishReason, usage } = await generateText({
    model: provider('pocket'),
    system: 'Be brief.',
    prompt: 'What is the capital of Germany?',
  })
  expect(text).toBe('The capital of Germany is Berlin.')
  expect(finishReason).toBe('stop')
  expect(usage.outputTokens).toBeGreaterThan(3)
})

test('streamText', async () => {
  const result = streamText({ model: provider('pocket'), prompt: 'Hello' })
  let text = ''
  for await (const piece of result.textStream) text += piece
  expect(text).toBe('Hello! How can I help you?')
  expect(await result.finishReason).toBe('stop')
  expect((await result.usage).inputTokens).toBeGreaterThan(3)
})

test('tools, in several steps, whole and streamed', async () => {
  const asked = {
    model: provider('pocket'),
    prompt: 'What is the weather in Paris?',
    tools: { get_weather: weather() },
    stopWhen: stepCountIs(3),
  }
  const { text, steps } = await generateText(asked)
  expect(text).toBe('It is 22 degrees in Paris.')
  expect(steps[0]?.toolCalls).toMatchObject([{ toolName: 'get_weather', input: { city: 'Paris' } }])
  const streamed = streamText(asked)
  expect(await streamed.text).toBe('It is 22 degrees in Paris.')
  expect(await streamed.steps).toHaveLength(2)
})

test('generateObject', async () => {
  const { object } = await generateObject({
    model: provider('pocket'),
    schema: z.object({ name: z.string(), age: z.number(), city: z.string() }),
    prompt: 'Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.',
  })
  expect(object).toEqual({ name: 'Nina', age: 42, city: 'Oslo' })
})

test('embedMany', async () => {
  const { embeddings } = await embedMany({
    model: provider.textEmbeddingModel('vectors'),
    values: ['Paris', 'Cats'],
  })
  expect(embeddings.map(({ length }) => length)).toEqual([128, 128])
})

test('an error in the middle of a stream is an error', async () => {
  const errors: unknown[] = []
  const result = streamText({
    model: provider('failing-late'),
    prompt: 'Hello',
    onError: ({ error }) => void errors.push(error),
  })
  await result.consumeStream()
  expect(JSON.stringify(errors)).toContain('The disk is on fire.')
})
