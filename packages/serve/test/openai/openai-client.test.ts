// The npm client of OpenAI, over a real socket, on the shipped model.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import { getWeather, type PocketServer, pocketServer } from './pocket-server.ts'

let server: PocketServer
let client: OpenAI

beforeAll(async () => {
  server = await pocketServer()
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any' })
})
afterAll(() => server.stop())

const user = (content: string) => ({ role: 'user', content }) as const
const hello = [user('Hello')]
const HELLO = 'Hello! How can I help you?'

async function streamed(body: Partial<OpenAI.ChatCompletionCreateParamsStreaming>) {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  const stream = await client.chat.completions.create({
    model: 'pocket',
    messages: hello,
    ...body,
    stream: true,
  })
  for await (const chunk of stream) chunks.push(chunk)
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  return { chunks, text }
}

test('lists the models, and finds one', async () => {
  const ids: string[] = []
  for await (const { id } of client.models.list()) ids.push(id)
  expect(ids).toEqual(expect.arrayContaining(['pocket', 'loop', 'agent', 'writer', 'vectors', 'ranker']))
  expect(await client.models.retrieve('pocket')).toMatchObject({ id: 'pocket', object: 'model' })
  await expect(client.models.retrieve('nothing')).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
  })
})

test('answers a chat, with its usage and times', async () => {
  const answer = await client.chat.completions.create({
    model: 'pocket',
    messages: [
      { role: 'developer', content: 'Be brief.' },
      user('My name is Priya.'),
      { role: 'assistant', content: 'Nice to meet you, Priya!' },
      { role: 'user', content: [{ type: 'text', text: 'What is my name?' }] },
    ],
  })
  expect(answer.object).toBe('chat.completion')
  expect(answer.id).toMatch(/^chatcmpl-/)
  expect(answer.choices).toEqual([
    {
      index: 0,
      message: { role: 'assistant', content: 'Your name is Priya.', refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ])
  const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = answer.usage ?? {}
  expect(prompt_tokens).toBeGreaterThan(10)
  expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  expect(Object(answer).timings).toMatchObject({ predicted_n: completion_tokens })
})

test('streams a chat: the role first, the finish last, the usage only when it is asked for', async () => {
  const { chunks, text } = await streamed({})
  expect(text).toBe(HELLO)
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
  expect(chunks.at(-1)?.choices).toMatchObject([{ delta: {}, finish_reason: 'stop' }])
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  expect(chunks.every(({ usage }) => usage === undefined)).toBe(true)

  const counted = await streamed({ stream_options: { include_usage: true } })
  expect(counted.chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } })
})

test('the stream helper gathers text and calls', async () => {
  const stream = client.chat.completions.stream({
    model: 'pocket',
    messages: [user('What is the weather in Rome and in Oslo?')],
    tools: [getWeather],
  })
  const { choices } = await stream.finalChatCompletion()
  expect(choices[0]?.finish_reason).toBe('tool_calls')
  const calls = choices[0]?.message.tool_calls ?? []
  expect(calls.map((call) => call.type === 'function' && call.function)).toMatchObject([
    { name: 'get_weather', arguments: '{"city": "Rome"}' },
    { name: 'get_weather', arguments: '{"city": "Oslo"}' },
  ])
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
})

test('runTools goes round until there is an answer', async () => {
  for (const stream of [false, true]) {
    const asked: unknown[] = []
    const runner = client.chat.completions.runTools({
      model: 'pocket',
      messages: [user('What is the weather in Paris?')],
      stream: stream as false,
      tools: [
        {
          type: 'function',
          function: {
            ...getWeather.function,
            parse: JSON.parse,
            function: (args: unknown) => {
              asked.push(args)
              return { temperature: 22 }
            },
          },
        },
      ] as never,
    })
    expect(await runner.finalContent()).toBe('It is 22 degrees in Paris.')
    expect(asked).toEqual([{ city: 'Paris' }])
  }
})

test('the choice of tools, and at most one call', async () => {
  const ask = async (more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>) => {
    const { choices } = await client.chat.completions.create({
      model: 'pocket',
      messages: [user('What is the weather in Rome and in Oslo?')],
      tools: [getWeather],
      ...more,
    })
    return { finish: choices[0]?.finish_reason, calls: choices[0]?.message.tool_calls?.length ?? 0 }
  }
  expect(await ask({ tool_choice: 'none' })).toEqual({ finish: 'stop', calls: 0 })
  expect(await ask({ parallel_tool_calls: false })).toEqual({ finish: 'tool_calls', calls: 1 })
  const byName = { type: 'function', function: { name: 'get_weather' } } as const
  expect(await ask({ messages: hello, tool_choice: byName, max_tokens: 60 })).toMatchObject({
    finish: 'tool_calls',
  })
  expect(await ask({ messages: hello, tool_choice: 'required', max_tokens: 60 })).toMatchObject({
    finish: 'tool_calls',
  })
})

test('structured output, by zod and in each shape of response_format', async () => {
  const person = z.object({ name: z.string(), age: z.number().int(), city: z.string() })
  const messages = [user('Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.')]
  const nina = { name: 'Nina', age: 42, city: 'Oslo' }
  const parsed = await client.chat.completions.parse({
    model: 'pocket',
    messages,
    response_format: zodResponseFormat(person, 'person'),
  })
  expect(parsed.choices[0]?.message.parsed).toEqual(nina)

  const schema = {
    type: 'object',
    properties: { city: { const: 'Nowhere' } },
    required: ['city'],
    additionalProperties: false,
  }
  for (const response_format of [
    { type: 'json_object' },
    { type: 'json_object', schema },
    { type: 'json_schema', schema },
    { type: 'json_schema', json_schema: { name: 'place', schema, strict: false } },
  ]) {
    const { choices } = await client.chat.completions.create({
      model: 'pocket',
      messages,
      response_format: response_format as never,
    })
    const expected =
      response_format.type === 'json_object' && !('schema' in response_format) ? nina : { city: 'Nowhere' }
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual(expected)
  }
})

test('several answers, each with its own seed, whole and interleaved', async () => {
  const body = { model: 'pocket', messages: [user('Tell me a story.')], n: 3, seed: 7, temperature: 1.5 }
  const whole = await client.chat.completions.create(body)
  const texts = whole.choices.map(({ message }) => message.content)
  expect(whole.choices.map(({ index }) => index)).toEqual([0, 1, 2])
  expect(new Set(texts).size).toBeGreaterThan(1)
  const { chunks } = await streamed(body)
  const streams = [0, 1, 2].map((index) =>
    chunks.flatMap(({ choices }) => choices).filter((choice) => choice.index === index),
  )
  expect(streams.map((choices) => choices.map(({ delta }) => delta.content ?? '').join(''))).toEqual(texts)
  expect(streams.map((choices) => choices.at(-1)?.finish_reason)).not.toContain(null)
})

test('limits, stops and log probabilities', async () => {
  const cut = await client.chat.completions.create({
    model: 'pocket',
    messages: hello,
    max_completion_tokens: 2,
    logprobs: true,
    top_logprobs: 2,
  })
  expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'Hello!' } })
  const logprobs = cut.choices[0]?.logprobs?.content ?? []
  expect(logprobs.map(({ token }) => token)).toEqual(['Hello', '!'])
  expect(logprobs[0]?.top_logprobs).toHaveLength(2)
  const stopped = await client.chat.completions.create({ model: 'pocket', messages: hello, stop: ['!', ''] })
  expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello' } })
  const { chunks } = await streamed({ logprobs: true })
  const tokens = chunks
    .flatMap(({ choices }) => choices[0]?.logprobs?.content ?? [])
    .map(({ token }) => token)
  expect(tokens.join('')).toBe(HELLO)
})

test('null is absent, and what is unknown or a hint is ignored', async () => {
  const answer = await client.chat.completions.create({
    model: 'pocket',
    messages: hello,
    ...{ temperature: null, stop: null, tools: [], response_format: null, n: null, service_tier: null },
    ...{
      metadata: { a: 'b' },
      store: true,
      user: 'me',
      prompt_cache_key: 'x',
      reasoning_effort: 'low',
      invented: 1,
    },
  } as never)
  expect(answer.choices[0]?.message.content).toBe(HELLO)
})

test('a pipeline that runs tools itself answers, and streams what leads to the answer', async () => {
  for (const model of ['loop', 'agent']) {
    const messages = [user('What is the weather in Paris?')]
    const { choices, usage } = await client.chat.completions.create({ model, messages })
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: 'It is 22 degrees in Paris.' },
    })
    expect(usage?.completion_tokens).toBeGreaterThan(10)
    const { text, chunks } = await streamed({ model, messages })
    expect(text).toBe('It is 22 degrees in Paris.')
    expect(chunks.length).toBeGreaterThan(5)
    expect(chunks.some(({ choices }) => choices[0]?.delta.tool_calls)).toBe(false)
  }
})

test('what a repair loop throws away is not streamed', async () => {
  const { text } = await streamed({
    model: 'repair',
    messages: [user('Nina is 42 years old and lives in Oslo.')],
  })
  expect(JSON.parse(text)).toEqual({ name: 'Nina', age: 42, city: 'Oslo' })
})

test('goes on with a text', async () => {
  const body = { model: 'writer', prompt: 'The capital of France is', max_tokens: 3 }
  const { choices, object, usage } = await client.completions.create(body)
  expect(object).toBe('text_completion')
  expect(choices[0]?.text).not.toBe('')
  expect(usage?.completion_tokens).toBeGreaterThan(0)
  let text = ''
  for await (const chunk of await client.completions.create({ ...body, stream: true }))
    text += chunk.choices[0]?.text
  expect(text).toBe(choices[0]?.text)
  const { choices: counted } = await client.completions.create({ ...body, logprobs: 1, echo: true })
  expect(counted[0]?.logprobs?.tokens?.join('')).toBe(counted[0]?.text)
  expect(counted[0]?.text).toBe(body.prompt + choices[0]?.text)
})

test('gives vectors, as floats and as base64, which the client asks for by itself', async () => {
  const input = ['Paris is a city.', 'Cats sleep.', 'Paris is a city.']
  const packed = await client.embeddings.create({ model: 'vectors', input })
  const plain = await client.embeddings.create({ model: 'vectors', input, encoding_format: 'float' })
  expect(packed.data.map(({ index }) => index)).toEqual([0, 1, 2])
  for (const [index, { embedding }] of plain.data.entries()) {
    expect(embedding).toHaveLength(128)
    for (const [place, value] of embedding.entries())
      expect(packed.data[index]?.embedding[place]).toBeCloseTo(value)
  }
  expect(plain.data[0]?.embedding).toEqual(plain.data[2]?.embedding)
  expect(plain.data[0]?.embedding).not.toEqual(plain.data[1]?.embedding)
  expect(plain.usage.prompt_tokens).toBeGreaterThan(5)
})

test('an image is seen by a model with eyes, and is 400 for one without', async () => {
  const file = new URL('../../../pocket-model/images/red-circle.png', import.meta.url)
  const url = `data:image/png;base64,${readFileSync(file).toString('base64')}`
  const ask = (model: string) =>
    client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What color is the shape?' },
            { type: 'image_url', image_url: { url, detail: 'low' } },
          ],
        },
      ],
    })
  await expect(ask('pocket')).rejects.toMatchObject({ status: 400, param: 'messages' })
  expect((await ask('eyes')).choices[0]?.message.content).toBe('The shape is red.')
})

test('an error in the middle of a stream is an error', async () => {
  await expect(streamed({ model: 'failing-late' })).rejects.toThrow('The disk is on fire.')
  const helper = client.chat.completions.stream({ model: 'failing-late', messages: hello })
  await expect(helper.finalChatCompletion()).rejects.toThrow('The disk is on fire.')
})

test('a failure is not tried again', async () => {
  let requests = 0
  const counting = new OpenAI({
    baseURL: server.url,
    apiKey: 'any',
    fetch: (...parameters) => {
      requests++
      return fetch(...(parameters as Parameters<typeof fetch>))
    },
  })
  const asked = counting.chat.completions.create({ model: 'failing', messages: hello })
  await expect(asked).rejects.toMatchObject({ status: 500, type: 'server_error' })
  expect(requests).toBe(1)
})
