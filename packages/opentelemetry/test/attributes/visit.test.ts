import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, type RunEvent, ToolCall, t } from '@millrace/core'
import { type DiagLogger, diag, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { AcmeChatGenerator, step, untilAborted } from '../components.ts'
import { milliseconds, recorder } from '../recorded.ts'

const question = { llm: { messages: 'Where is the tower?' } }

describe('the span of a model call', () => {
  test('has the name, the kind and the attributes of the conventions, below the span of the visit', async () => {
    const { onEvent, events, of, calls } = recorder()
    const pipeline = new Pipeline({ llm: new AcmeChatGenerator() })
    const inputs = { llm: { messages: 'Where?', generationKwargs: { temperature: 0.5, maxTokens: 16 } } }
    const { runId } = await pipeline.run(inputs, { onEvent })
    const [span] = calls() as [ReadableSpan]
    const [visit] = of('llm') as [ReadableSpan]
    expect([span.name, span.kind, span.status]).toEqual([
      'chat acme-1',
      SpanKind.CLIENT,
      { code: SpanStatusCode.UNSET },
    ])
    expect(span.parentSpanContext?.spanId).toBe(visit.spanContext().spanId)
    const call = events.find((event) => event.type === 'modelCall')
    const first = events.filter(({ type }) => type === 'chunk')[1] as RunEvent
    const started = (call?.time ?? 0) - (call?.call.durationMs ?? 0)
    expect(milliseconds(span.startTime)).toBeCloseTo(started, 2)
    expect(span.attributes).toEqual({
      'millrace.run.id': runId,
      'millrace.component.name': 'llm',
      'millrace.component.type': 'AcmeChatGenerator',
      'millrace.component.visit': 1,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'acme',
      'server.address': 'api.acme.example',
      'server.port': 8443,
      'gen_ai.request.model': 'acme-1',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 16,
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'acme-1-mini',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': (first.time - started) / 1000,
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'millrace.generation.engine': 'acme-engine',
      'millrace.generation.warnings': ['REPLY_CUT'],
      'millrace.generation.prompt_ms': 4.5,
      'millrace.generation.predicted_ms': 9.25,
      'millrace.generation.queue_ms': 1,
      'millrace.generation.tokens_per_second': 216,
    })
  })

  test('is there for each call of a visit, also for one that failed while the visit went on', async () => {
    const { onEvent, of, calls } = recorder()
    const pipeline = new Pipeline({ llm: new AcmeChatGenerator({ fails: 'busy', recovers: true }) })
    await pipeline.run(question, { onEvent })
    expect(of('llm')[0]?.attributes['millrace.component.status']).toBe('completed')
    expect(calls().map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
      [SpanStatusCode.UNSET, undefined],
      [SpanStatusCode.ERROR, 'TypeError'],
    ])
  })

  test('that fails has the error and no response', async () => {
    const { onEvent, calls } = recorder()
    const pipeline = new Pipeline({ llm: new AcmeChatGenerator({ fails: 'no power' }) })
    await expect(pipeline.run(question, { onEvent })).rejects.toThrow('no power')
    const [span] = calls()
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no power' })
    expect(span?.attributes).toMatchObject({ 'gen_ai.request.model': 'acme-1', 'error.type': 'TypeError' })
    // The progress of the prompt, which was sent, is no piece of a reply.
    expect(span?.attributes).not.toHaveProperty('gen_ai.request.stream')
    expect(span?.attributes).not.toHaveProperty('gen_ai.response.model')
  })

  test('that an abort stopped has no error', async () => {
    const { onEvent, calls } = recorder()
    const controller = new AbortController()
    const waits = step(async (_, context) => {
      controller.abort(new RangeError('enough'))
      return untilAborted(context).catch((error: unknown) => {
        context.modelCall({ operation: 'chat', provider: 'acme', model: 'acme-1', durationMs: 1, error })
        throw error
      })
    })
    const run = new Pipeline({ waits }).run({ waits: { text: 'a' } }, { onEvent, signal: controller.signal })
    await expect(run).rejects.toThrow('enough')
    expect(calls().map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
      [SpanStatusCode.UNSET, undefined],
    ])
  })

  test('inside a sub-pipeline stands below the visit of that, and names the component inside', async () => {
    const { onEvent, of, calls } = recorder()
    const inner = new Pipeline({ llm: new AcmeChatGenerator() })
    await new Pipeline({ outer: inner.asComponent() }).run({ outer: { messages: 'Where?' } }, { onEvent })
    expect(calls()[0]?.parentSpanContext?.spanId).toBe(of('outer')[0]?.spanContext().spanId)
    expect(calls()[0]?.attributes).toMatchObject({
      'millrace.component.name': 'llm',
      'millrace.component.type': 'AcmeChatGenerator',
    })
  })
})

test.each([
  ['textCompletion', 'text_completion'],
  ['embeddings', 'embeddings'],
  ['rerank', 'rerank'],
] as const)('a call of the operation %s is called %s', async (operation, name) => {
  const caller = step((text, { modelCall }) => {
    modelCall({ operation, provider: 'llama_cpp', model: 'a.gguf', durationMs: 1 })
    return text
  })
  const { onEvent, calls } = recorder()
  await new Pipeline({ caller }).run({ caller: { text: 'a' } }, { onEvent })
  expect(calls().map((span) => [span.name, span.kind])).toEqual([[`${name} a.gguf`, SpanKind.INTERNAL]])
})

describe('the span of a tool call', () => {
  const call = ToolCall.create({ id: 'c1', name: 'weather', arguments: { city: 'Oslo' } })
  const caller = (error?: Error) =>
    step((text, { toolCall }) => {
      toolCall({ call, durationMs: 1, ...(error === undefined ? { result: 'rain' } : { error }) })
      return text
    })

  test('has the name, the kind and the attributes of the conventions, and with content what went in and out', async () => {
    const { onEvent, calls } = recorder({ recordContent: true })
    await new Pipeline({ tools: caller() }).run({ tools: { text: 'a' } }, { onEvent })
    const [span] = calls()
    expect([span?.name, span?.kind]).toEqual(['execute_tool weather', SpanKind.INTERNAL])
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'weather',
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': 'c1',
      'gen_ai.tool.call.arguments': '{"city":"Oslo"}',
      'gen_ai.tool.call.result': '"rain"',
    })
  })

  test('that failed has the error, while the visit went on', async () => {
    const { onEvent, of, calls } = recorder()
    await new Pipeline({ tools: caller(new RangeError('no')) }).run({ tools: { text: 'a' } }, { onEvent })
    expect(calls()[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no' })
    expect(calls()[0]?.attributes).not.toHaveProperty('gen_ai.tool.call.arguments')
    expect(of('tools')[0]?.status.code).toBe(SpanStatusCode.UNSET)
  })
})

test('the span of a run has the name that is given for its runs', async () => {
  const { onEvent, runs } = recorder({ name: 'capitals' })
  await new Pipeline({ only: step((text) => text) }).run({ only: { text: 'a' } }, { onEvent })
  expect(runs().map(({ name, attributes }) => [name, attributes['gen_ai.agent.name']])).toEqual([
    ['invoke_workflow capitals', 'capitals'],
  ])
})

describe('content', () => {
  const secret = 'the launch code is 0000'

  function chain() {
    return new Pipeline({ ask: step((text) => text), llm: new AcmeChatGenerator() }).connect(
      'ask.text',
      'llm.messages',
    )
  }

  test('is not recorded unless it is asked for', async () => {
    const { onEvent, spans } = recorder()
    await chain().run({ ask: { text: secret } }, { onEvent })
    expect(JSON.stringify(spans().map(({ attributes, events }) => [attributes, events]))).not.toMatch(
      /launch code|Paris/,
    )
  })

  test('is, when asked for, the values of the sockets, and of a model call the messages', async () => {
    const { onEvent, of, calls } = recorder({ recordContent: true })
    await chain().run({ ask: { text: secret } }, { onEvent })
    expect(of('ask')[0]?.attributes).toMatchObject({
      'millrace.component.inputs': `{"text":"${secret}"}`,
      'millrace.component.outputs': `{"text":"${secret}"}`,
    })
    expect(calls()[0]?.attributes).toMatchObject({
      'gen_ai.input.messages': `[{"role":"user","parts":[{"type":"text","content":"${secret}"}]}]`,
      'gen_ai.output.messages':
        '[{"role":"assistant","parts":[{"type":"text","content":"It is Paris."}],"finish_reason":"stop"}]',
    })
  })

  test('of a visit that fails is what went into it', async () => {
    const { onEvent, of } = recorder({ recordContent: true })
    const pipeline = new Pipeline({
      bad: step(() => {
        throw new RangeError('no')
      }),
    })
    await expect(pipeline.run({ bad: { text: 'a' } }, { onEvent })).rejects.toThrow('no')
    expect(of('bad')[0]?.attributes['millrace.component.inputs']).toBe('{"text":"a"}')
    expect(of('bad')[0]?.attributes).not.toHaveProperty('millrace.component.outputs')
  })

  test('is cut where it is longer than allowed', async () => {
    const { onEvent, of, calls } = recorder({ recordContent: true, maxContentLength: 20 })
    await chain().run({ ask: { text: secret } }, { onEvent })
    expect(of('ask')[0]?.attributes['millrace.component.inputs']).toBe(
      '{"text":"the launch c… (23 characters)"}',
    )
    expect(calls()[0]?.attributes['gen_ai.input.messages']).toContain('the launch code is 0… (23 characters)')
  })

  test('that cannot be read costs itself, and not the span', async () => {
    const said: unknown[] = []
    const note = (message: string) => said.push(message)
    const logger: DiagLogger = { error: note, warn: note, info: note, debug: note, verbose: note }
    diag.setLogger(logger)
    said.length = 0
    const Trap = defineComponent({
      type: 'Trap',
      inputs: {},
      outputs: { value: t.unknown() },
      run: () => ({
        value: {
          get inside(): string {
            throw new RangeError('sprung')
          },
        },
      }),
    })
    const { onEvent, of, runs } = recorder({ recordContent: true })
    await new Pipeline({ trap: new Trap() }).run({}, { onEvent })
    diag.disable()
    expect(said).toEqual(["The content of 'trap' could not be recorded."])
    expect(of('trap')[0]?.attributes['millrace.component.status']).toBe('completed')
    expect(runs()).toHaveLength(1)
  })

  test('of a conversation has every message', async () => {
    const { onEvent, calls } = recorder({ recordContent: true })
    const messages = [ChatMessage.system('Be brief.'), ChatMessage.user('Where?')]
    await new Pipeline({ llm: new AcmeChatGenerator() }).run({ llm: { messages } }, { onEvent })
    const recorded = JSON.parse(String(calls()[0]?.attributes['gen_ai.input.messages']))
    expect(recorded.map(({ role }: { role: string }) => role)).toEqual(['system', 'user'])
  })
})
