// Pipelines as people write them, as models: agents that are ended, questions in the place of conversations, answers that are data.
import { afterEach, expect, test } from '@jest/globals'
import {
  Agent,
  BranchJoiner,
  ChatPromptBuilder,
  FallbackChatGenerator,
  ScriptedChatGenerator,
} from '@millrace/components'
import {
  ChatMessage,
  defineComponent,
  Pipeline,
  PipelineComponent,
  StreamingChunk,
  t,
  tool,
} from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { type Served, serve } from '@millrace/serve'

let served: Served | undefined
const pipelines: Pipeline[] = []
afterEach(async () => {
  await served?.close()
  await Promise.all(pipelines.splice(0).map((pipeline) => pipeline.close()))
})

async function ask(pipeline: Pipeline, content: unknown, more: object = {}) {
  pipelines.push(pipeline)
  await served?.close()
  served = await serve({ pipelines: { it: pipeline } })
  const response = await served.fetch(
    new Request('http://localhost/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', host: 'localhost' },
      body: JSON.stringify({ model: 'it', messages: [{ role: 'user', content }], ...more }),
    }),
  )
  const text = await response.text()
  const isStream = text.startsWith('data: ')
  const events = isStream
    ? text.split('\n\n').flatMap((event) => (event.startsWith('data: {') ? [JSON.parse(event.slice(6))] : []))
    : []
  const json = isStream ? undefined : JSON.parse(text)
  return {
    status: response.status,
    error: json?.error,
    content: isStream
      ? events.map(({ choices }) => choices?.[0]?.delta.content ?? '').join('')
      : json?.choices?.[0]?.message.content,
    finish: isStream ? events.at(-1).choices?.[0]?.finish_reason : json?.choices?.[0]?.finish_reason,
    calls: json?.choices?.[0]?.message.tool_calls,
    runId: response.headers.get('x-run-id'),
  }
}

const weather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: () => 'SECRET ROW',
})

const pocket = () =>
  new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } })

function agent(parameters: Partial<ConstructorParameters<typeof Agent>[0]> = {}) {
  return new Agent({ chatGenerator: pocket(), tools: [weather], ...parameters })
}

test.each([false, true])('an agent whose conversation is too long is 400, stream %s', async (stream) => {
  const inner = new Pipeline({ agent: agent() }, { outputs: { answer: 'agent.lastMessage' } })
  for (const pipeline of [
    new Pipeline({ agent: agent() }),
    new Pipeline({ agent: agent() }, { outputs: { answer: 'agent.lastMessage' } }),
    new Pipeline({ inner: new PipelineComponent(inner) }),
  ] as Pipeline[]) {
    const { status, error } = await ask(pipeline, 'SECRET '.repeat(3000), { stream })
    expect({ status, code: error?.code, param: error?.param }).toEqual({
      status: 400,
      code: 'context_length_exceeded',
      param: 'messages',
    })
    expect(error.message).not.toMatch('SECRET')
  }
})

test('an agent that was ended answers with words of its model, and not with notes and results for it', async () => {
  const calling = { text: 'I look.', toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] }
  const cut = { ...calling, finishReason: 'length' }
  const ended = (replies: object[], more = {}) =>
    new Pipeline({
      agent: agent({ chatGenerator: new ScriptedChatGenerator({ replies: replies as never }), ...more }),
    }) as Pipeline
  for (const pipeline of [
    ended([cut]),
    ended([calling], { maxSteps: 1 }),
    ended([calling, calling], { maxSteps: 2 }),
  ]) {
    expect(await ask(pipeline, 'Hi')).toMatchObject({ status: 200, content: 'I look.', finish: 'length' })
  }
  const byTool = ended([calling], { exitConditions: ['get_weather'] })
  expect(await ask(byTool, 'Hi')).toMatchObject({ content: 'SECRET ROW', finish: 'stop' })
})

test('a generator that takes over repeats nothing, and what was begun before it stands apart', async () => {
  const speaking = (said: string, fails: boolean) => {
    const Speaking = defineComponent({
      type: 'Speaking',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: (_, { emit }) => {
        emit(StreamingChunk.create({ content: said, start: true, index: 0 }))
        if (fails) throw new RangeError('The line is dead.')
        return { replies: [ChatMessage.assistant(said)] }
      },
    })
    return new Speaking()
  }
  const pipeline = new Pipeline({
    llm: new FallbackChatGenerator({
      generators: [speaking('Half a', true), speaking('Whole.', false)] as never,
    }),
  })
  expect(await ask(pipeline as Pipeline, 'Hi', { stream: true })).toMatchObject({
    content: 'Half a\n\nWhole.',
    finish: 'stop',
  })
})

test('a question is what the user said last, where a pipeline takes no conversation', async () => {
  const made = new Pipeline(
    {
      prompt: new ChatPromptBuilder({
        template: [ChatMessage.user('What is the capital of {{ question }}?')],
      }),
      all: new BranchJoiner({ of: 'messages' }),
      llm: pocket(),
    },
    { inputs: { question: ['prompt.question'] }, outputs: { answer: 'llm.replies' } },
  )
    .connect('prompt.prompt', 'all.value')
    .connect('all.value', 'llm.messages')
  expect(await ask(made as Pipeline, [{ type: 'text', text: 'France' }])).toMatchObject({
    content: 'The capital of France is Paris.',
  })
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  expect(await ask(made as Pipeline, [{ type: 'text', text: 'France' }, image])).toMatchObject({
    status: 400,
    error: { param: 'messages[0]' },
  })
})

test('an answer that is data is JSON', async () => {
  const Maker = defineComponent({
    type: 'Maker',
    inputs: { question: t.string() },
    outputs: { answer: t.union(t.string(), t.record(t.json())) },
    run: ({ question }) => ({ answer: { question, n: 1 } }),
  })
  expect(await ask(new Pipeline({ maker: new Maker() }) as Pipeline, 'Why?')).toMatchObject({
    content: '{"question":"Why?","n":1}',
  })
})

test('a call that was cut off before its arguments began is not there, in one piece and as a stream', async () => {
  const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weather.parameters } }]
  const pipeline = new Pipeline({ llm: pocket() }) as Pipeline
  let whole = 0
  for (let max_tokens = 1; max_tokens <= 24; max_tokens++) {
    const more = { tools, tool_choice: 'required', max_tokens }
    const { calls = [], finish } = await ask(pipeline, 'What is the weather in Paris?', more)
    for (const { function: called } of calls) {
      expect(called.name).toBe('get_weather')
      expect('{"city":"Paris"}'.startsWith(called.arguments.replace(/\s/g, ''))).toBe(true)
    }
    if (finish === 'tool_calls') whole++
    const { content } = await ask(pipeline, 'What is the weather in Paris?', { ...more, stream: true })
    expect(content).toBe('')
  }
  expect(whole).toBeGreaterThan(0)
})

test('a run that pauses is 409 with its address, as a stream, too', async () => {
  const asking = () => new Pipeline({ agent: agent({ approve: 'always' }) }) as Pipeline
  for (const stream of [false, true]) {
    const { status, error } = await ask(asking(), 'What is the weather in Paris?', { stream })
    expect([status, error.code]).toEqual([409, 'run_paused'])
    const [, id = ''] = /POST \/runs\/(run_[\w-]+)\/answers/.exec(error.message) ?? []
    expect(served?.runs.get(id).state).toBe('paused')
  }
})
