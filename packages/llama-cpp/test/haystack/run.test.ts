// Haystack's checklist for LlamaCppChatGenerator, 8.4: run. A test a line.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, t, tool, toolset } from '@millrace/core'
import { failureOf } from '../failure-of.ts'
import { ScriptedEngine, type ScriptedReply } from '../scripted-engine.ts'
import { generatorOn } from '../scripted-generator.ts'

const temperature = tool({
  name: 'get_current_temperature',
  description: 'The temperature.',
  parameters: t.object({ location: t.string() }),
  run: () => 22,
})
const population = tool({
  name: 'population',
  description: 'The population.',
  parameters: t.object({ city: t.string() }),
  run: () => 2_100_000,
})

function scripted(parameters: object, ...replies: (string | ScriptedReply)[]) {
  const engine = new ScriptedEngine(...replies)
  return { engine, generator: generatorOn(engine, parameters) }
}

describe('8.4 run', () => {
  test('a string is one user message; no messages are no replies, and nothing is loaded', async () => {
    const { engine, generator } = scripted({}, 'a')
    expect(await generator.run({ messages: [] })).toEqual({ replies: [] })
    expect(engine.loads).toEqual([])
    await generator.run({ messages: 'Hi' })
    expect(engine.requests[0]?.messages).toEqual([ChatMessage.user('Hi')])
    await generator.close()
  })

  test('a run warms up by itself; to warm up twice is to warm up once', async () => {
    const { engine, generator } = scripted({}, 'a')
    await generator.run({ messages: 'Hi' })
    await generator.warmUp()
    await generator.warmUp()
    expect(engine.loads).toHaveLength(1)
    await generator.close()
  })

  test('hfTokenizerPath and tokenizer are refused, for the model has its own (there: taken)', async () => {
    for (const modelKwargs of [{ hfTokenizerPath: 'a' }, { tokenizer: {} }]) {
      const error = await failureOf(() => scripted({ modelKwargs }))
      expect(error.code).toBe('OPTION_UNSUPPORTED')
      expect(error.message).toMatch(/: the tokenizer of the model is used\.$/)
    }
  })

  test('options of the run win, key by key; a reply of the full length says so', async () => {
    const generationKwargs = { maxTokens: 2, temperature: 0.5 }
    const { engine, generator } = scripted({ generationKwargs }, 'one two three')
    const { replies } = await generator.run({ messages: 'Hi', generationKwargs: { temperature: 0.9 } })
    expect(engine.requests[0]).toMatchObject({ maxTokens: 2, sampling: { temperature: 0.9 } })
    expect(replies[0]?.meta).toMatchObject({ finishReason: 'length' })
    await generator.close()
  })

  test('tools of the run replace those of the component, and an empty list means none (there: those of the component)', async () => {
    const { engine, generator } = scripted({ tools: [temperature] }, 'a', 'b', 'c')
    await generator.run({ messages: 'Hi' })
    await generator.run({ messages: 'Hi', tools: [population] })
    await generator.run({ messages: 'Hi', tools: [] })
    expect(engine.requests.map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ['get_current_temperature'],
      ['population'],
      [],
    ])
    await generator.close()
  })

  test('a mixed list of a tool and a toolset is flattened', async () => {
    const { engine, generator } = scripted(
      { tools: [temperature, toolset({ name: 'cities', tools: [population] })] },
      'a',
    )
    await generator.run({ messages: 'Hi' })
    expect(engine.requests[0]?.tools.map(({ name }) => name)).toEqual([
      'get_current_temperature',
      'population',
    ])
    await generator.close()
  })

  test('the toolsets are warmed up before the model is told of them', async () => {
    const found: (typeof population)[] = []
    const server = toolset({
      name: 'server',
      get tools() {
        return found
      },
      warmUp: () => void (found.length === 0 && found.push(population)),
    })
    const { engine, generator } = scripted({ tools: [server] }, 'a')
    await generator.run({ messages: 'Hi' })
    expect(engine.requests[0]?.tools.map(({ name }) => name)).toEqual(['population'])
    await generator.close()
  })

  test('a reply has the meta responseId, model, created, index, finishReason and usage; without text it has no parts', async () => {
    const { generator } = scripted({}, '')
    const { replies } = await generator.run({ messages: 'Hi' })
    expect(replies).toEqual([
      {
        role: 'assistant',
        content: [],
        meta: expect.objectContaining({
          responseId: expect.any(String),
          model: 'pocket.gguf',
          created: expect.any(Number),
          index: 0,
          finishReason: 'stop',
          usage: expect.objectContaining({ promptTokens: expect.any(Number) }),
        }),
      },
    ])
    await generator.close()
  })

  test.each<{ reason: string; reply: ScriptedReply; kwargs?: object }>([
    { reason: 'stop', reply: { text: 'one' } },
    { reason: 'length', reply: { text: 'one two' }, kwargs: { maxTokens: 1 } },
    { reason: 'toolCalls', reply: { toolCalls: [{ name: 'population', arguments: '{}' }] } },
  ])('the reason of the end is passed on: $reason', async ({ reason, reply, kwargs = {} }) => {
    const { generator } = scripted({ tools: [population] }, reply)
    const { replies } = await generator.run({ messages: 'Hi', generationKwargs: kwargs })
    expect(replies[0]?.meta?.['finishReason']).toBe(reason)
    await generator.close()
  })

  test('a call with malformed arguments is kept aside, and the others are calls (there: it is dropped with a warning)', async () => {
    const { generator } = scripted(
      { tools: [population] },
      {
        toolCalls: [
          { name: 'population', arguments: '{"city": ' },
          { name: 'population', arguments: '{"city": "Oslo"}' },
        ],
      },
    )
    const { replies } = await generator.run({ messages: 'Hi' })
    expect(ChatMessage.toolCalls(replies[0])).toEqual([
      { type: 'toolCall', id: 'call_2', name: 'population', arguments: { city: 'Oslo' } },
    ])
    expect(replies[0]?.meta?.['malformedToolCalls']).toEqual([
      { index: 0, id: 'call_1', name: 'population', arguments: '{"city": ' },
    ])
    await generator.close()
  })

  test('what the engine fails with is what the run fails with (there: a response that is no dictionary)', async () => {
    const { generator } = scripted({})
    await expect(generator.run({ messages: 'Hi' })).rejects.toThrow('the script has no more replies')
    await generator.close()
  })

  test('an async callback is waited for (there: refused)', async () => {
    const { generator } = scripted({}, 'one two')
    let heard = 0
    await generator.run({
      messages: 'Hi',
      streamingCallback: async () => {
        await new Promise(setImmediate)
        heard++
      },
    })
    expect(heard).toBe(3)
    await generator.close()
  })

  test('runs of one component at once are queued for its slots; there is one run, which is async (there: two)', async () => {
    const { engine, generator } = scripted({}, 'one two', 'three four')
    const both = await Promise.all([generator.run({ messages: 'A' }), generator.run({ messages: 'B' })])
    expect(both.map(({ replies }) => ChatMessage.text(replies[0]))).toEqual(['one two', 'three four'])
    expect(engine.opened[0]?.slots).toBe(1)
    await generator.close()
  })
})
