// Haystack's checklist for LlamaCppChatGenerator, 8.6 and 8.7, as users have it: pipelines in YAML on the pocket model,
// checked for the actual answers. The files in `pipelines/` have tests of their own beside them.
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import {
  ChatMessage,
  componentPackage,
  ImageContent,
  Registry,
  StreamingChunk,
  t,
  tool,
} from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { llamaCppComponents } from '../../src/llama-cpp-components.ts'
import { deferred } from '../deferred.ts'
import { jpegBytes } from '../jpeg-bytes.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'

const { user } = ChatMessage
const add = tool({
  name: 'add',
  description: 'Add two numbers.',
  parameters: t.object({ a: t.integer(), b: t.integer() }),
  run: ({ a, b }) => a + b,
})
const getWeather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: () => ({ temperature: 22 }),
})
/** Begins, and never ends: not even when it is told to. */
const begun = deferred()
const wait = tool({
  name: 'wait',
  description: 'Wait.',
  parameters: t.object({ seconds: t.integer() }),
  run: () => {
    begun.resolve()
    return new Promise<string>(() => {})
  },
})
const registry = new Registry([
  standardComponents,
  llamaCppComponents,
  componentPackage({ name: 'mine', components: [], tools: [add, getWeather, wait] }),
])

const load = (text: string) => loadPipeline(text, { registry })

/** One generator; further parameters in YAML. */
const generator = (...parameters: readonly string[]) => `
components:
  llm:
    type: LlamaCppChatGenerator
    initParameters:
${[`model: ${JSON.stringify(pocketPath)}`, ...parameters].map((line) => `      ${line}`).join('\n')}
`
const greedy = 'generationKwargs: { temperature: 0, maxTokens: 128 }'

describe('a red circle on white', () => {
  const circle = jpegBytes(25, 25, (x, y) =>
    (x - 12) ** 2 + (y - 12) ** 2 < 7 ** 2 ? [220, 30, 30] : [255, 255, 255],
  )

  test.each([
    [
      'a PNG',
      () => ImageContent.fromFile(join(import.meta.dirname, '../../../pocket-model/images/red-circle.png')),
    ],
    ['a JPEG', async () => ImageContent.fromBytes(circle)],
  ])('is described as such from %s', async (_, read) => {
    await using pipeline = load(generator(`modelClipPath: ${JSON.stringify(pocketVisionPath)}`, greedy))
    const image = await read()
    const { outputs } = await pipeline.run({ llm: { messages: [user(["What's in this image?", image])] } })
    const [reply] = (outputs as { llm: { replies: ChatMessage[] } }).llm.replies
    expect(ChatMessage.text(reply)).toBe('I see a red circle on a white background.')
  })
})

const loop = (tools: string) => `
components:
  conversation: { type: BranchJoiner, initParameters: { of: messages } }
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: ${JSON.stringify(pocketPath)}
      tools: &tools ${tools}
      ${greedy}
  tools: { type: ToolInvoker, initParameters: { tools: *tools } }
connections:
  - { sender: conversation.value, receiver: llm.messages }
  - { sender: conversation.value, receiver: tools.conversation }
  - { sender: llm.replies, receiver: tools.messages }
  - { sender: tools.messages, receiver: conversation.value }
inputs: { messages: [conversation.value], options: [llm.generationKwargs] }
outputs: { answer: tools.replies }
maxRunsPerComponent: 4
`

describe('a loop with tools', () => {
  test('streams the call, runs the tool, and words its result', async () => {
    await using pipeline = load(loop('[get_weather, add]'))
    const run = pipeline.stream({ messages: [user('What is 123 plus 456?')] })
    const chunks: StreamingChunk[] = []
    for await (const event of run) if (event.type === 'chunk') chunks.push(event.chunk)
    const deltas = chunks.flatMap(({ toolCalls = [] }) => toolCalls)
    expect(deltas.map(({ name }) => name).filter((name) => name !== undefined)).toEqual(['add'])
    const written = deltas.map((delta) => delta.arguments ?? '')
    expect(written.filter((piece) => piece !== '').length).toBeGreaterThan(1)
    expect(written.join('').replaceAll(' ', '')).toBe('{"a":123,"b":456}')
    expect(chunks.flatMap(({ toolCallResult: made }) => (made ? [made.result] : []))).toEqual(['579'])
    const [answer] = (await run.result).get('tools.replies') as readonly ChatMessage[]
    expect(ChatMessage.text(answer)).toBe('The result is 579.')
    expect(ChatMessage.toolCalls(StreamingChunk.merge(chunks))).toHaveLength(1)
  })

  test('is left at once by an abort in the middle of a tool, and the slot of the model is free', async () => {
    await using pipeline = load(loop('[wait, add]'))
    const why = new Error('enough')
    const controller = new AbortController()
    // The pocket model has never heard of waiting.
    const options = { toolChoice: { name: 'wait' } }
    const running = pipeline.run({ messages: [user('Wait.')], options }, { signal: controller.signal })
    await begun.promise
    controller.abort(why)
    await expect(running).rejects.toBe(why)
    const { outputs } = await pipeline.run({ messages: [user('Hello')] })
    const [answer] = (outputs as { tools: { replies: ChatMessage[] } }).tools.replies
    expect(ChatMessage.text(answer)).toBe('Hello! How can I help you?')
  })
})

describe.each(['node-llama-cpp', 'llama.node'])('on the engine %s', (engine) => {
  const tools = 'tools: [get_weather, add]'
  const asked = (engineOptions: readonly string[]) => load(generator(`engine: ${engine}`, ...engineOptions))

  async function answers(
    pipeline: ReturnType<typeof load>,
    questions: readonly string[],
    generationKwargs = {},
  ) {
    const replies: ChatMessage[] = []
    for (const messages of questions) {
      const { outputs } = await pipeline.run({ llm: { messages, generationKwargs } })
      replies.push(...(outputs as { llm: { replies: ChatMessage[] } }).llm.replies)
    }
    return replies
  }

  test('the weather in two cities is two calls in one turn', async () => {
    await using pipeline = asked(['tools: [get_weather]', greedy])
    const [reply] = await answers(pipeline, ['What is the weather in Rome and in Oslo?'])
    const calls = ChatMessage.toolCalls(reply)
    expect(calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ['get_weather', { city: 'Rome' }],
      ['get_weather', { city: 'Oslo' }],
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
  })

  const questions = [
    'Hello',
    'Who are you?',
    'Tell me a story.',
    'My name is Priya.',
    'What is the capital of France?',
    'What is the weather in Paris?',
    'What is 7 plus 8?',
    'Is this review positive or negative?\nThe movie was awful.',
    'Ünïcode, 東京 & "quotes" <tool_call>',
    '{"name": "add"}',
  ]

  test('a call that is required comes, whatever is asked', async () => {
    await using pipeline = asked([tools, greedy])
    const kwargs = [{ temperature: 0 }, { temperature: 1.5, seed: 1 }]
    for (const sampling of kwargs) {
      const replies = await answers(pipeline, questions, {
        ...sampling,
        toolChoice: 'required',
        maxTokens: 300,
      })
      for (const reply of replies) {
        expect([ChatMessage.text(reply), reply.meta?.['finishReason']]).toEqual([undefined, 'toolCalls'])
        expect(ChatMessage.toolCalls(reply).length).toBeGreaterThan(0)
      }
    }
  })

  test('a call of the tool that is named comes, whatever is asked', async () => {
    const toolChoice = 'generationKwargs: { temperature: 0, maxTokens: 300, toolChoice: { name: add } }'
    await using pipeline = asked([tools, toolChoice])
    for (const reply of await answers(pipeline, questions)) {
      const calls = ChatMessage.toolCalls(reply)
      expect(new Set(calls.map(({ name }) => name))).toEqual(new Set(['add']))
      for (const { arguments: given } of calls) {
        expect(given).toEqual({ a: expect.any(Number), b: expect.any(Number) })
        expect(Object.values(given).every(Number.isInteger)).toBe(true)
      }
    }
  })

  test('what is extracted obeys the schema, whatever is asked', async () => {
    const schema = `{ type: object, properties: { name: { type: string, maxLength: 12 }, age: { type: integer, minimum: 0, maximum: 150 }, city: { enum: [Oslo, Rome] } }, required: [name, age, city], additionalProperties: false }`
    const format = `generationKwargs: { temperature: 0, responseFormat: { type: jsonObject, schema: ${schema} } }`
    await using pipeline = asked([format])
    const nina = 'Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.'
    const leo = 'Extract name, age and city as JSON: I am Leo, 31 years old, from Rome.'
    const [first, second, ...others] = await answers(pipeline, [nina, leo, ...questions])
    const parsed = (reply: ChatMessage | undefined) => JSON.parse(ChatMessage.text(reply) ?? '')
    expect(parsed(first)).toEqual({ name: 'Nina', age: 42, city: 'Oslo' })
    expect(parsed(second)).toEqual({ name: 'Leo', age: 31, city: 'Rome' })
    for (const other of others.map(parsed)) {
      expect(Object.keys(other)).toEqual(['name', 'age', 'city'])
      expect(other.name).toEqual(expect.any(String))
      expect(other.name.length).toBeLessThanOrEqual(12)
      expect(Number.isInteger(other.age) && other.age >= 0 && other.age <= 150).toBe(true)
      expect(['Oslo', 'Rome']).toContain(other.city)
    }
  })
})
