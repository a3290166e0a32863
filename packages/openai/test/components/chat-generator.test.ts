import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  FileContent,
  ImageContent,
  type ModelCall,
  type RunContext,
  type StreamingChunk,
  ToolCall,
  ToolCallResult,
  t,
  tool,
  toolset,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { OpenAIChatGenerator } from '../../src/components/chat-generator.ts'
import { chunk, streams, testServer, texts, usage, whole } from '../server/test-server.ts'

const server = testServer()

type Parameters = Partial<ConstructorParameters<typeof OpenAIChatGenerator>[0]>

function make(parameters: Parameters = {}): OpenAIChatGenerator {
  return new OpenAIChatGenerator({ model: 'm', apiBaseUrl: server.url, ...parameters })
}

/** A context that keeps what it hears. */
function listening(over: Partial<RunContext> = {}) {
  const chunks: StreamingChunk[] = []
  const calls: ModelCall[] = []
  const warnings: string[] = []
  const context: RunContext = {
    ...aloneContext(OpenAIChatGenerator),
    emit: (one) => chunks.push(one),
    modelCall: (call) => calls.push(call),
    warn: (code) => warnings.push(code),
    ...over,
  }
  return { context, chunks, calls, warnings }
}

const weather = tool({
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: t.object({ city: t.string() }),
  run: () => 22,
})
const add = tool({ name: 'add', description: 'Adds.', parameters: t.object({ a: t.number() }), run: () => 1 })

describe('OpenAIChatGenerator', () => {
  describe('keeps the contract', () => {
    // The server behaves the same for all of them.
    testComponent(
      () => {
        server.behave(streams(texts('The capital ', 'is Paris.')))
        return make()
      },
      { test, inputs: [{ messages: 'What is the capital of France?' }] },
    )
  })

  test('streams a reply, whose meta says the model, the end, the tokens and the times', async () => {
    const timings = { prompt_ms: 12.345, predicted_ms: 20, predicted_per_second: 150 }
    server.behave(streams([...texts('The capital ', 'is Paris.').slice(0, -1), { ...usage, timings }]))
    const { context, chunks, calls } = listening()
    const { replies } = await make().run({ messages: 'What is the capital of France?' }, context)
    const meta = {
      model: 'served',
      index: 0,
      finishReason: 'stop',
      usage: { promptTokens: 11, completionTokens: 3, totalTokens: 14, cachedTokens: 8 },
      responseId: 'chatcmpl-1',
      created: 1_700_000_000,
      timings: { promptMs: 12.35, predictedMs: 20, tokensPerSecond: 150 },
    }
    expect(replies).toEqual([ChatMessage.assistant({ text: 'The capital is Paris.', meta })])
    expect(chunks.map(({ content }) => content)).toEqual(['The capital ', 'is Paris.', ''])
    expect(chunks.map(({ start }) => start)).toEqual([true, false, false])
    expect(chunks.at(-1)).toMatchObject({ finishReason: 'stop', meta: { usage: meta.usage } })
    const { hostname, port } = new URL(server.url)
    expect(calls).toEqual([
      {
        operation: 'chat',
        provider: 'openai',
        model: 'm',
        responseModel: 'served',
        responseId: 'chatcmpl-1',
        server: { address: hostname, port: Number(port) },
        usage: meta.usage,
        timings: meta.timings,
        finishReason: 'stop',
        options: {},
        input: [ChatMessage.user('What is the capital of France?')],
        replies,
        durationMs: expect.any(Number),
      },
    ])
  })

  test('asks with the path, the names and the headers of the protocol', async () => {
    server.behave(streams(texts('Yes.')))
    const generator = make({
      apiBaseUrl: `${server.url}/`,
      apiKey: 'sk-secret',
      organization: 'org-1',
      headers: { 'X-Tenant': 'a' },
      generationKwargs: { temperature: 0, maxTokens: 5, seed: 1, stop: null, topK: 3 },
    })
    const generationKwargs = {
      ...{ temperature: 1, topP: 0.5, reasoningEffort: 'low', n: 1, logitBias: { '1': 2 } },
      ...{ chatTemplateKwargs: { a: 1 }, enableThinking: false, extraBody: { cache_prompt: false } },
    }
    await generator.run({
      messages: [ChatMessage.system('Be brief.'), ChatMessage.user('Hi')],
      generationKwargs,
    })
    expect(server.asked).toMatchObject([
      {
        path: '/v1/chat/completions',
        headers: { authorization: 'Bearer sk-secret', 'openai-organization': 'org-1', 'x-tenant': 'a' },
      },
    ])
    expect(server.asked[0]?.body).toEqual({
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      ...{ temperature: 1, top_p: 0.5, top_k: 3, max_tokens: 5, seed: 1, reasoning_effort: 'low', n: 1 },
      logit_bias: { '1': 2 },
      chat_template_kwargs: { a: 1, enable_thinking: false },
      stream: true,
      stream_options: { include_usage: true },
      cache_prompt: false,
    })
  })

  test('sends no key where there is none, also when the environment has one of OpenAI', async () => {
    server.behave(streams(texts('Yes.')))
    const variables = {
      OPENAI_API_KEY: 'of-openai',
      OPENAI_ADMIN_KEY: 'of-openai',
      OPENAI_ORG_ID: 'of-openai',
      OPENAI_PROJECT_ID: 'of-openai',
      OPENAI_CUSTOM_HEADERS: 'X-Token: of-openai\nauthorization: of-openai',
    }
    Object.assign(process.env, variables)
    try {
      await make().run({ messages: 'Hi' })
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name]
    }
    expect(server.asked).toHaveLength(1)
    expect(JSON.stringify(server.asked)).not.toContain('of-openai')
    expect(server.asked[0]?.headers.authorization).toBeUndefined()
  })

  test('looks up ${env:NAME} when it asks, and says which one is not set', async () => {
    server.behave(streams(texts('Yes.')))
    const generator = make({ apiKey: '${env:MILLRACE_TEST_KEY}' })
    await expect(generator.warmUp()).rejects.toThrow("'MILLRACE_TEST_KEY' is not set")
    process.env['MILLRACE_TEST_KEY'] = 'sk-1'
    try {
      await generator.run({ messages: 'Hi' })
    } finally {
      delete process.env['MILLRACE_TEST_KEY']
    }
    expect(server.asked[0]?.headers.authorization).toBe('Bearer sk-1')
  })

  test('answers an empty conversation with nothing, and asks nothing', async () => {
    server.behave(streams(texts('Yes.')))
    expect(await make().run({ messages: [] })).toEqual({ replies: [] })
    expect(server.asked).toEqual([])
  })

  test('gives thoughts as reasoning, by either name', async () => {
    for (const name of ['reasoning_content', 'reasoning']) {
      server.behave(streams([chunk({ [name]: 'Hm, ' }), chunk({ [name]: 'yes' }), ...texts('Paris')]))
      const { context, chunks } = listening()
      const { replies } = await make().run({ messages: 'Hi' }, context)
      expect(ChatMessage.reasoning(replies[0])).toBe('Hm, yes')
      expect(ChatMessage.text(replies[0])).toBe('Paris')
      expect(chunks.map(({ reasoning }) => reasoning).slice(0, 2)).toEqual(['Hm, ', 'yes'])
    }
  })

  test('sends thoughts back only under the key that it is given', async () => {
    server.behave(streams(texts('Yes.')))
    const thought = ChatMessage.assistant({ reasoning: 'Hm' })
    const both = ChatMessage.assistant({ reasoning: 'Hm', text: 'A' })
    const messages = [ChatMessage.user('Hi'), thought, both, ChatMessage.user('Go on')]
    await make().run({ messages })
    await make({ reasoningKey: 'reasoning_content' }).run({ messages })
    expect(server.asked.map(({ body }) => (body['messages'] as unknown[]).slice(1, 3))).toEqual([
      [
        { role: 'assistant', content: '' },
        { role: 'assistant', content: 'A' },
      ],
      [
        { role: 'assistant', content: '', reasoning_content: 'Hm' },
        { role: 'assistant', content: 'A', reasoning_content: 'Hm' },
      ],
    ])
  })

  test('sends images, files, calls and their results', async () => {
    server.behave(streams(texts('Yes.')))
    const image = ImageContent.create({ base64: 'iVBORw0KGgo=', mimeType: 'image/png' })
    const file = FileContent.create({ base64: 'JVBERg==', mimeType: 'application/pdf', filename: 'a.pdf' })
    const toolCalls = ['1', '2'].map((id) => ToolCall.create({ id, name: 'add', arguments: { a: 1 } }))
    const content = toolCalls.map((origin) => ToolCallResult.create({ result: `r${origin.id}`, origin }))
    const called = ChatMessage.assistant({ toolCalls })
    const together: ChatMessage = { role: 'tool', content }
    await make().run({ messages: [ChatMessage.user(['What?', image, file]), called, together] })
    expect(server.asked[0]?.body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERg==', filename: 'a.pdf' } },
        ],
      },
      {
        role: 'assistant',
        tool_calls: ['1', '2'].map((id) => ({
          ...{ type: 'function', id, function: { name: 'add', arguments: '{"a":1}' } },
        })),
      },
      { role: 'tool', tool_call_id: '1', content: 'r1' },
      { role: 'tool', tool_call_id: '2', content: 'r2' },
    ])
  })

  test('gives several replies, of which the first one streams and has the usage', async () => {
    const other = { index: 1, delta: { content: 'Other' }, finish_reason: 'length' }
    server.behave(streams([chunk({ content: 'One' }), { model: 'served', choices: [other] }, ...texts()]))
    const { context, chunks } = listening()
    const { replies } = await make({ generationKwargs: { n: 2 } }).run({ messages: 'Hi' }, context)
    expect(replies.map((reply) => [ChatMessage.text(reply), reply.meta?.['finishReason']])).toEqual([
      ['One', 'stop'],
      ['Other', 'length'],
    ])
    expect(replies.map(({ meta }) => meta?.['usage'] !== undefined)).toEqual([true, false])
    expect(chunks.map(({ content }) => content).join('')).toBe('One')
  })

  test('gives log probabilities as LlamaCppChatGenerator does', async () => {
    const entry = { token: 'Hi', bytes: [72, 105], logprob: -0.5 }
    const logprobs = { content: [{ ...entry, top_logprobs: [{ ...entry, bytes: null }] }] }
    server.behave(streams([chunk({ content: 'Hi' }, null, { logprobs }), ...texts()]))
    const { replies } = await make().run({
      messages: 'Hi',
      generationKwargs: { logprobs: true, topLogprobs: 1 },
    })
    expect(server.asked[0]?.body).toMatchObject({ logprobs: true, top_logprobs: 1 })
    expect(replies[0]?.meta?.['logprobs']).toEqual([{ ...entry, topLogprobs: [{ ...entry, bytes: [] }] }])
  })

  test('takes an answer in one piece, asked for or not', async () => {
    for (const generationKwargs of [{ stream: false }, {}]) {
      server.behave(whole({ content: 'Paris', reasoning_content: 'Hm' }))
      const { context, chunks } = listening()
      const { replies } = await make({ generationKwargs }).run({ messages: 'Hi' }, context)
      expect(server.asked[0]?.body['stream']).toBe('stream' in generationKwargs ? undefined : true)
      expect([ChatMessage.reasoning(replies[0]), ChatMessage.text(replies[0])]).toEqual(['Hm', 'Paris'])
      expect(replies[0]?.meta).toMatchObject({ finishReason: 'stop', usage: { totalTokens: 14 } })
      expect(chunks.map(({ reasoning, content }) => reasoning ?? content)).toEqual(['Hm', 'Paris', ''])
    }
  })

  test('keeps a refusal of the model as text, and says that it is one', async () => {
    server.behave(streams([chunk({ refusal: 'I cannot.' }), chunk({}, 'content_filter')]))
    const { replies } = await make().run({ messages: 'Hi' })
    expect(ChatMessage.text(replies[0])).toBe('I cannot.')
    expect(replies[0]?.meta).toMatchObject({ refusal: 'I cannot.', finishReason: 'contentFilter' })
  })

  test('leaves out the usage that a server does not send', async () => {
    server.behave(streams(texts('Yes.').slice(0, -1)))
    const { context, calls } = listening()
    const { replies } = await make().run({ messages: 'Hi' }, context)
    expect([replies[0]?.meta?.['usage'], calls[0]?.usage]).toEqual([undefined, undefined])
  })

  describe('structured output', () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } }
    const closed = { ...open, required: ['a'], additionalProperties: false }

    test.each([
      [{ type: 'text' }, undefined],
      [{ type: 'jsonObject' }, { type: 'json_object' }],
      [{ type: 'json_object' }, { type: 'json_object' }],
      [
        { type: 'jsonObject', schema: open },
        { type: 'json_schema', json_schema: { name: 'reply', schema: open } },
      ],
      [
        { type: 'jsonObject', schema: closed },
        { type: 'json_schema', json_schema: { name: 'reply', strict: true, schema: closed } },
      ],
      [
        { type: 'json_schema', json_schema: { name: 'x', strict: false, schema: closed } },
        { type: 'json_schema', json_schema: { name: 'x', strict: false, schema: closed } },
      ],
    ])('%j is sent as %j', async (responseFormat, sent) => {
      server.behave(streams(texts('{}')))
      await make().run({ messages: 'Hi', generationKwargs: { responseFormat: responseFormat as never } })
      expect(server.asked[0]?.body['response_format']).toEqual(sent)
    })

    test('that is cut off is a warning', async () => {
      server.behave(streams([chunk({ content: '{"a":' }), chunk({}, 'length')]))
      const { context, warnings } = listening()
      const generationKwargs = { responseFormat: { type: 'jsonObject' as const } }
      const { replies } = await make({ generationKwargs }).run({ messages: 'Hi' }, context)
      expect(warnings).toEqual(['REPLY_CUT'])
      expect(replies[0]?.meta?.['warnings']).toMatchObject([{ code: 'REPLY_CUT' }])
    })
  })

  describe('tools', () => {
    const sent = {
      type: 'function',
      function: { name: 'add', description: 'Adds.', parameters: add.parameters },
    }

    test.each([
      ['auto' as const, ['get_weather', 'add'], undefined],
      ['required' as const, ['get_weather', 'add'], 'required'],
      [{ name: 'add' }, ['add'], 'required'],
      ['none' as const, undefined, undefined],
    ])('with the choice %j are sent so that every server understands', async (toolChoice, names, choice) => {
      server.behave(streams(texts('Yes.')))
      const generator = make({ tools: [weather, toolset({ name: 'numbers', tools: [add] })] })
      await generator.run({ messages: 'Hi', generationKwargs: { toolChoice, parallelToolCalls: false } })
      const { tools, tool_choice, parallel_tool_calls } = Object(server.asked[0]?.body)
      expect((tools as (typeof sent)[] | undefined)?.map((one) => one.function.name)).toEqual(names)
      expect([tool_choice, parallel_tool_calls]).toEqual([choice, names && false])
    })

    test('of a run replace those of the component, and may be held to their schemas', async () => {
      server.behave(streams(texts('Yes.')))
      await make({ tools: [weather] }).run({ messages: 'Hi', tools: [add] })
      await make({ tools: [add], strictTools: true }).run({ messages: 'Hi' })
      expect(server.asked.map(({ body }) => body['tools'])).toEqual([
        [sent],
        [{ ...sent, function: { ...sent.function, strict: true } }],
      ])
    })

    test.each([
      ['required' as const, [], "it is 'required', but there are no tools"],
      [{ name: 'ad' }, [add], "it names 'ad', which is none of the tools: 'add'"],
    ])('refuse the choice %j of what is not there', async (toolChoice, tools, message) => {
      const running = make().run({ messages: 'Hi', tools, generationKwargs: { toolChoice } })
      await expect(running).rejects.toMatchObject({
        code: 'OPENAI_OPTION_INVALID',
        message: expect.stringContaining(message),
      })
    })

    test('that are called stream as pieces, and make a message', async () => {
      const call = (index: number, rest: object) => chunk({ tool_calls: [{ index, ...rest }] })
      server.behave(
        streams([
          call(0, { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '' } }),
          call(0, { function: { arguments: '{"city":' } }),
          call(0, { function: { arguments: '"Rome"}' } }),
          call(1, { id: 'b', type: 'function', function: { name: 'add', arguments: '{"a":' } }),
          chunk({}, 'tool_calls'),
        ]),
      )
      const { context, chunks } = listening()
      const { replies } = await make({ tools: [weather, add] }).run({ messages: 'Hi' }, context)
      expect(ChatMessage.toolCalls(replies[0])).toEqual([
        { type: 'toolCall', id: 'a', name: 'get_weather', arguments: { city: 'Rome' } },
      ])
      expect(replies[0]?.meta).toMatchObject({
        finishReason: 'toolCalls',
        malformedToolCalls: [{ index: 1, id: 'b', name: 'add', arguments: '{"a":' }],
      })
      expect(chunks.flatMap(({ toolCalls }) => toolCalls ?? [])).toEqual([
        { index: 0, id: 'a', name: 'get_weather' },
        { index: 0, arguments: '{"city":' },
        { index: 0, arguments: '"Rome"}' },
        { index: 1, id: 'b', name: 'add', arguments: '{"a":' },
      ])
    })
  })

  test('waits for the streamingCallback, and survives one that throws', async () => {
    server.behave(streams(texts('a', 'b')))
    const heard: string[] = []
    const streamingCallback = async ({ content }: StreamingChunk) => {
      await Promise.resolve()
      heard.push(content)
    }
    await make({ streamingCallback }).run({ messages: 'Hi' })
    expect(heard).toEqual(['a', 'b', ''])
    const failing = () => {
      throw new Error('no')
    }
    const { replies } = await make().run({ messages: 'Hi', streamingCallback: failing })
    expect(ChatMessage.text(replies[0])).toBe('ab')
  })

  test('a check connects to nothing, and misses only the key of OpenAI', async () => {
    const key = process.env['OPENAI_API_KEY']
    delete process.env['OPENAI_API_KEY']
    try {
      expect(new OpenAIChatGenerator({ model: 'm' }).check()).toMatchObject([
        { level: 'warning', code: 'MISSING_KEY', option: 'apiKey' },
      ])
      server.behave(streams(texts('Yes.')))
      expect(make().check()).toEqual([])
      expect(server.asked).toEqual([])
    } finally {
      if (key !== undefined) process.env['OPENAI_API_KEY'] = key
    }
  })
})
