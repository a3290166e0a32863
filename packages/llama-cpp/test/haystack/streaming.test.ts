// Haystack's checklist for LlamaCppChatGenerator, 8.5: streaming. A test a line.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, StreamingChunk, t, tool } from '@millrace/core'
import { ScriptedEngine, type ScriptedReply } from '../scripted-engine.ts'
import { collecting, generatorOn } from '../scripted-generator.ts'
import { collectWarnings } from '../warnings.ts'

const weather = tool({
  name: 'get_current_weather',
  description: 'The weather.',
  parameters: t.object({ city: t.string() }),
  run: () => 'sunny',
})

async function streamed(reply: string | ScriptedReply, parameters: object = {}) {
  const { chunks, context } = collecting()
  const generator = generatorOn(new ScriptedEngine(reply), parameters)
  const { replies } = await generator.run({ messages: 'Hi' }, context)
  await generator.close()
  return { chunks, replies, context }
}

const text = ' France is located in Western Europe, bordered by Luxembourg, Germany, Switzerland'

describe('8.5 streaming', () => {
  test('a callback that throws is reported, and the stream goes on', async () => {
    const generator = generatorOn(new ScriptedEngine('one two'))
    let heard = 0
    const warnings = await collectWarnings(async () => {
      const { replies } = await generator.run({
        messages: 'Hi',
        streamingCallback: () => {
          heard++
          throw new RangeError('full')
        },
      })
      expect(ChatMessage.text(replies[0])).toBe('one two')
    })
    expect([heard, warnings.map(({ code }) => code)]).toEqual([3, ['MILLRACE_CALLBACK_FAILED']])
    await generator.close()
  })

  test('chunks are numbered, know who sent them and when, and the last one has the reason and the usage (there: no usage)', async () => {
    const { chunks, context } = await streamed('one two')
    expect(chunks.map(({ index, start }) => [index, start])).toEqual([
      [0, true],
      [1, false],
      [2, false],
    ])
    for (const { component, meta } of chunks) {
      expect(component).toEqual(context.component)
      expect(meta).toMatchObject({
        model: 'pocket.gguf',
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      })
    }
    expect(chunks.at(-1)).toMatchObject({
      content: '',
      finishReason: 'stop',
      meta: { usage: { completionTokens: 2 } },
    })
  })

  test('a second call begins where an id is new, and that is a start too', async () => {
    const call = (city: string) => ({ name: 'get_current_weather', arguments: `{"city": "${city}"}` })
    const { chunks } = await streamed({ toolCalls: [call('Tokyo'), call('Oslo')] }, { tools: [weather] })
    const begun = chunks.filter(({ start }) => start).flatMap(({ toolCalls = [] }) => toolCalls)
    expect(begun.map(({ index, id }) => [index, id])).toEqual([
      [0, 'call_1'],
      [1, 'call_2'],
    ])
  })

  test('a new call has its id and name once; later pieces have neither', async () => {
    const { chunks } = await streamed(
      { toolCalls: [{ name: 'get_current_weather', arguments: '{"city": "Tokyo"}' }] },
      { tools: [weather] },
    )
    const deltas = chunks.flatMap(({ toolCalls = [] }) => toolCalls)
    expect(deltas).toEqual([
      { index: 0, id: 'call_1', name: 'get_current_weather', arguments: '' },
      { index: 0, arguments: '{"city": "' },
      { index: 0, arguments: 'Tokyo"}' },
    ])
    expect(chunks[0]?.start).toBe(true)
  })

  test('a text keeps its leading space, has no calls, and its meta has the time of the first chunk', async () => {
    const { chunks, replies } = await streamed(text)
    const merged = StreamingChunk.merge(chunks)
    expect(ChatMessage.text(merged)).toBe(text)
    expect(ChatMessage.toolCalls(merged)).toEqual([])
    expect(merged.meta).toMatchObject({
      finishReason: 'stop',
      model: 'pocket.gguf',
      completionStartTime: chunks[0]?.meta?.['receivedAt'],
    })
    expect(ChatMessage.text(replies[0])).toBe(text)
  })

  test('the pieces of a call merge into exactly one, and there is no text', async () => {
    const { chunks, replies } = await streamed(
      { toolCalls: [{ name: 'get_current_weather', arguments: '{"city": "Tokyo"}' }] },
      { tools: [weather] },
    )
    const expected = [
      { type: 'toolCall', id: 'call_1', name: 'get_current_weather', arguments: { city: 'Tokyo' } },
    ]
    const merged = StreamingChunk.merge(chunks)
    expect(ChatMessage.toolCalls(merged)).toEqual(expected)
    expect(ChatMessage.text(merged)).toBeUndefined()
    expect(merged.meta?.['finishReason']).toBe('toolCalls')
    expect(ChatMessage.toolCalls(replies[0])).toEqual(expected)
  })

  test('there is exactly one reply, and what is shown first is marked as the start', async () => {
    const { chunks, replies } = await streamed(text)
    expect(replies).toHaveLength(1)
    expect(chunks.find(({ content }) => content !== '')?.start).toBe(true)
  })

  test('the option stream changes nothing, and is said to', async () => {
    const warnings = await collectWarnings(async () => {
      const { replies } = await streamed('one', { generationKwargs: { stream: false } })
      expect(ChatMessage.text(replies[0])).toBe('one')
    })
    expect(warnings.map(({ code }) => code)).toEqual(['MILLRACE_OPTION_INERT'])
  })
})
