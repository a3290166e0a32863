import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  componentPackage,
  defineComponent,
  Pipeline,
  Registry,
  StreamingChunk,
  t,
  tool,
  toolset,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { dumpPipeline, loadPipeline, pipelineFile } from '@millrace/core/yaml'
import { Agent } from '../../src/agent/agent.ts'
import { AgentState } from '../../src/agent/agent-state.ts'
import { FallbackChatGenerator } from '../../src/generators/fallback-chat-generator.ts'
import { ScriptedChatGenerator } from '../../src/generators/scripted-chat-generator.ts'
import { standardComponents } from '../../src/standard-components.ts'
import { add, agentOf, calling, getWeather, inPipeline, linesOf, weatherIn } from './parts.ts'

const paris = [weatherIn('Paris'), 'It is 22 degrees in Paris.']
const ask = { messages: 'What is the weather in Paris?' }

describe('Agent', () => {
  testComponent(() => agentOf(paris, { tools: [] }), {
    test,
    inputs: [
      { ...ask, tools: [getWeather] },
      { messages: [ChatMessage.user('Hi')], generationKwargs: { seed: 1 } },
    ],
  })

  test('asks the model and runs its calls until it answers in words', async () => {
    const agent = agentOf(paris)
    const { messages, lastMessage, ...rest } = await agent.run(ask)
    expect(linesOf(messages)).toEqual([
      'user: What is the weather in Paris?',
      'assistant: call-1-1: get_weather({"city":"Paris"})',
      'tool: call-1-1 = {"city":"Paris","temperature":22}',
      'assistant: It is 22 degrees in Paris.',
    ])
    expect(lastMessage).toEqual(messages.at(-1))
    expect(rest).toEqual({
      exitReason: 'text',
      steps: 2,
      usage: { promptTokens: 15, completionTokens: 8, totalTokens: 23 },
    })
    expect(agent.asked.map(({ tools = [] }) => tools.map(({ name }) => name))).toEqual([
      ['get_weather', 'add'],
      ['get_weather', 'add'],
    ])
  })

  test('streams all steps, and reports each call of the model and of tools', async () => {
    const { result, events } = await inPipeline(agentOf(paris))
    expect(result.get('agent.exitReason')).toBe('text')
    const chunks = events.flatMap((event) => (event.type === 'chunk' ? [event.chunk] : []))
    expect(ChatMessage.toolCalls(StreamingChunk.merge(chunks))).toMatchObject([{ name: 'get_weather' }])
    expect(chunks.flatMap(({ toolCallResult: made }) => (made ? [made.result] : []))).toEqual([
      '{"city":"Paris","temperature":22}',
    ])
    expect(chunks.map(({ content }) => content).join('')).toBe('It is 22 degrees in Paris.')
    expect(events.flatMap(({ type }) => (type.endsWith('Call') ? [type] : []))).toEqual([
      'modelCall',
      'toolCall',
      'modelCall',
    ])
  })

  test('runs several calls at once, and gives the results in their order', async () => {
    let running = 0
    let most = 0
    const slow = tool({
      name: 'slow',
      description: 'Takes turns.',
      parameters: t.object({ turns: t.integer() }),
      run: async ({ turns }) => {
        most = Math.max(most, ++running)
        for (let turn = 0; turn < turns; turn++) await null
        running--
        return turns
      },
    })
    const calls = calling(['slow', { turns: 9 }], ['nope'], ['slow', { turns: 1 }], ['slow', { turns: 5 }])
    const { messages } = await agentOf([calls, 'Done.'], { tools: [slow], maxToolConcurrency: 2 }).run(ask)
    expect(linesOf(messages).slice(2, -1)).toEqual([
      'tool: call-1-1 = 9',
      "tool: call-1-2 ! There is no tool 'nope'. Available: 'slow'.",
      'tool: call-1-3 = 1',
      'tool: call-1-4 = 5',
    ])
    expect(most).toBe(2)
  })

  test('whatever a tool does, the model is told and the conversation goes on', async () => {
    const run = (name: string, work: () => unknown) => tool({ name, description: 'Misbehaves.', run: work })
    const self: Record<string, unknown> = {}
    self['self'] = self
    const tools = [
      run('throws', () => {
        throw new RangeError('no ink')
      }),
      run('throws_nothing', () => Promise.reject()),
      run('hangs', () => new Promise(() => {})),
      run('huge', () => 'x'.repeat(10_000_000)),
      run('huge_failure', () => Promise.reject(new Error('y'.repeat(10_000_000)))),
      run('cycle', () => self),
      run('bytes', () => Buffer.alloc(10_000_000)),
      run(
        'instance',
        () =>
          new (class Point {
            x = 1
          })(),
      ),
      run('nothing', () => undefined),
      run('late', async () => ({ ok: true })),
      add,
    ]
    const calls = calling(...tools.map(({ name }) => [name] as const))
    const { messages, exitReason } = await agentOf([calls, 'Done.'], {
      tools,
      toolTimeoutMs: 20,
      maxResultCharacters: 200,
    }).run(ask)
    expect(exitReason).toBe('text')
    const results = messages.flatMap(ChatMessage.toolCallResults)
    expect(results.map(({ origin, error }) => `${origin.name} ${error}`)).toEqual([
      ...[
        'throws true',
        'throws_nothing true',
        'hangs true',
        'huge false',
        'huge_failure true',
        'cycle true',
      ],
      ...['bytes false', 'instance false', 'nothing false', 'late false', 'add true'],
    ])
    for (const { result } of results) expect(result.length).toBeLessThan(400)
    expect(results.map(({ result }) => result)).toMatchObject([
      "Tool 'throws' failed: no ink",
      "Tool 'throws_nothing' failed: undefined",
      "Tool 'hangs' took longer than 20 ms.",
      expect.stringContaining('9999800 of 10000000 characters are left out'),
      expect.stringContaining('characters are left out'),
      expect.stringContaining('circular'),
      '(binary data, 10000000 bytes, not shown)',
      '{"x":1}',
      'null',
      '{"ok":true}',
      expect.stringContaining("'a' is missing"),
    ])
  })

  test('fails the run with what a tool failed with, where it is told to', async () => {
    const agent = agentOf([weatherIn('Atlantis'), 'Done.'], { raiseOnToolFailure: true })
    await expect(agent.run(ask)).rejects.toMatchObject({ code: 'TOOL_FAILED', tool: 'get_weather' })
  })

  test('takes tools and options of one run', async () => {
    const agent = agentOf(paris, { tools: [add] })
    const { messages } = await agent.run({ ...ask, tools: [getWeather], generationKwargs: { seed: 7 } })
    expect(linesOf(messages)[2]).toBe('tool: call-1-1 = {"city":"Paris","temperature":22}')
    expect(agent.asked[0]).toMatchObject({ tools: [{ name: 'get_weather' }], generationKwargs: { seed: 7 } })
  })

  test('gives calls that share an id different ones', async () => {
    const twins = {
      toolCalls: [
        { id: 'x', name: 'add', arguments: { a: 1, b: 1 } },
        { id: 'x', name: 'add', arguments: { a: 2, b: 2 } },
      ],
    }
    const { messages } = await agentOf([twins, 'Done.']).run(ask)
    expect(linesOf(messages).slice(1, 4)).toEqual([
      'assistant: x: add({"a":1,"b":1}) x-2: add({"a":2,"b":2})',
      'tool: x = 2',
      'tool: x-2 = 4',
    ])
  })

  test('answers calls that an earlier run left open, so that models and servers take the conversation', async () => {
    const call = { type: 'toolCall', id: 'old', name: 'add', arguments: {} } as const
    const history = [
      ChatMessage.user('Go'),
      ChatMessage.assistant({ toolCalls: [call] }),
      ChatMessage.user('Never mind.'),
    ]
    const { messages } = await agentOf(['', 'All right.']).run({ messages: history })
    expect(linesOf(messages).slice(1)).toEqual([
      'assistant: old: add({})',
      'tool: old ! This call was not run.',
      'user: Never mind.',
      'assistant: All right.',
    ])
  })

  test('ends at once when it is aborted in a tool, with what there is', async () => {
    const controller = new AbortController()
    const hang = tool({
      name: 'hang',
      description: 'Hangs.',
      run: () => {
        setImmediate(() => controller.abort(new Error('enough')))
        return new Promise(() => {})
      },
    })
    const agent = agentOf([calling(['add', { a: 1, b: 2 }], ['hang']), 'Never said.'], { tools: [add, hang] })
    const result = await agent.run(ask, { ...aloneContext(Agent), signal: controller.signal })
    expect(result).toMatchObject({ exitReason: 'abort', steps: 1 })
    expect(linesOf(result.messages).slice(2)).toEqual([
      'tool: call-1-1 = 3',
      'tool: call-1-2 ! This call was stopped before it had a result.',
    ])
  })

  test('ends at once when it is aborted in the model, and keeps what was said', async () => {
    const controller = new AbortController()
    const emit = ({ content }: StreamingChunk) =>
      void (content.includes('so') && controller.abort(new Error('enough')))
    const agent = agentOf([{ chunks: ['It is ', 'so ', 'cold.'], delayMs: 1 }])
    const result = await agent.run(ask, { ...aloneContext(Agent), signal: controller.signal, emit })
    expect(result).toMatchObject({ exitReason: 'abort', lastMessage: { meta: { finishReason: 'aborted' } } })
    expect(linesOf(result.messages).at(-1)).toBe('assistant: It is so ')
  })

  test('rejects in a pipeline that is aborted, also where nothing listens to the signal', async () => {
    const Deaf = defineComponent({
      type: 'Deaf',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: () => new Promise<{ replies: readonly ChatMessage[] }>(() => {}),
    })
    const controller = new AbortController()
    const reason = new Error('enough')
    const pipeline = new Pipeline({ agent: new Agent({ chatGenerator: new Deaf() }) })
    const running = pipeline.run(
      { agent: ask },
      {
        signal: controller.signal,
        onEvent: ({ type }) => type === 'componentStart' && controller.abort(reason),
      },
    )
    await expect(running).rejects.toBe(reason)
  })

  test('is warmed up and closed with its generator and its toolsets, alone', async () => {
    const log: string[] = []
    class Heavy extends ScriptedChatGenerator {
      warmUp() {
        log.push('warm')
      }
      override close() {
        log.push('close')
      }
    }
    const tools = toolset({
      name: 'late',
      tools: [],
      warmUp() {
        log.push('tools')
        Object.assign(this, { tools: [getWeather] })
      },
      close: () => void log.push('no tools'),
    })
    const agent = new Agent({
      chatGenerator: new Heavy({ replies: paris }),
      tools: [tools],
      exitConditions: ['text', 'get_weather'],
    })
    expect((await agent.run(ask)).exitReason).toBe('get_weather')
    await agent.run(ask)
    await agent.close()
    expect(log.sort()).toEqual(['close', 'no tools', 'tools', 'tools', 'warm', 'warm'])
  })

  test('takes a name of a tool that its toolset does not bring for an error, once that is known', async () => {
    const late = toolset({ name: 'late', tools: [], warmUp() {} })
    const agent = agentOf(paris, { tools: [late, add], approve: { tools: ['ad'] } })
    await expect(agent.run(ask)).rejects.toThrow(
      "'approve.tools[0]' is 'ad', which is not a tool of this agent.",
    )
  })
})

describe('the system prompt of an agent', () => {
  test('stands at the beginning, with values of inputs in it', async () => {
    const agent = new Agent({
      chatGenerator: new ScriptedChatGenerator({ replies: ['Hi.'] }),
      systemPrompt: 'You are {{ name }}.',
    })
    const { messages } = await agent.run({ ...ask, name: 'Ada' })
    expect(linesOf(messages)[0]).toBe('system: You are Ada.')
    // A conversation that goes on has it already, and one of the caller goes on after it.
    expect(linesOf((await agent.run({ messages, name: 'Ada' })).messages)[0]).toBe('system: You are Ada.')
    const eve = (await agent.run({ messages, name: 'Eve' })).messages
    expect(linesOf(eve)[0]).toBe('system: You are Eve.')
    const other = [ChatMessage.system('Be brief.'), ChatMessage.user('Hi')]
    expect(linesOf((await agent.run({ messages: other, name: 'Ada' })).messages)).toEqual([
      'system: You are Ada.\n\nBe brief.',
      'user: Hi',
      'assistant: Hi.',
    ])
  })
})

describe('an agent in a file', () => {
  const file = `components:
  agent:
    type: Agent
    initParameters:
      chatGenerator:
        type: ScriptedChatGenerator
        initParameters:
          replies:
            - toolCalls:
                - name: get_weather
                  arguments:
                    city: Paris
            - It is 22 degrees in Paris.
      tools:
        - get_weather
      systemPrompt: You are {{ name }}.
      exitConditions:
        - text
        - get_weather
      approve:
        tools:
          - get_weather
      stateSchema:
        seen:
          type: strings
          handler: latest
      afterTool: shout
`
  const acme = componentPackage({
    name: '@acme/tools',
    tools: [getWeather],
    callbacks: { latest: (_: unknown, value: unknown) => value, shout: () => ({ result: 'RAIN' }) },
  })
  const registry = new Registry([standardComponents, acme])

  test('names its tools and its callbacks, and is dumped as it was written', async () => {
    const pipeline = loadPipeline(file, { registry })
    const again = loadPipeline(dumpPipeline(pipeline, { registry }), { registry })
    expect(pipelineFile(again, { registry })).toEqual(pipelineFile(pipeline, { registry }))
    expect(dumpPipeline(pipeline, { registry })).toContain('afterTool: shout')
    const paused = await pipeline.run({ agent: { ...ask, name: 'Ada' } })
    const result = await pipeline.resume(paused.snapshot as never, {
      answers: { 'agent.call-1-1': 'approve' },
    })
    expect(result.outputs).toMatchObject({ agent: { exitReason: 'get_weather' } })
    expect(JSON.stringify(result.outputs)).toContain('RAIN')
  })

  test.each([
    [
      '- text\n        - get_weather',
      '- get_wether',
      "'exitConditions[0]' is 'get_wether', which is neither 'text' nor a tool of this agent. Tools: 'get_weather'. Did you mean 'get_weather'?",
    ],
    [
      'tools:\n          - get_weather',
      'tools: [get_weathre]',
      "'approve.tools[0]' is 'get_weathre', which is not a tool of this agent. Tools: 'get_weather'. Did you mean 'get_weather'?",
    ],
    ['seen:', 'usage:', "A part of the state cannot be called 'usage'"],
    [
      '{{ name }}',
      '{{ seen }}',
      "A variable of the system prompt cannot be called 'seen': a part of the state of that name. Rename it.",
    ],
    ['{{ name }}', '{{ name }', "Error in 'systemPrompt' at line 1"],
    ['exitConditions:', 'maxSteps: 0\n      exitConditions:', 'maxSteps'],
    ['type: strings', 'type: stringz', "Did you mean 'string'?"],
  ])('with %s written as %s is refused', (written, wrong, message) => {
    expect(() => loadPipeline(file.replace(written, wrong), { registry })).toThrow(message)
  })
})

describe('making an agent', () => {
  test('refuses tools for a generator that takes none', () => {
    const Plain = defineComponent({
      type: 'Plain',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: () => ({ replies: [ChatMessage.assistant('Hi.')] }),
    })
    expect(() => new Agent({ chatGenerator: new Plain(), tools: [add] })).toThrow(
      "Plain has no input 'tools', so that an agent cannot offer it any.",
    )
    expect(new Agent({ chatGenerator: new Plain() }).outputs.exitReason).toBeDefined()
  })

  test.each([
    [{ maxSteps: 0 }, 'maxSteps', 'must be >= 1'],
    [{ maxToolConcurrency: 0 }, 'maxToolConcurrency', 'must be >= 1'],
    [{ exitConditions: [] }, 'exitConditions', ''],
    [{ maxStep: 3 }, '', "'maxStep' is unknown."],
    [{ approve: 'sometimes' }, 'approve', "expected 'never' | 'always' | { tools: string[] }"],
  ])('refuses %j in code, too', (parameters, option, message) => {
    const make = () => agentOf([''], parameters as never)
    expect(make).toThrow(message)
    expect(make).toThrow(expect.objectContaining({ code: 'AGENT_INVALID', option }))
  })

  test('refuses a tool whose state it does not have', () => {
    const cites = tool({ name: 'cite', description: 'Cites.', outputsToState: { sources: {} }, run: () => 1 })
    const stateSchema = { source: { type: 'strings' } } as const
    expect(() => agentOf([''], { tools: [cites], stateSchema })).toThrow(
      "Tool 'cite' reads or writes 'sources', which is not a part of the state of this agent. Parts: 'source'. Did you mean 'source'?",
    )
  })

  test('works with generators in a generator', async () => {
    const broken = new ScriptedChatGenerator({ replies: [{ error: 'no server' }] })
    const chatGenerator = new FallbackChatGenerator({
      generators: [broken, new ScriptedChatGenerator({ replies: paris })],
    })
    const { result } = await inPipeline(new Agent({ chatGenerator, tools: [getWeather] }))
    expect(result.outputs).toMatchObject({ agent: { exitReason: 'text', usage: { totalTokens: 13 } } })
  })
})

describe('the state of an agent', () => {
  test('refuses to append to what is not a list, and values of another type', async () => {
    const make = (type: 'integer' | 'json') =>
      agentOf(['Done.'], { stateSchema: { seen: { type, merge: 'append' } } })
    expect(() => make('integer')).toThrow(
      "The part 'seen' of the state cannot append: 'integer' is not a type of lists.",
    )
    expect(make('json')).toBeInstanceOf(Agent)
    const strings = agentOf(['Done.'], { stateSchema: { seen: { type: 'strings' } } })
    await expect(strings.run({ ...ask, seen: 5 } as never)).rejects.toMatchObject({ code: 'STATE_INVALID' })
  })

  test('of any JSON becomes a list where it says so', () => {
    const state = new AgentState({ seen: { type: 'json', merge: 'append' } }, {})
    state.write('seen', 1)
    state.write('seen', 2)
    expect(state.values).toEqual({ seen: [1, 2] })
  })
})
