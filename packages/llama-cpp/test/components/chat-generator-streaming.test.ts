// The chunks of a reply, with an engine whose replies are written down.
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, StreamingChunk } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { pocketPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { collecting, generatorOn } from '../scripted-generator.ts'
import { collectWarnings } from '../warnings.ts'

describe('streaming', () => {
  test('goes to the run whether or not there is a callback, in numbered chunks (8.5)', async () => {
    const { chunks, context } = collecting()
    const generator = generatorOn(new ScriptedEngine(' France is here.'))
    await generator.run({ messages: 'Hi' }, context)
    expect(
      chunks.map(({ index, start, content, finishReason }) => [index, start, content, finishReason]),
    ).toEqual([
      [0, true, ' France', undefined],
      [1, false, ' is', undefined],
      [2, false, ' here.', undefined],
      [3, false, '', 'stop'],
    ])
    expect(new Set(chunks.map(({ component }) => component))).toEqual(new Set([context.component]))
    await generator.close()
  })

  test('merges into the reply, with what it took (8.5)', async () => {
    const { chunks, context } = collecting()
    const generator = generatorOn(new ScriptedEngine(' France is here.'))
    const { replies } = await generator.run({ messages: 'Hi' }, context)
    const merged = StreamingChunk.merge(chunks)
    const { model, index, finishReason, usage, timings } = replies[0]?.meta ?? {}
    expect(merged.content).toEqual(replies[0]?.content)
    expect(merged.meta).toEqual({
      model,
      index,
      finishReason,
      usage,
      timings,
      completionStartTime: chunks[0]?.meta?.['receivedAt'],
    })
    await generator.close()
  })

  test('gives the same reply as without it', async () => {
    const generator = generatorOn(new ScriptedEngine('one two', 'one two'))
    const plain = await generator.run({ messages: 'Hi' })
    const streamed = await generator.run({ messages: 'Hi', streamingCallback: () => {} })
    const ofEach = { responseId: '', created: 0 }
    expect({ ...streamed.replies[0]?.meta, ...ofEach }).toEqual({ ...plain.replies[0]?.meta, ...ofEach })
    expect(streamed.replies[0]?.content).toEqual(plain.replies[0]?.content)
    await generator.close()
  })

  test('goes to the callback of the component, or in its place to that of the run', async () => {
    const heard: string[] = []
    const listen = (name: string) => (chunk: StreamingChunk) => void heard.push(`${name}:${chunk.content}`)
    const generator = generatorOn(new ScriptedEngine('a', 'b'), { streamingCallback: listen('component') })
    await generator.run({ messages: 'Hi' })
    await generator.run({ messages: 'Hi', streamingCallback: listen('run') })
    expect(heard).toEqual(['component:a', 'component:', 'run:b', 'run:'])
    await generator.close()
  })

  test('waits for an async callback before the next token', async () => {
    const order: string[] = []
    const streamingCallback = async ({ content }: StreamingChunk) => {
      order.push(`begin ${content}`)
      await setImmediate()
      order.push(`end ${content}`)
    }
    const generator = generatorOn(new ScriptedEngine('a b'))
    await generator.run({ messages: 'Hi', streamingCallback })
    expect(order).toEqual(['begin a', 'end a', 'begin  b', 'end  b', 'begin ', 'end '])
    await generator.close()
  })

  test.each(['none', 'process'] as const)(
    'does not wait beyond an abort, or a close, for a callback that never ends, with isolation %s',
    async (isolation) => {
      const generator = new LlamaCppChatGenerator({ model: pocketPath, isolation })
      const controller = new AbortController()
      const { context } = collecting(controller.signal)
      const streamingCallback = () => {
        controller.abort(new RangeError('enough'))
        return new Promise<void>(() => undefined)
      }
      const aborted = generator.run({ messages: 'Hello', streamingCallback }, context)
      expect((await aborted).replies[0]?.meta).toMatchObject({ finishReason: 'aborted' })
      let closing: Promise<void> | undefined
      const closed = generator.run({
        messages: 'Hello',
        streamingCallback: () => {
          closing = generator.close()
          return new Promise(() => undefined)
        },
      })
      await expect(closed).rejects.toMatchObject({ code: 'CLOSED' })
      await closing
    },
  )

  test('reports a callback that throws, and finishes the reply (8.5)', async () => {
    const generator = generatorOn(new ScriptedEngine('one two'))
    let text: string | undefined
    const warnings = await collectWarnings(async () => {
      const { replies } = await generator.run({
        messages: 'Hi',
        streamingCallback: () => {
          throw new RangeError('paper jam')
        },
      })
      text = replies[0] && ChatMessage.text(replies[0])
    })
    expect(text).toBe('one two')
    expect(warnings).toEqual([
      {
        message: "The streamingCallback of 'LlamaCppChatGenerator' threw: paper jam",
        code: 'MILLRACE_CALLBACK_FAILED',
      },
    ])
    await generator.close()
  })
})
