// Completions of several texts, by the npm client of OpenAI on the shipped model.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import OpenAI from 'openai'
import { type PocketServer, pocketServer } from './pocket-server.ts'

let server: PocketServer
let client: OpenAI

beforeAll(async () => {
  server = await pocketServer()
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'any' })
})
afterAll(() => server.stop())

const prompts = ['The capital of France is', 'My name is', 'Cats']
const body = { model: 'writer', prompt: prompts, max_tokens: 6 }

async function streamed(more: Partial<OpenAI.CompletionCreateParamsNonStreaming>) {
  const chunks: OpenAI.Completion[] = []
  const asked = { ...body, ...more, stream: true, stream_options: { include_usage: true } } as const
  for await (const chunk of await client.completions.create(asked)) chunks.push(chunk)
  return chunks
}

const alone = (prompt: string) => client.completions.create({ ...body, prompt })

test('each text gets its answer, by its place, whole and streamed, and the usage is that of all', async () => {
  const ones = await Promise.all(prompts.map(alone))
  const texts = ones.map(({ choices }) => choices[0]?.text)
  const whole = await client.completions.create(body)
  expect(whole.choices.map(({ index, text }) => [index, text])).toEqual([...texts.entries()])
  const sum = (name: 'prompt_tokens' | 'completion_tokens') =>
    ones.reduce((all, { usage }) => all + (usage?.[name] ?? 0), 0)
  const usage = { prompt_tokens: sum('prompt_tokens'), completion_tokens: sum('completion_tokens') }
  expect(whole.usage).toMatchObject(usage)
  const chunks = await streamed({})
  const choices = chunks.flatMap((chunk) => chunk.choices)
  for (const [index, text] of texts.entries()) {
    const own = choices.filter((choice) => choice.index === index)
    expect(own.map((choice) => choice.text).join('')).toBe(text)
    expect(own.map((choice) => choice.finish_reason)).toEqual([
      ...Array(own.length - 1).fill(null),
      ones[index]?.choices[0]?.finish_reason,
    ])
  }
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage })
})

test('n answers to each text stand together, each with its seed, and a text counts once', async () => {
  const [first = '', second = ''] = prompts
  const asked = { ...body, prompt: [first, second], n: 2, temperature: 2, seed: 5 }
  const { choices, usage } = await client.completions.create(asked)
  expect(choices.map(({ index }) => index)).toEqual([0, 1, 2, 3])
  const one = async (prompt: string, seed: number) =>
    (await client.completions.create({ ...asked, prompt, seed, n: 1 })).choices[0]?.text
  const texts = [await one(first, 5), await one(first, 6), await one(second, 5), await one(second, 6)]
  expect(choices.map(({ text }) => text)).toEqual(texts)
  const counts = await Promise.all([first, second].map(alone))
  const expected = counts.reduce((sum, one) => sum + (one.usage?.prompt_tokens ?? 0), 0)
  expect(usage?.prompt_tokens).toBe(expected)
  const chunks = await streamed(asked)
  const pieces = chunks.flatMap((chunk) => chunk.choices)
  const joined = texts.map((_, index) =>
    pieces.flatMap((piece) => (piece.index === index ? [piece.text] : [])).join(''),
  )
  expect(joined).toEqual(texts)
})

test('log probabilities are streamed as they are in the whole answer', async () => {
  const whole = await client.completions.create({ ...body, logprobs: 2 })
  const pieces = (await streamed({ logprobs: 2 })).flatMap((chunk) => chunk.choices)
  for (const { index, text, logprobs } of whole.choices) {
    const own = pieces.filter((piece) => piece.index === index).flatMap((piece) => piece.logprobs ?? [])
    expect(own.flatMap(({ tokens = [] }) => tokens)).toEqual(logprobs?.tokens)
    expect(own.flatMap(({ tokens = [] }) => tokens).join('')).toBe(text)
    expect(own.flatMap(({ token_logprobs: scores = [] }) => scores)).toEqual(logprobs?.token_logprobs)
    expect(own.flatMap(({ top_logprobs: likely = [] }) => likely)).toEqual(logprobs?.top_logprobs)
    expect(own.flatMap(({ text_offset: offsets = [] }) => offsets)).toEqual(logprobs?.text_offset)
    expect(logprobs?.text_offset?.at(-1)).toBeGreaterThan(0)
  }
})

test('a text is repeated where that is asked for, each before its own answer', async () => {
  const { choices } = await client.completions.create({ ...body, echo: true })
  const pieces = (await streamed({ echo: true })).flatMap((chunk) => chunk.choices)
  for (const [index, prompt] of prompts.entries()) {
    expect(choices[index]?.text.startsWith(prompt)).toBe(true)
    const text = pieces.flatMap((piece) => (piece.index === index ? [piece.text] : [])).join('')
    expect(text).toBe(choices[index]?.text)
  }
})
