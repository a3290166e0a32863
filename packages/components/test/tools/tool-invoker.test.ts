import { describe, expect, test } from '@jest/globals'
import {
  ChatMessage,
  type Component,
  componentPackage,
  defineComponent,
  Pipeline,
  Registry,
  type RunEvent,
  type StreamingChunk,
  ToolCall,
  t,
  tool,
  toolset,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { ChatPromptBuilder } from '../../src/builders/chat-prompt-builder.ts'
import { BranchJoiner } from '../../src/joiners/branch-joiner.ts'
import { standardComponents } from '../../src/standard-components.ts'
import { ToolInvoker } from '../../src/tools/tool-invoker.ts'

const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const weather = tool({
  name: 'get_weather',
  description: 'Tells the weather.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => ({ city, temperature: city.length }),
})

const addCall = ToolCall.create({ id: '1', name: 'add', arguments: { a: 123, b: 456 } })
const rome = ToolCall.create({ id: '2', name: 'get_weather', arguments: { city: 'Rome' } })
const oslo = ToolCall.create({ id: '3', name: 'get_weather', arguments: { city: 'Oslo' } })
const calling = (...toolCalls: ToolCall[]) => ChatMessage.assistant({ toolCalls })

/** Offers tools to a model that calls `add`. */
const Offering = defineComponent({
  type: 'Offering',
  parameters: t.object({ tools: t.tools() }),
  inputs: { messages: t.array(t.message()) },
  outputs: { replies: t.array(t.message()) },
  run: () => ({ replies: [calling(addCall)] }),
})

describe('ToolInvoker', () => {
  // Tools are functions: no JSON could hold them. What a file makes of them is tested below.
  testComponent(() => new ToolInvoker({ tools: [] }), {
    test,
    inputs: [
      { messages: [calling(addCall)], tools: [add], conversation: [ChatMessage.user('Go')] },
      { messages: [ChatMessage.assistant('Hello')] },
      { messages: [] },
    ],
  })

  test('makes a message of each result, in the order of the calls', async () => {
    const { toolMessages, messages, replies } = await new ToolInvoker({ tools: [weather, add] }).run({
      messages: [calling(rome, addCall), calling(oslo)],
    })
    const expected = [
      ChatMessage.tool({ result: '{"city":"Rome","temperature":4}', origin: rome }),
      ChatMessage.tool({ result: '579', origin: addCall }),
      ChatMessage.tool({ result: '{"city":"Oslo","temperature":4}', origin: oslo }),
    ]
    expect(toolMessages).toEqual(expected)
    expect(messages).toEqual([calling(rome, addCall), calling(oslo), ...expected])
    expect(replies).toBeUndefined()
  })

  test('gives the messages as replies when nothing is called', async () => {
    const messages = [ChatMessage.assistant('The result is 579.')]
    expect(await new ToolInvoker({ tools: [add] }).run({ messages })).toEqual({ replies: messages })
  })

  test('puts the conversation in front of the messages for the model', async () => {
    const conversation = [ChatMessage.user('What is 123 plus 456?')]
    const invoker = new ToolInvoker({ tools: [add] })
    const { messages, toolMessages = [] } = await invoker.run({ messages: [calling(addCall)], conversation })
    expect(messages).toEqual([...conversation, calling(addCall), ...toolMessages])
  })

  test('passes state on from tools that write it to tools that read it, and out', async () => {
    const find = tool({
      name: 'find',
      description: 'Finds.',
      outputsToState: { found: {} },
      run: () => ['b'],
    })
    const cite = tool({
      name: 'cite',
      description: 'Cites.',
      parameters: t.object({ lines: t.array(t.string()) }),
      inputsFromState: { found: 'lines' },
      run: ({ lines }) => lines.join(' '),
    })
    const invoker = new ToolInvoker({ tools: [find, cite] })
    const messages = [
      calling(ToolCall.create({ id: '1', name: 'cite' }), ToolCall.create({ id: '2', name: 'find' })),
    ]
    const { toolMessages, state } = await invoker.run({ messages, state: { found: ['a'], other: 1 } })
    expect(toolMessages?.flatMap(ChatMessage.toolCallResults).map(({ result }) => result)).toEqual([
      'a b',
      '["b"]',
    ])
    expect(state).toEqual({ found: ['a', 'b'], other: 1 })
    // Without calls it goes out as it came, and without state a tool has to do without.
    expect(await invoker.run({ messages: [], state: { x: 1 } })).toEqual({ replies: [], state: { x: 1 } })
    const without = await invoker.run({ messages })
    expect(without.state).toBeUndefined()
    expect(ChatMessage.toolCallResults(without.toolMessages?.[0])[0]).toMatchObject({ error: true })
  })

  test('shortens a long result', async () => {
    const long = tool({ name: 'long', description: 'Is long.', run: () => 'x'.repeat(30_000) })
    const messages = [calling(ToolCall.create({ name: 'long' }))]
    const lengthOf = async (invoker: ToolInvoker) => {
      const { toolMessages: [message] = [] } = await invoker.run({ messages })
      return ChatMessage.toolCallResults(message)[0]?.result.length
    }
    expect(await lengthOf(new ToolInvoker({ tools: [long] }))).toBeLessThan(20_200)
    expect(await lengthOf(new ToolInvoker({ tools: [long], maxResultCharacters: 100 }))).toBeLessThan(300)
    expect(await lengthOf(new ToolInvoker({ tools: [long], maxResultCharacters: 40_000 }))).toBe(30_000)
  })

  test('answers what cannot be called, and gives a malformed call back to its message', async () => {
    const reply = ChatMessage.assistant({
      toolCalls: [ToolCall.create({ id: '1', name: 'ad' })],
      meta: { malformedToolCalls: [{ index: 1, id: '2', name: 'add', arguments: '{"a": 1' }] },
    })
    const { messages } = await new ToolInvoker({ tools: [add] }).run({ messages: [reply] })
    const calls = [
      ToolCall.create({ id: '1', name: 'ad' }),
      ToolCall.create({ id: '2', name: 'add' }),
    ] as const
    expect(messages).toEqual([
      { ...reply, content: calls },
      ChatMessage.tool({
        result: "There is no tool 'ad'. Available: 'add'. Did you mean 'add'?",
        origin: calls[0],
        error: true,
      }),
      ChatMessage.tool({
        result:
          'The arguments of this call of \'add\' are not a JSON object: {"a": 1. Call it again with one JSON object.',
        origin: calls[1],
        error: true,
      }),
    ])
  })

  test('fails the run where it is told to, with the error of the tool', async () => {
    const invoker = new ToolInvoker({ tools: [add], raiseOnFailure: true })
    await expect(invoker.run({ messages: [calling(rome)] })).rejects.toMatchObject({ code: 'TOOL_UNKNOWN' })
  })

  test('a failure that is raised aborts the other calls', async () => {
    let aborted = false
    const patient = tool({
      name: 'patient',
      description: 'Ends with its signal.',
      parameters: t.object({}),
      run: (_, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true
            resolve('late')
          })
        }),
    })
    const invoker = new ToolInvoker({ tools: [patient], raiseOnFailure: true })
    const messages = [calling(ToolCall.create({ name: 'patient' }), rome)]
    await expect(invoker.run({ messages })).rejects.toMatchObject({ code: 'TOOL_UNKNOWN' })
    expect(aborted).toBe(true)
  })

  test('runs as many calls at once as it is told', async () => {
    let running = 0
    let most = 0
    const count = tool({
      name: 'count',
      description: 'Counts.',
      parameters: t.object({}),
      run: async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
      },
    })
    const messages = [calling(...Array.from({ length: 30 }, () => ToolCall.create({ name: 'count' })))]
    const mostWith = async (maxConcurrency?: number) => {
      most = 0
      await new ToolInvoker({ tools: [count], ...(maxConcurrency && { maxConcurrency }) }).run({ messages })
      return most
    }
    expect([await mostWith(), await mostWith(1), await mostWith(20)]).toEqual([4, 1, 20])
  })

  test('takes the tools of a run in the place of its own', async () => {
    const { toolMessages } = await new ToolInvoker({ tools: [weather] }).run({
      messages: [calling(addCall)],
      tools: [add],
    })
    expect(toolMessages).toEqual([ChatMessage.tool({ result: '579', origin: addCall })])
  })

  test('refuses two tools of one name', () => {
    expect(() => new ToolInvoker({ tools: [add, add] })).toThrow(
      expect.objectContaining({ code: 'TOOL_DUPLICATE' }),
    )
  })

  test('warms up toolsets before each run, and closes them', async () => {
    const log: string[] = []
    const remote = toolset({
      name: 'remote',
      tools: [add],
      warmUp: () => void log.push('warm'),
      close: () => void log.push('close'),
    })
    const invoker = new ToolInvoker({ tools: [remote] })
    await invoker.warmUp()
    await invoker.run({ messages: [calling(addCall)] })
    await invoker.close()
    await invoker.run({ messages: [calling(addCall)] })
    expect(log).toEqual(['warm', 'warm', 'close', 'warm'])
  })

  describe('without tools', () => {
    const offering = () =>
      new Pipeline({ llm: new Offering({ tools: [add] }), tools: new ToolInvoker() }).connect(
        'llm.replies',
        'tools.messages',
      )

    test('runs those of the other components of its pipeline', async () => {
      const pipeline = offering()
      expect(await pipeline.check()).toEqual([])
      const result = await pipeline.run({ llm: { messages: [] } })
      expect(result.get('tools.toolMessages')).toEqual([ChatMessage.tool({ result: '579', origin: addCall })])
    })

    test('runs those of its own pipeline, not of the one around', async () => {
      const inner = new Pipeline({ tools: new ToolInvoker() })
      const outer = new Pipeline({ llm: new Offering({ tools: [add] }), inner: inner.asComponent() })
      const result = await outer.connect('llm.replies', 'inner.messages').run({ llm: { messages: [] } })
      expect(result.get('inner.toolMessages')).toMatchObject([
        { content: [{ error: true, result: "There is no tool 'add': no tools are available." }] },
      ])
      expect(await outer.check()).toMatchObject([{ code: 'NO_TOOLS', component: 'inner' }])
    })

    test('is a finding where no component has any', async () => {
      expect(await new ToolInvoker().check()).toEqual([])
      const [finding, ...others] = await new Pipeline({ tools: new ToolInvoker() }).check()
      expect(finding).toMatchObject({
        level: 'warning',
        code: 'NO_TOOLS',
        component: 'tools',
        option: 'tools',
      })
      expect(others).toEqual([])
      expect(await new Pipeline({ tools: new ToolInvoker({ tools: [] }) }).check()).toHaveLength(1)
      expect(await new Pipeline({ tools: new ToolInvoker({ tools: [add] }) }).check()).toEqual([])
    })

    test('is so in a file, too', async () => {
      const own = componentPackage({ name: 'own', components: [Offering], tools: [add] })
      const registry = new Registry([standardComponents, own])
      const file = `components:
  llm:
    type: Offering
    initParameters:
      tools:
        - add
  tools:
    type: ToolInvoker
connections:
  - { sender: llm.replies, receiver: tools.messages }
`
      const pipeline = loadPipeline(file, { registry })
      expect(dumpPipeline(pipeline, { registry })).toBe(file)
      const result = await pipeline.run({ llm: { messages: [] } })
      expect(result.get('tools.toolMessages' as never)).toEqual([
        ChatMessage.tool({ result: '579', origin: addCall }),
      ])
    })
  })

  test('rejects at once with the reason of the signal, though a tool does not listen', async () => {
    const stuck = tool({
      name: 'stuck',
      description: 'Never ends.',
      parameters: t.object({}),
      run: () => new Promise(() => {}),
    })
    const controller = new AbortController()
    const reason = new Error('enough')
    const messages = [calling(ToolCall.create({ name: 'stuck' }), addCall)]
    const running = new ToolInvoker({ tools: [stuck, add] }).run(
      { messages },
      { ...aloneContext(ToolInvoker), signal: controller.signal },
    )
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
  })

  test('streams results in the order of the calls, also to its callback', async () => {
    const heard: StreamingChunk[] = []
    const emitted: StreamingChunk[] = []
    const invoker = new ToolInvoker({
      tools: [add, weather],
      streamingCallback: (chunk) => void heard.push(chunk),
    })
    await invoker.run(
      { messages: [calling(rome, addCall)] },
      { ...aloneContext(ToolInvoker), emit: (chunk) => void emitted.push(chunk) },
    )
    expect(emitted.map((chunk) => chunk.toolCallResult?.origin.name ?? chunk.finishReason)).toEqual([
      'get_weather',
      'add',
      'toolCallResults',
    ])
    expect(heard).toEqual(emitted)
  })
})

/** Answers with what comes next in its script, and remembers what it was asked. */
function scriptedModel(
  script: readonly ChatMessage[],
): Component & { readonly asked: (readonly ChatMessage[])[] } {
  const asked: (readonly ChatMessage[])[] = []
  const Scripted = defineComponent({
    type: 'Scripted',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    run: ({ messages }, { visit }) => {
      asked.push(messages)
      return { replies: [script[visit - 1] ?? ChatMessage.assistant('The script is over.')] }
    },
  })
  return Object.assign(new Scripted(), { asked })
}

describe('the loop of a model and its tools', () => {
  const loopOf = (llm: Component) =>
    new Pipeline({
      prompt: new ChatPromptBuilder({ template: '{{ question }}' }),
      conversation: new BranchJoiner({ of: 'messages' }),
      llm: llm as InstanceType<ReturnType<typeof modelShape>>,
      tools: new ToolInvoker({ tools: [add, weather] }),
    })
      .connect('prompt.prompt', 'conversation.value')
      .connect('conversation.value', 'llm.messages')
      .connect('conversation.value', 'tools.conversation')
      .connect('llm.replies', 'tools.messages')
      .connect('tools.messages', 'conversation.value')

  test('ends with the reply that calls nothing, and keeps the whole conversation', async () => {
    const answer = ChatMessage.assistant('It is 4 degrees in both. The result is 579.')
    const llm = scriptedModel([calling(rome, oslo), calling(addCall), answer])
    const events: RunEvent[] = []
    const result = await loopOf(llm).run(
      { question: 'All of it?' },
      { onEvent: (event) => events.push(event) },
    )
    expect(result.get('tools.replies')).toEqual([answer])
    expect(result.outputs).toEqual({ tools: { replies: [answer] } })
    expect(result.warnings).toEqual([])
    const results = [rome, oslo].map((origin) =>
      ChatMessage.tool({ result: JSON.stringify({ ...origin.arguments, temperature: 4 }), origin }),
    )
    const first = [ChatMessage.user('All of it?')]
    const second = [...first, calling(rome, oslo), ...results]
    const third = [...second, calling(addCall), ChatMessage.tool({ result: '579', origin: addCall })]
    expect(llm.asked).toEqual([first, second, third])
  })

  test('keeps nothing from one run for the next', async () => {
    const llm = scriptedModel([calling(addCall), ChatMessage.assistant('579')])
    const pipeline = loopOf(llm)
    await Promise.all([pipeline.run({ question: 'one' }), pipeline.run({ question: 'two' })])
    expect(llm.asked.map((messages) => messages.length).sort()).toEqual([1, 1, 3, 3])
    for (const [question] of llm.asked) expect(['one', 'two']).toContain(ChatMessage.text(question))
  })

  test('is written in a file, which names its tools', () => {
    const acme = componentPackage({ name: '@acme/tools', components: [], tools: [add] })
    const registry = new Registry([standardComponents, acme])
    const file = (name: string) =>
      `components:\n  tools:\n    type: ToolInvoker\n    initParameters:\n      tools: [${name}]\n`
    const pipeline = loadPipeline(file('add'), { registry })
    const invoker = pipeline.get('tools') as ToolInvoker
    expect(invoker.initParameters.tools).toEqual([add])
    expect(dumpPipeline(pipeline, { registry })).toContain('- add\n')
    expect(() => loadPipeline(file('ad'), { registry })).toThrow(
      "No tool 'ad' is registered. Registered: 'add'. Did you mean 'add'?",
    )
  })
})

function modelShape() {
  return defineComponent({
    type: 'Scripted',
    inputs: { messages: t.array(t.message()) },
    outputs: { replies: t.array(t.message()) },
    run: () => ({ replies: [] }),
  })
}
