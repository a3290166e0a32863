import { beforeEach, describe, expect, test } from '@jest/globals'
import { type Document, defineComponent, Pipeline, type RunEvent, t } from '@millrace/core'
import { aloneContext, invokeTool } from '@millrace/core/component'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { Agent } from '../../src/agent/agent.ts'
import { ScriptedChatGenerator } from '../../src/generators/scripted-chat-generator.ts'
import { StringJoiner } from '../../src/joiners/string-joiner.ts'
import { FileTypeRouter } from '../../src/routers/file-type-router.ts'
import { ComponentTool } from '../../src/tools/component-tool.ts'
import { ToolInvoker } from '../../src/tools/tool-invoker.ts'
import { Asker, call, Listener, log, Oracle, registry, WebSearch } from './tool-parts.ts'

beforeEach(() => {
  log.length = 0
})

describe('ComponentTool', () => {
  test('is called and described as its component, and takes the inputs that a model can write', () => {
    const tool = new ComponentTool({ component: new WebSearch() })
    expect(tool).toMatchObject({ name: 'web_search', description: 'Searches the web.' })
    expect(tool.parameters).toEqual({
      type: 'object',
      properties: {
        query: { type: 'string', description: 'What to look for.' },
        topK: { type: 'integer', minimum: 1, default: 3 },
      },
      required: ['query'],
      additionalProperties: false,
    })
    expect(
      new ComponentTool({ component: new WebSearch(), name: 'look', description: 'Looks.' }),
    ).toMatchObject({ name: 'look', description: 'Looks.' })
  })

  test('takes messages and documents as texts, and leaves images out', async () => {
    const tool = new ComponentTool({ component: new Listener() })
    expect(tool.parameters).toMatchObject({
      properties: {
        messages: { type: 'string' },
        documents: { type: 'array', items: { type: 'string' } },
      },
      required: ['messages', 'documents'],
    })
    expect(Object.keys(tool.parameters['properties'] as object)).toEqual(['messages', 'documents'])
    expect(await call(tool, { messages: 'Hi', documents: ['a', 'b'] })).toMatchObject({
      result: 'Hi and a,b',
      error: false,
    })
  })

  test('gives the only output, or all as JSON, or the one that outputsToString says', async () => {
    const search = (outputsToString?: object) =>
      new ComponentTool({ component: new WebSearch(), ...(outputsToString && { outputsToString }) })
    const all = JSON.parse(String((await call(search(), { query: 'sun', topK: 1 })).result))
    expect(all).toMatchObject({ documents: [{ content: 'sun 0' }], count: 1 })
    expect(await call(search({ source: 'count' }), { query: 'sun' })).toMatchObject({ result: '3' })
    const handler = (documents: readonly Document[]) => documents.map(({ content }) => content).join('; ')
    expect(await call(search({ source: 'documents', handler }), { query: 'sun', topK: 2 })).toMatchObject({
      result: 'sun 0; sun 1',
    })
    const joiner = new ComponentTool({ component: new StringJoiner() })
    expect(await call(joiner, { strings: 'a' })).toMatchObject({ result: '["a"]' })
    const router = new ComponentTool({ component: new FileTypeRouter({ mimeTypes: ['text/plain'] }) })
    expect(await call(router, { sources: ['a.txt'] })).toMatchObject({ error: false })
  })

  test('gives the text of messages, and reports what happens inside', async () => {
    const tool = new ComponentTool({ component: new Oracle(), arguments: ['messages'] })
    expect(tool.parameters).toMatchObject({ properties: { messages: { type: 'string' } } })
    const { result, events } = await call(tool, { messages: 'Hi' })
    expect(result).toBe('You said "Hi"')
    expect(events.filter(({ type }) => type === 'modelCall')).toMatchObject([
      { component: 'invoker', call: { provider: 'oracle', component: { type: 'Oracle' } } },
    ])
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([{ warning: { code: 'VAGUE' } }])
    const streamed = (of: readonly RunEvent[]) =>
      of.flatMap((event) => (event.type === 'chunk' && event.chunk.content ? [event.chunk.content] : []))
    expect(streamed(events)).toEqual([])
    const loud = new ComponentTool({ component: new Oracle(), streams: true })
    expect(streamed((await call(loud, { messages: 'Hi' })).events)).toEqual(['mumble'])
  })

  test('runs outside of a pipeline, too', async () => {
    const tool = new ComponentTool({ component: new WebSearch() })
    expect(await invokeTool(tool, { query: 'sun' })).toMatchObject({ count: 3 })
  })

  test('has inputs with a value of their own, which the model does not see', async () => {
    const tool = new ComponentTool({
      component: new Listener(),
      inputs: { messages: 'Hello' },
    })
    expect(Object.keys(tool.parameters['properties'] as object)).toEqual(['documents'])
    expect(await call(tool, { documents: ['a'] })).toMatchObject({ result: 'Hello and a' })
    expect(await call(tool, { documents: ['a'], messages: 'Bye' })).toMatchObject({
      error: true,
      result: expect.stringContaining("'messages' is unknown. Possible: 'documents'."),
    })
  })

  test('says of its arguments what its parameters say', () => {
    const tool = new ComponentTool({ component: new WebSearch(), arguments: { query: 'Words.' } })
    expect(tool.parameters['properties']).toEqual({ query: { type: 'string', description: 'Words.' } })
    expect(() => new ComponentTool({ component: new WebSearch(), arguments: { querry: '' } })).toThrow(
      expect.objectContaining({ option: 'arguments.querry' }),
    )
  })

  test('tells the model what is wrong with its arguments', async () => {
    const tool = new ComponentTool({ component: new WebSearch() })
    expect((await call(tool, { query: 3, topK: 0 })).result).toBe(
      [
        "Tool 'web_search' cannot take these arguments:",
        '  query: expected string, got the number 3.',
        '  topK: must be >= 1, got the number 0.',
      ].join('\n'),
    )
    expect((await call(tool, {})).result).toContain("'query' is missing.")
    expect(await call(tool, { query: 'sun', topK: null })).toMatchObject({ error: false })
  })

  test('reads and writes the state of whoever runs it', async () => {
    const tool = new ComponentTool({
      component: new WebSearch(),
      inputsFromState: { topic: 'query' },
      outputsToState: { found: { source: 'documents' } },
      outputsToString: { source: 'count' },
    })
    expect(tool.parameters['properties']).not.toHaveProperty('query')
    const { result, state } = await call(tool, { topK: 1 }, { topic: 'moon', found: [] })
    expect(result).toBe('1')
    expect(state).toMatchObject({ topic: 'moon', found: [{ content: 'moon 0' }] })
  })

  test('tells the model that it cannot pause', async () => {
    const { error, result } = await call(new ComponentTool({ component: new Asker() }), { text: 'a' })
    expect(error).toBe(true)
    expect(result).toContain('It wanted to pause, which a tool cannot. It asked: May I?')
  })

  test('fails with the run when that is stopped', async () => {
    const never = defineComponent({
      type: 'Never',
      description: 'Never ends.',
      inputs: {},
      outputs: { text: t.string() },
      run: (_, { signal }) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
        }),
    })
    const controller = new AbortController()
    const running = invokeTool(
      new ComponentTool({ component: new never() }),
      {},
      { signal: controller.signal },
    )
    controller.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
  })

  test('is warmed up and closed with what it runs', async () => {
    const pipeline = new Pipeline({
      invoker: new ToolInvoker({ tools: [new ComponentTool({ component: new WebSearch() })] }),
    })
    await pipeline.warmUp()
    expect(log[0]).toBe('warm')
    log.length = 0
    await pipeline.close()
    expect(log).toEqual(['close'])
  })

  test.each<[what: string, parameters: object, code: string, message: string, option?: string]>([
    [
      'an unknown input',
      { inputs: { querry: 1 } },
      'TOOL_COMPONENT_INVALID',
      "Tool 'web_search': It has no input 'querry'. Inputs: 'query', 'topK', 'tools' and 'onHit'. Did you mean 'query'?",
      'inputs.querry',
    ],
    [
      'a wrong value',
      { inputs: { topK: 0 } },
      'TOOL_COMPONENT_INVALID',
      "The input 'topK': must be >= 1",
      'inputs.topK',
    ],
    [
      'an unknown argument',
      { arguments: ['query', 'top'] },
      'TOOL_COMPONENT_INVALID',
      "It has no input 'top'.",
      'arguments[1]',
    ],
    [
      'an argument that no model can write',
      { arguments: ['query', 'tools'] },
      'TOOL_COMPONENT_INVALID',
      "The argument 'tools' is Tool[], which no model can write.",
      'arguments[1]',
    ],
    [
      'an argument that has a value',
      { arguments: ['query', 'topK'], inputs: { topK: 1 } },
      'TOOL_COMPONENT_INVALID',
      "The argument 'topK' gets its value elsewhere.",
      'arguments[1]',
    ],
    [
      'an input that nothing gives',
      { arguments: ['topK'] },
      'TOOL_COMPONENT_INVALID',
      "Its input 'query' (string) must get a value, and neither the model nor a parameter gives one.",
    ],
    [
      'an unknown input for the state',
      { inputsFromState: { topic: 'querry' } },
      'TOOL_COMPONENT_INVALID',
      "It has no input 'querry'.",
      'inputsFromState.topic',
    ],
    [
      'an unknown output',
      { outputsToString: { source: 'docs' } },
      'TOOL_COMPONENT_INVALID',
      "It has no output 'docs'. Outputs: 'documents' and 'count'.",
      'outputsToString.source',
    ],
    [
      'an unknown output for the state',
      { outputsToState: { found: { source: 'docs' } } },
      'TOOL_COMPONENT_INVALID',
      "It has no output 'docs'.",
      'outputsToState.found.source',
    ],
    ['a bad name', { name: 'web search' }, 'TOOL_INVALID', "A tool cannot be called 'web search'"],
  ])('refuses %s, and leaves its component free', (_, parameters, code, message, ...[option]) => {
    const component = new WebSearch()
    const make = () => new ComponentTool({ component, ...parameters } as never)
    expect(make).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message), ...(option && { option }) }),
    )
    expect(new ComponentTool({ component }).name).toBe('web_search')
  })

  test('refuses a component of a pipeline, and one that says nothing of itself', () => {
    const component = new WebSearch()
    const pipeline = new Pipeline({ component })
    expect(() => new ComponentTool({ component })).toThrow(
      expect.objectContaining({ code: 'CONNECT_ALREADY_OWNED' }),
    )
    expect(pipeline.names()).toEqual(['component'])
    const Silent = defineComponent({ type: 'Silent', inputs: {}, outputs: {}, run: () => ({}) })
    expect(() => new ComponentTool({ component: new Silent() })).toThrow(
      "Tool 'silent': Silent says nothing of what it does. Give a 'description' for the model.",
    )
  })
})

describe('in a file', () => {
  const file = `resources:
  search:
    type: ComponentTool
    initParameters:
      component:
        type: WebSearch
        initParameters:
          site: gone
components:
  invoker:
    type: ToolInvoker
    initParameters:
      tools:
        - search
        - type: ComponentTool
          initParameters:
            component:
              type: WebSearch
              initParameters:
                site: gone
            name: look
            inputs:
              topK: 1
`

  test('a ComponentTool is a resource or stands in place, and is dumped as it was written', () => {
    const pipeline = loadPipeline(file, { registry })
    expect(dumpPipeline(pipeline, { registry })).toBe(file)
    const { tools = [] } = pipeline.get('invoker').initParameters as ToolInvoker['initParameters']
    expect(tools.map(({ name }) => name)).toEqual(['web_search', 'look'])
  })

  test('what is wrong with its component is found with its place', async () => {
    expect(await loadPipeline(file, { registry }).check()).toMatchObject([
      { code: 'GONE', resource: 'search', option: 'component.initParameters.site', line: 8 },
      { code: 'GONE', component: 'invoker', line: 20 },
    ])
    expect(() => loadPipeline(file.replace('topK: 1', 'top: 1'), { registry })).toThrow(
      /line 23:15: components\.invoker\.initParameters\.tools\[1\]\.initParameters\.inputs\.top: .*It has no input 'top'/,
    )
    expect(() => loadPipeline(file.replace('- search', '- type: WebSearch'), { registry })).toThrow(
      "'WebSearch' is a component: as a tool it is { type: ComponentTool, initParameters: { component: { type: WebSearch } } }.",
    )
  })
})

test('an agent is a tool of another one', async () => {
  const inner = new Agent({ chatGenerator: new ScriptedChatGenerator({ replies: ['It is sunny.'] }) })
  const tool = new ComponentTool({
    component: inner,
    name: 'forecaster',
    description: 'Knows the weather.',
    arguments: ['messages'],
    outputsToString: { source: 'lastMessage' },
  })
  const context = aloneContext({ type: 'Test' })
  expect(
    tool.toResult(await invokeTool(tool, { messages: 'Sun?' }, { signal: context.signal, run: context })),
  ).toBe('It is sunny.')
})
