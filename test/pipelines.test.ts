// Every pipeline file loads, survives a round trip, and gives its answer on the pocket model.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import {
  ChatMessage,
  type ComponentPackage,
  ImageContent,
  type JsonValue,
  Registry,
  type RunListener,
  type Snapshot,
  StreamingChunk,
  type ToolCallEnd,
} from '@millrace/core'
import { dumpPipeline, loadPipeline, loadPipelineFile, pipelineFile } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { mcpComponents } from '@millrace/mcp'
import { openAIComponents } from '@millrace/openai'
import { streams, testServer, texts } from '../packages/openai/test/server/test-server.ts'
import { root } from './workspace.ts'

// As users of the command line bring it in, with --package.
const { pipelineTools }: { pipelineTools: ComponentPackage } = await import(join(root, 'pipelines/tools.js'))
const registry = new Registry([
  ...[standardComponents, llamaCppComponents, mcpComponents, openAIComponents, pipelineTools],
])
const options = { registry, commands: ['npx'] }

/** Stands in for the server that a file names. */
const server = testServer()

interface Case {
  readonly inputs: Readonly<Record<string, unknown>>
  /** The text of the reply, or the value of another output. */
  readonly answer: unknown
  /** @defaultValue `llm.replies` */
  readonly output?: 'agent.lastMessage' | 'tools.replies' | 'letter.value' | 'validator.data'
  /** What a person says to the calls that the run asks about, one pause after the other. */
  readonly answers?: readonly JsonValue[]
}

const image = (name: string) => ImageContent.fromFile(join(root, 'packages/pocket-model/images', name))

const documents = ['Alice lives in Paris.', 'Bob likes pizza.', 'Carol is a doctor.']

const cases: Readonly<Record<string, readonly Case[]>> = {
  'ask-a-server.yaml': [{ inputs: { question: 'Why?' }, answer: 'Because of Why?' }],
  'agent.yaml': [
    {
      inputs: { question: 'What is the weather in Paris?' },
      output: 'agent.lastMessage',
      answer: 'It is 19 degrees in Paris.',
    },
    {
      inputs: { question: 'What is 123 plus 456?' },
      output: 'agent.lastMessage',
      answer: 'The result is 579.',
    },
    { inputs: { question: 'Hello' }, output: 'agent.lastMessage', answer: 'Hello! How can I help you?' },
  ],
  'agent-with-approval.yaml': [
    {
      inputs: { question: 'What is the weather in Paris?' },
      answers: ['approve'],
      output: 'agent.lastMessage',
      answer: 'It is 19 degrees in Paris.',
    },
    // Which asks nothing.
    {
      inputs: { question: 'What is 123 plus 456?' },
      output: 'agent.lastMessage',
      answer: 'The result is 579.',
    },
  ],
  'capital.yaml': [
    { inputs: { prompt: { country: 'France' } }, answer: 'The capital of France is Paris.' },
    { inputs: { country: 'Norway' }, answer: 'The capital of Norway is Oslo.' },
  ],
  'chat.yaml': [
    { inputs: { messages: 'Hello' }, answer: 'Hello! How can I help you?' },
    {
      inputs: {
        messages: [
          ChatMessage.user('My name is Priya.'),
          ChatMessage.assistant('Nice to meet you, Priya!'),
          ChatMessage.user('What is my name?'),
        ],
      },
      answer: 'Your name is Priya.',
    },
  ],
  'answer-from-documents.yaml': [
    { inputs: { documents, question: 'Where does Alice live?' }, answer: 'Alice lives in Paris.' },
    { inputs: { documents, question: 'What does Bob like?' }, answer: 'Bob likes pizza.' },
  ],
  'classify-and-route.yaml': [
    {
      inputs: { review: 'The movie was awful.' },
      output: 'letter.value',
      answer: 'We are sorry to read: "The movie was awful." Somebody will write to you today.',
    },
    {
      inputs: { review: 'This hotel is wonderful.' },
      output: 'letter.value',
      answer: 'Thank you for writing: "This hotel is wonderful."',
    },
  ],
  'describe-image.yaml': [
    {
      inputs: { photo: await image('red-circle.png') },
      answer: 'I see a red circle on a white background.',
    },
    {
      inputs: { prompt: { photo: await image('green-triangle.jpg') } },
      answer: 'I see a green triangle on a white background.',
    },
    {
      inputs: { photo: await image('blue-square.png'), question: 'What color is the shape?' },
      answer: 'The shape is blue.',
    },
  ],
  'extract-and-use.yaml': [
    { inputs: { text: 'Nina is 42 years old and lives in Oslo.' }, answer: 'Oslo is the capital of Norway.' },
  ],
  'extract-json.yaml': [
    {
      inputs: { text: 'Nina is 42 years old and lives in Oslo.' },
      answer: '{"name": "Nina", "age": 42, "city": "Oslo"}',
    },
    {
      inputs: { text: 'I am Leo, 31 years old, from Rome.' },
      answer: '{"name": "Leo", "age": 31, "city": "Rome"}',
    },
  ],
  'fallback.yaml': [
    { inputs: { documents, question: 'Where does Alice live?' }, answer: 'Alice lives in Paris.' },
    // More than the first generator has room for.
    {
      inputs: { documents: [...documents, ...documents], question: 'Where does Alice live?' },
      answer: 'Alice lives in Paris.',
    },
  ],
  'mcp-tools.yaml': [
    {
      inputs: { question: 'What is 123 plus 456?' },
      output: 'tools.replies',
      // The model copies the numbers wrongly.
      answer: expect.stringMatching(/^The result is \d+\.$/),
    },
  ],
  'repair-loop.yaml': [
    // The first reply is a sentence, and the second one right.
    {
      inputs: { request: 'Nina is 42 years old and lives in Oslo.' },
      output: 'validator.data',
      answer: { name: 'Nina', age: 42, city: 'Oslo' },
    },
    // The first reply is right.
    {
      inputs: { request: 'Extract name, age and city as JSON: I am Leo, 31 years old, from Rome.' },
      output: 'validator.data',
      answer: { name: 'Leo', age: 31, city: 'Rome' },
    },
  ],
  'tool-loop.yaml': [
    {
      inputs: { question: 'What is 123 plus 456?' },
      output: 'tools.replies',
      answer: 'The result is 579.',
    },
    {
      inputs: { question: 'What is the weather in Rome?' },
      output: 'tools.replies',
      answer: 'It is 22 degrees in Rome.',
    },
    // Nothing to call: the first reply leaves the loop.
    { inputs: { question: 'Hello' }, output: 'tools.replies', answer: 'Hello! How can I help you?' },
  ],
  'tools-in-place.yaml': [
    { inputs: { question: 'What is 123 plus 456?' }, output: 'tools.replies', answer: 'The result is 579.' },
    {
      inputs: { question: 'What is the weather in Oslo?' },
      output: 'tools.replies',
      answer: 'It is 7 degrees in Oslo.',
    },
  ],
  'two-questions.yaml': [
    { inputs: { country: 'Norway' }, answer: 'Oslo is the capital of Norway.' },
    { inputs: { capital: { country: 'Japan' } }, answer: 'Tokyo is the capital of Japan.' },
  ],
}

const files = readdirSync(join(root, 'pipelines')).filter((file) => file.endsWith('.yaml'))

describe('pipelines', () => {
  test('each has a case here, and each case a file', () => {
    expect(Object.keys(cases).sort()).toEqual(files.sort())
  })

  test.each(files)('%s survives a round trip', async (file) => {
    const pipeline = await loadPipelineFile(join(root, 'pipelines', file), options)
    const again = loadPipeline(dumpPipeline(pipeline, { registry }), {
      ...options,
      baseDir: join(root, 'pipelines'),
      readFile: (path) => readFileSync(path),
    })
    expect(pipelineFile(again, { registry })).toEqual(pipelineFile(pipeline, { registry }))
  })

  test.each(files)('%s answers', async (file) => {
    server.behave((response, asked) => {
      const [last] = (asked.body['messages'] as { readonly content: string }[]).slice(-1)
      streams(texts('Because of ', last?.content ?? ''))(response, asked)
    })
    const overrides = file === 'ask-a-server.yaml' ? { 'llm.apiBaseUrl': server.url } : {}
    await using pipeline = await loadPipelineFile(join(root, 'pipelines', file), { ...options, overrides })
    for (const { inputs, answer, answers = [], output = 'llm.replies' } of cases[file] ?? []) {
      let result = await pipeline.run(inputs)
      for (const said of answers) {
        const given = Object.fromEntries(result.questions.map(({ id }) => [id, said]))
        result = await pipeline.resume(result.snapshot as Snapshot, { answers: given })
      }
      const value = [result.get(output) as unknown].flat()[0]
      expect(ChatMessage.is(value) ? ChatMessage.text(value) : value).toEqual(answer)
    }
  })

  test('mcp-tools.yaml calls the server with what the model wrote, and the model gets its answer', async () => {
    await using pipeline = await loadPipelineFile(join(root, 'pipelines/mcp-tools.yaml'), options)
    const calls: ToolCallEnd[] = []
    const onEvent: RunListener = (event) => {
      if (event.type === 'toolCall') calls.push(event.call)
    }
    const result = await pipeline.run({ question: 'What is 123 plus 456?' }, { onEvent })
    const [sums] = calls.map(({ call, result: told }) => {
      const { a, b } = call.arguments as { a: number; b: number }
      return { name: call.name, told, expected: `The sum of ${a} and ${b} is ${a + b}.` }
    })
    expect(sums).toEqual({ name: 'get-sum', told: sums?.expected, expected: sums?.expected })
    expect(ChatMessage.text((result.named['answer'] as ChatMessage[])[0])).toMatch(/^The result is/)
  })

  test('repair-loop.yaml ends after three wrong replies, and says what is wrong with the last one', async () => {
    await using pipeline = await loadPipelineFile(join(root, 'pipelines/repair-loop.yaml'), { registry })
    await expect(pipeline.run({ request: 'Who are you?' })).rejects.toThrow(
      /^'validator' \(JsonSchemaValidator\) failed: The model gave no JSON that fits the schema in 3 attempts\. What is wrong with the last reply:\nThe text is not JSON: .*\nThe reply: I am Pocket, a tiny language model made for tests and demos\.$/,
    )
  })

  test('classify-and-route.yaml runs one of the two ways', async () => {
    await using pipeline = await loadPipelineFile(join(root, 'pipelines/classify-and-route.yaml'), {
      registry,
    })
    const result = await pipeline.run({ review: 'The movie was awful.' })
    expect(result.trace.map(({ component }) => component)).toEqual([
      ...['prompt', 'classifier', 'router', 'apology', 'letter'],
    ])
    expect(result.warnings).toEqual([])
  })

  test.each([
    {
      question: 'What is 123 plus 456?',
      called: ['add {"a":123,"b":456}'],
      results: ['579'],
      answer: 'The result is 579.',
    },
    {
      question: 'What is the weather in Rome and in Oslo?',
      called: ['get_weather {"city":"Rome"}', 'get_weather {"city":"Oslo"}'],
      results: ['{"temperature":22}', '{"temperature":7}'],
      answer: /^It is 22 degrees in Rome/,
    },
  ])('tool-loop.yaml streams calls, results and the reply to: $question', async (row) => {
    await using pipeline = await loadPipelineFile(join(root, 'pipelines/tool-loop.yaml'), { registry })
    const run = pipeline.stream({ question: row.question })
    const chunks: StreamingChunk[] = []
    for await (const event of run) if (event.type === 'chunk') chunks.push(event.chunk)
    // The calls of the first turn, put together from their pieces.
    const calls = ChatMessage.toolCalls(StreamingChunk.merge(chunks))
    expect(calls.map((call) => `${call.name} ${JSON.stringify(call.arguments)}`)).toEqual(row.called)
    expect(chunks.filter(({ toolCalls }) => toolCalls !== undefined).length).toBeGreaterThan(calls.length)
    expect(chunks.flatMap(({ toolCallResult: made }) => (made ? [made.result] : []))).toEqual(row.results)
    expect(chunks.map(({ content }) => content).join('')).toEqual(
      typeof row.answer === 'string' ? row.answer : expect.stringMatching(row.answer),
    )
    expect((await run.result).trace.map(({ component }) => component)).toEqual([
      'prompt',
      ...['conversation', 'llm', 'tools'],
      ...['conversation', 'llm', 'tools'],
    ])
  })
})
