// Answers of generators that say what the shipped model does not: thoughts, calls without ids, words on the way.

import { afterEach, expect, test } from '@jest/globals'
import { BranchJoiner, ToolInvoker } from '@millrace/components'
import { ChatMessage, defineComponent, Pipeline, StreamingChunk, ToolCall, t, tool } from '@millrace/core'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { listen, type Served, serve } from '../../src/index.ts'
import { rolesOf } from '../../src/openai/served-models.ts'

const inputs = {
  messages: t.array(t.message()),
  generationKwargs: t.optional(t.object({ temperature: t.optional(t.number()) })),
  tools: t.optional(t.tools()),
}

type Reply = { readonly chunks: Parameters<typeof StreamingChunk.create>[0][]; readonly message: ChatMessage }

/** Gives one reply after the other, in the pieces that are given. */
function scripted(...replies: readonly Reply[]) {
  let next = 0
  const Scripted = defineComponent({
    type: 'Scripted',
    inputs,
    outputs: { replies: t.array(t.message()) },
    run: (_inputs, { emit }) => {
      const { chunks, message } = replies[next++ % replies.length] as Reply
      for (const [index, chunk] of chunks.entries()) emit(StreamingChunk.create({ index, ...chunk }))
      return { replies: [message] }
    },
  })
  return new Scripted()
}

let served: Served | undefined
afterEach(() => served?.close())

async function ask(pipeline: Pipeline, more: object = {}) {
  served = await serve({ pipelines: { it: pipeline } })
  const response = await served.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: 'localhost' },
      body: JSON.stringify({ model: 'it', messages: [{ role: 'user', content: 'Hi' }], ...more }),
    }),
  )
  const text = await response.text()
  if (!text.startsWith('data: '))
    return { json: JSON.parse(text), status: response.status, deltas: [], finish: '' }
  const chunks = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)).choices[0])
  const deltas = chunks.map(({ delta }) => delta).filter((delta) => Object.keys(delta).length > 0)
  return {
    json: undefined,
    status: response.status,
    deltas: deltas.slice(1),
    finish: chunks.at(-1).finish_reason,
  }
}

const one = (...replies: readonly Reply[]) => new Pipeline({ llm: scripted(...replies) }) as never as Pipeline

test('thoughts are apart from the text', async () => {
  const reply = {
    chunks: [{ reasoning: 'Let me ' }, { reasoning: 'see.' }, { content: 'Yes.' }],
    message: ChatMessage.assistant({ text: 'Yes.', reasoning: 'Let me see.' }),
  }
  const { json } = await ask(one(reply))
  expect(json.choices[0].message).toMatchObject({ content: 'Yes.', reasoning_content: 'Let me see.' })
  const { deltas } = await ask(one(reply), { stream: true })
  expect(deltas).toEqual([
    { reasoning_content: 'Let me ' },
    { reasoning_content: 'see.' },
    { content: 'Yes.' },
  ])
})

test('a model that was cut off while it thought has an answer without text', async () => {
  const meta = { finishReason: 'length' }
  const message = ChatMessage.assistant({ reasoning: 'Let me', meta })
  const { json } = await ask(one({ chunks: [], message }))
  expect(json.choices[0]).toMatchObject({
    message: { content: '', reasoning_content: 'Let me' },
    finish_reason: 'length',
  })
})

test('id, type and name of a call are in its first piece alone, also where the name comes late and no id at all', async () => {
  const reply = {
    chunks: [
      { toolCalls: [{ index: 0, id: 'a' }] },
      { toolCalls: [{ index: 0, name: 'add', arguments: '{"a"' }] },
      { toolCalls: [{ index: 0, arguments: ': 1}' }] },
      { toolCalls: [{ index: 1, name: 'add', arguments: '{}' }] },
    ],
    message: ChatMessage.assistant({
      toolCalls: [
        ToolCall.create({ id: 'a', name: 'add', arguments: { a: 1 } }),
        ToolCall.create({ name: 'add' }),
      ],
    }),
  }
  const { deltas, finish } = await ask(one(reply), { stream: true })
  const calls = deltas.flatMap((delta) => delta.tool_calls)
  expect(calls).toEqual([
    { index: 0, id: 'a', type: 'function', function: { name: 'add', arguments: '' } },
    { index: 0, function: { arguments: '{"a"' } },
    { index: 0, function: { arguments: ': 1}' } },
    { index: 1, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } },
    { index: 1, function: { arguments: '{}' } },
  ])
  expect(finish).toBe('tool_calls')
  const { json } = await ask(one(reply))
  expect(json.choices[0]).toMatchObject({
    message: {
      content: null,
      tool_calls: [{ id: 'a', function: { arguments: '{"a":1}' } }, { id: 'call_1' }],
    },
    finish_reason: 'tool_calls',
  })
})

test('a call that was cut off is there as the model wrote it', async () => {
  const malformedToolCalls = [{ index: 0, id: 'a', name: 'add', arguments: '{"a": ' }]
  const meta = { finishReason: 'length', malformedToolCalls }
  const { json } = await ask(one({ chunks: [], message: ChatMessage.assistant({ meta }) }))
  expect(json.choices[0]).toMatchObject({
    message: { tool_calls: [{ id: 'a', function: { name: 'add', arguments: '{"a": ' } }] },
    finish_reason: 'length',
  })
})

test('what does not stream comes in one piece', async () => {
  const { deltas } = await ask(one({ chunks: [], message: ChatMessage.assistant('All at once.') }), {
    stream: true,
  })
  expect(deltas).toEqual([{ content: 'All at once.' }])
})

test('what a model says on its way stands apart from its answer; the calls that the pipeline runs are not the client’s', async () => {
  const look = tool({ name: 'look', description: 'Looks.', run: () => 'a cat' })
  const llm = scripted(
    {
      chunks: [{ content: 'I look.' }, { toolCalls: [{ index: 0, id: 'a', name: 'look', arguments: '{}' }] }],
      message: ChatMessage.assistant({
        text: 'I look.',
        toolCalls: [ToolCall.create({ id: 'a', name: 'look' })],
      }),
    },
    { chunks: [{ content: 'A ' }, { content: 'cat.' }], message: ChatMessage.assistant('A cat.') },
  )
  const parts = {
    conversation: new BranchJoiner({ of: 'messages' }),
    llm,
    tools: new ToolInvoker({ tools: [look] }),
  }
  const loop = new Pipeline(parts, {
    inputs: { messages: ['conversation.value'] },
    outputs: { answer: 'tools.replies' },
  })
    .connect('conversation.value', 'llm.messages')
    .connect('conversation.value', 'tools.conversation')
    .connect('llm.replies', 'tools.messages')
    .connect('tools.messages', 'conversation.value') as never as Pipeline
  const { deltas, finish } = await ask(loop, { stream: true })
  expect(deltas).toEqual([{ content: 'I look.' }, { content: '\n\nA ' }, { content: 'cat.' }])
  expect(finish).toBe('stop')
  const { json } = await ask(loop)
  expect(json.choices[0].message).toMatchObject({ content: 'A cat.' })
  expect(json.choices[0].message).not.toHaveProperty('tool_calls')
})

/** Answers when it is let go, with the number of its turn; each says how long the prompt was. */
function gatedModel() {
  const waiting: (() => void)[] = []
  let turn = 0
  const Gated = defineComponent({
    type: 'Gated',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    run: async (_inputs, { modelCall }) => {
      const text = String(++turn)
      await new Promise<void>((resolve) => waiting.push(resolve))
      modelCall({
        operation: 'chat',
        provider: 'test',
        model: 'it',
        durationMs: 0,
        usage: { promptTokens: 7, completionTokens: 1 },
      })
      return { replies: [ChatMessage.assistant(text)] }
    },
  })
  return { pipeline: new Pipeline({ llm: new Gated() }) as never as Pipeline, waiting }
}

test('several answers take their places behind those that came before, and in front of those that come later', async () => {
  const { pipeline, waiting } = gatedModel()
  const server = await listen({ port: 0, pipelines: { it: pipeline }, maxRunning: 2, maxQueue: 4 })
  served = server
  const ask = async (n: number) => {
    const response = await fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'it', messages: [{ role: 'user', content: 'Hi' }], n }),
    })
    const {
      choices = [],
      usage,
      error,
    } = (await response.json()) as {
      choices?: { message: { content: string } }[]
      usage?: object
      error?: object
    }
    return { status: response.status, turns: choices.map(({ message }) => message.content), usage, error }
  }
  const first = ask(1)
  await turnsUntil(() => server.runs.list().length === 1)
  const several = ask(3)
  await turnsUntil(() => server.runs.list().length === 4)
  const last = ask(1)
  await turnsUntil(() => server.runs.list().length === 5)
  // One place is left, and nothing of what needs two goes on.
  expect(await ask(2)).toMatchObject({ status: 429, error: { code: 'queue_full' } })
  await turnsUntil(() => server.runs.list().filter(({ state }) => state === 'waiting').length === 3)
  for (let run = 0; run < 5; run++) {
    await turnsUntil(() => waiting.length > 0)
    waiting.shift()?.()
  }
  expect([(await first).turns, (await several).turns, (await last).turns]).toEqual([
    ['1'],
    ['2', '3', '4'],
    ['5'],
  ])
  expect((await several).usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 })
})

test('an option that would change the answer, and has no open input, is refused by its name', async () => {
  const reply = { chunks: [], message: ChatMessage.assistant('Yes.') }
  expect(
    await ask(one(reply), { temperature: 0.5, presence_penalty: 0, reasoning_effort: 'low' }),
  ).toMatchObject({
    status: 200,
  })
  const refused = await ask(one(reply), { top_k: 3 })
  expect(refused).toMatchObject({
    status: 400,
    json: { error: { param: 'top_k', code: 'unsupported_parameter' } },
  })
  expect(refused.json.error.message).toContain("'llm.generationKwargs' of its pipeline has no 'topK'")

  const Settings = defineComponent({
    type: 'Settings',
    inputs: {},
    outputs: { kwargs: t.object({ temperature: t.optional(t.number()) }) },
    run: () => ({ kwargs: { temperature: 0 } }),
  })
  const closed = new Pipeline({ settings: new Settings(), llm: scripted(reply) }).connect(
    'settings.kwargs',
    'llm.generationKwargs',
  ) as never as Pipeline
  expect(await ask(closed)).toMatchObject({ status: 200 })
  expect((await ask(closed, { temperature: 1 })).json.error).toMatchObject({
    param: 'temperature',
    message: expect.stringContaining("the input 'llm.generationKwargs' of its pipeline is not open"),
  })
})

test('a pipeline is a model if a conversation is all that it needs, and it says an answer', () => {
  const reply = { chunks: [], message: ChatMessage.assistant('Yes.') }
  const Prompt = defineComponent({
    type: 'Prompt',
    inputs: { question: t.string(), style: t.string() },
    outputs: { messages: t.array(t.message()) },
    run: ({ question }) => ({ messages: [ChatMessage.user(question)] }),
  })
  const asks = new Pipeline({ prompt: new Prompt(), llm: scripted(reply) }).connect(
    'prompt.messages',
    'llm.messages',
  )
  expect(rolesOf(asks as never)).toEqual({})
  expect(Object.keys(rolesOf(one(reply)))).toEqual(['chat'])
  const named = new Pipeline(
    { llm: scripted(reply) },
    { inputs: { question: ['llm.messages'] }, outputs: { answer: 'llm.replies' } },
  )
  expect(rolesOf(named as never).chat).toMatchObject({
    input: 'question',
    output: { name: 'answer' },
    isDirect: true,
  })
  const unnamed = new Pipeline({ llm: scripted(reply) }, { outputs: { data: 'llm.replies' } })
  expect(rolesOf(unnamed as never)).toEqual({})
})
