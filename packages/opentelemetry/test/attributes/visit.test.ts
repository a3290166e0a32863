import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, type RunEvent, t } from '@millrace/core'
import { type DiagLogger, diag, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { AcmeChatGenerator, LlamaLike, replyMeta, step } from '../components.ts'
import { recorder } from '../recorded.ts'

const question = { llm: { messages: 'Where is the tower?' } }

describe('the span of a model call', () => {
  test('has the name, the kind and the attributes of the conventions', async () => {
    const { onEvent, events, of } = recorder()
    const pipeline = new Pipeline({ llm: new AcmeChatGenerator() })
    const inputs = { llm: { messages: 'Where?', generationKwargs: { temperature: 0.5, maxTokens: 16 } } }
    const { runId } = await pipeline.run(inputs, { onEvent })
    const [span] = of('llm')
    expect([span?.name, span?.kind, span?.status]).toEqual([
      'chat acme-1-mini',
      SpanKind.CLIENT,
      { code: SpanStatusCode.UNSET },
    ])
    const start = events.find(({ type }) => type === 'componentStart') as RunEvent
    const first = events.filter(({ type }) => type === 'chunk')[1] as RunEvent
    expect(span?.attributes).toEqual({
      'millrace.run.id': runId,
      'millrace.component.name': 'llm',
      'millrace.component.type': 'AcmeChatGenerator',
      'millrace.component.visit': 1,
      'millrace.component.status': 'completed',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'acme',
      'gen_ai.request.model': 'acme-1-mini',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 16,
      'gen_ai.request.stream': true,
      'gen_ai.response.model': 'acme-1-mini',
      'gen_ai.response.id': 'chatcmpl-1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.response.time_to_first_chunk': (first.time - start.time) / 1000,
      'gen_ai.usage.input_tokens': 12,
      'gen_ai.usage.output_tokens': 3,
      'gen_ai.usage.cache_read.input_tokens': 5,
      'millrace.generation.engine': 'acme-engine',
      'millrace.generation.prompt_ms': 4.5,
      'millrace.generation.predicted_ms': 9.25,
      'millrace.generation.queue_ms': 1,
      'millrace.generation.tokens_per_second': 216,
    })
  })

  test('knows with the pipeline what the init parameters ask for', async () => {
    const pipeline = new Pipeline({
      llm: new AcmeChatGenerator({ model: 'acme-1', generationKwargs: { temperature: 1, topK: 3 } }),
    })
    const { onEvent, of } = recorder({ pipeline })
    const { messages } = question.llm
    await pipeline.run({ llm: { messages, generationKwargs: { temperature: 0 } } }, { onEvent })
    expect(of('llm')[0]?.name).toBe('chat acme-1')
    expect(of('llm')[0]?.attributes).toMatchObject({
      'gen_ai.request.model': 'acme-1',
      'gen_ai.response.model': 'acme-1-mini',
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_k': 3,
    })
  })

  test('takes nothing from the components of another pipeline', async () => {
    const onlyName = new Pipeline({ llm: step((text) => text) })
    const neither = new Pipeline({ other: new AcmeChatGenerator({ model: 'other' }) })
    for (const pipeline of [onlyName, neither]) {
      const { onEvent, of } = recorder({ pipeline })
      await new Pipeline({ llm: new AcmeChatGenerator() }).run(question, { onEvent })
      expect(of('llm')[0]?.name).toBe('chat acme-1-mini')
    }
  })

  test('is internal when the model runs in this process', async () => {
    const { onEvent, of } = recorder()
    await new Pipeline({ llm: new LlamaLike() }).run(question, { onEvent })
    expect(of('llm')[0]?.kind).toBe(SpanKind.INTERNAL)
    expect(of('llm')[0]?.attributes['gen_ai.provider.name']).toBe('llama_cpp')
  })

  test('has the provider that is named for its type', async () => {
    const { onEvent, of } = recorder({ providers: { AcmeChatGenerator: 'acme.cloud' } })
    await new Pipeline({ llm: new AcmeChatGenerator() }).run(question, { onEvent })
    expect(of('llm')[0]?.attributes['gen_ai.provider.name']).toBe('acme.cloud')
  })

  test('that fails is one where the generator is known, with the error and without a response', async () => {
    const { onEvent, of } = recorder({ providers: { AcmeChatGenerator: 'acme' } })
    const pipeline = new Pipeline({ llm: new AcmeChatGenerator({ fails: 'no power' }) })
    await expect(pipeline.run(question, { onEvent })).rejects.toThrow('no power')
    const [span] = of('llm')
    expect([span?.name, span?.status]).toEqual(['chat', { code: SpanStatusCode.ERROR, message: 'no power' }])
    // The progress of the prompt, which was sent, is no piece of a reply.
    expect(span?.attributes).toEqual({
      'millrace.run.id': expect.any(String),
      'millrace.component.name': 'llm',
      'millrace.component.type': 'AcmeChatGenerator',
      'millrace.component.visit': 1,
      'millrace.component.status': 'failed',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'acme',
      'error.type': 'TypeError',
    })
  })

  test('of texts is a completion', async () => {
    const Completer = defineComponent({
      type: 'AcmeGenerator',
      inputs: { prompt: t.string() },
      outputs: { replies: t.array(t.string()), meta: t.array(t.record(t.unknown())) },
      run: () => ({ replies: ['blue'], meta: [replyMeta] }),
    })
    const { onEvent, of } = recorder({ recordContent: true })
    await new Pipeline({ llm: new Completer() }).run({ llm: { prompt: 'The sky is' } }, { onEvent })
    expect(of('llm')[0]?.name).toBe('text_completion acme-1-mini')
    expect(of('llm')[0]?.attributes).toMatchObject({
      'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"The sky is"}]}]',
      'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"blue"}]}]',
    })
    expect(of('llm')[0]?.attributes).not.toHaveProperty('gen_ai.request.stream')
  })
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
    const { onEvent, of } = recorder({ recordContent: true })
    await chain().run({ ask: { text: secret } }, { onEvent })
    expect(of('ask')[0]?.attributes).toMatchObject({
      'millrace.component.inputs': `{"text":"${secret}"}`,
      'millrace.component.outputs': `{"text":"${secret}"}`,
    })
    expect(of('llm')[0]?.attributes).toMatchObject({
      'gen_ai.input.messages': `[{"role":"user","parts":[{"type":"text","content":"${secret}"}]}]`,
      'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"It is Paris."}]}]',
    })
    expect(of('llm')[0]?.attributes).not.toHaveProperty('millrace.component.inputs')
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
    const { onEvent, of } = recorder({ recordContent: true, maxContentLength: 20 })
    await chain().run({ ask: { text: secret } }, { onEvent })
    expect(of('ask')[0]?.attributes['millrace.component.inputs']).toBe(
      '{"text":"the launch c… (23 characters)"}',
    )
    expect(of('llm')[0]?.attributes['gen_ai.input.messages']).toContain(
      'the launch code is 0… (23 characters)',
    )
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
    const { onEvent, of } = recorder({ recordContent: true })
    const messages = [ChatMessage.system('Be brief.'), ChatMessage.user('Where?')]
    await new Pipeline({ llm: new AcmeChatGenerator() }).run({ llm: { messages } }, { onEvent })
    const recorded = JSON.parse(String(of('llm')[0]?.attributes['gen_ai.input.messages']))
    expect(recorded.map(({ role }: { role: string }) => role)).toEqual(['system', 'user'])
  })
})
