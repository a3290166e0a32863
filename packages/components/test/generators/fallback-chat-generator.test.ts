import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, type RunEvent, t, tool } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { ComponentsError } from '../../src/errors.ts'
import { FallbackChatGenerator } from '../../src/generators/fallback-chat-generator.ts'
import { ExampleChatGenerator } from './example-chat-generator.ts'

const good = (reply = 'Paris.') => new ExampleChatGenerator({ reply })
const bad = (error: string) => new ExampleChatGenerator({ error })

describe('FallbackChatGenerator', () => {
  testComponent(() => new FallbackChatGenerator({ generators: [bad('no'), good()] }), {
    test,
    inputs: [{ messages: 'Hi' }, { messages: [ChatMessage.user('Hi')], generationKwargs: { seed: 1 } }],
  })

  test('asks the first one alone when it can answer', async () => {
    const second = good()
    const generator = new FallbackChatGenerator({ generators: [good('Rome.'), second] })
    const { replies, meta } = await generator.run({ messages: 'Where?' })
    expect(replies).toEqual([ChatMessage.assistant('Rome.')])
    expect(meta).toEqual({
      successfulChatGeneratorIndex: 0,
      successfulChatGeneratorType: 'ExampleChatGenerator',
      totalAttempts: 1,
      failedChatGenerators: [],
    })
    expect(second.asked).toEqual([])
  })

  test('asks the next one with the same, and says what failed', async () => {
    const add = tool({ name: 'add', description: '', run: () => 1 })
    const generators = [bad('no server'), bad('no memory'), good()]
    const generator = new FallbackChatGenerator({ generators })
    const request = { messages: 'Where?', generationKwargs: { seed: 3 }, tools: [add] }
    const { replies, meta } = await generator.run(request)
    expect(meta).toMatchObject({
      successfulChatGeneratorIndex: 2,
      totalAttempts: 3,
      failedChatGenerators: [
        { index: 0, type: 'ExampleChatGenerator', error: 'no server' },
        { index: 1, type: 'ExampleChatGenerator', error: 'no memory' },
      ],
    })
    expect(replies[0]?.meta?.['warnings']).toEqual([
      {
        code: 'GENERATOR_FAILED',
        message: `ExampleChatGenerator answered, after 2 generators failed:
  generators[0] (ExampleChatGenerator): no server
  generators[1] (ExampleChatGenerator): no memory`,
      },
    ])
    const asked = { ...request, messages: [ChatMessage.user('Where?')] }
    expect(generators.map((one) => one.asked)).toEqual([[asked], [asked], [asked]])
  })

  test('warns the run of it', async () => {
    const warnings: string[][] = []
    const context = {
      ...aloneContext(FallbackChatGenerator),
      warn: (...warning: string[]) => void warnings.push(warning),
    }
    const generator = new FallbackChatGenerator({ generators: [bad('no server'), good()] })
    await generator.run({ messages: 'Where?' }, context)
    expect(warnings).toEqual([
      [
        'GENERATOR_FAILED',
        'ExampleChatGenerator answered, after 1 generator failed:\n  generators[0] (ExampleChatGenerator): no server',
      ],
    ])
  })

  test('falls back from one that cannot take the request, or breaks its promise', async () => {
    const Strict = defineComponent({
      type: 'Strict',
      inputs: { messages: t.array(t.message()) },
      outputs: { replies: t.array(t.message()) },
      run: () => ({}) as never,
    })
    const generator = new FallbackChatGenerator({ generators: [new Strict(), good()] })
    const reasons = async (request: object) => {
      const { meta } = await generator.run({ messages: 'Where?', ...request })
      return (meta['failedChatGenerators'] as { readonly error: string }[]).map(({ error }) => error)
    }
    expect(await reasons({ generationKwargs: { seed: 1 } })).toEqual([
      "Strict has no input 'generationKwargs'. Inputs: 'messages'.",
    ])
    expect(await reasons({})).toEqual([
      "Strict, which 'FallbackChatGenerator' (FallbackChatGenerator) runs, left out its output 'replies'.",
    ])
  })

  test('streams under its own name, what a failed one streamed first', async () => {
    const pipeline = new Pipeline({ llm: new FallbackChatGenerator({ generators: [bad('Ro…'), good()] }) })
    const events: RunEvent[] = []
    await pipeline.run({ messages: 'Where?' }, { onEvent: (event) => events.push(event) })
    const chunks = events.filter((event) => event.type === 'chunk')
    expect(chunks.map(({ component, chunk }) => `${component}: ${chunk.content}`)).toEqual([
      'llm: Ro…',
      'llm: Paris.',
    ])
  })

  test('never falls back when the run is aborted', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const first = Object.assign(good(), {
      run: () => {
        controller.abort(reason)
        throw new Error('cut')
      },
    })
    const second = good()
    const pipeline = new Pipeline({ llm: new FallbackChatGenerator({ generators: [first, second] }) })
    await expect(pipeline.run({ messages: 'Where?' }, { signal: controller.signal })).rejects.toBe(reason)
    expect(second.asked).toEqual([])
  })

  test('fails with all causes when none can answer', async () => {
    const generator = new FallbackChatGenerator({ generators: [bad('no server'), bad('no memory')] })
    const error = await generator.run({ messages: 'Where?' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ComponentsError)
    expect(error).toMatchObject({
      code: 'GENERATORS_FAILED',
      message: `All 2 chat generators failed:
  generators[0] (ExampleChatGenerator): no server
  generators[1] (ExampleChatGenerator): no memory`,
      cause: { errors: [{ message: 'no server' }, { message: 'no memory' }] },
    })
  })

  test('needs one generator at least, and nothing but generators', () => {
    expect(() => new Pipeline({ llm: new FallbackChatGenerator({ generators: [] }) })).toThrow(
      'must have at least 1 item',
    )
    const Prompt = defineComponent({
      type: 'Prompt',
      inputs: { text: t.string() },
      outputs: { prompt: t.string() },
      run: ({ text }) => ({ prompt: text }),
    })
    expect(
      () => new Pipeline({ llm: new FallbackChatGenerator({ generators: [new Prompt() as never] }) }),
    ).toThrow("Prompt does not fit here: it has no input 'messages' (ChatMessage[])")
  })
})
