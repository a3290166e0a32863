import { afterAll, describe, expect, test } from '@jest/globals'
import { ChatMessage, type Component, Document, type ModelCall } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppDocumentEmbedder } from '../../src/components/document-embedder.ts'
import { LlamaCppGenerator } from '../../src/components/generator.ts'
import { LlamaCppRanker } from '../../src/components/ranker.ts'
import { LlamaCppTextEmbedder } from '../../src/components/text-embedder.ts'
import { pocketPath } from '../pocket.ts'
import { ScriptedTexts } from '../scripted-texts.ts'

const parameters = { model: pocketPath, generationKwargs: { temperature: 0 } }
const chat = new LlamaCppChatGenerator({ ...parameters, nCtx: 128 })
const completion = new LlamaCppGenerator(parameters)
const texts = () => new ScriptedTexts()
const documents = [Document.create({ content: 'Oslo is in Norway.' })]

afterAll(async () => {
  await chat.close()
  await completion.close()
})

/** The calls that one run reports; how the run itself ends is not of interest. */
async function callsOf(component: Component, inputs: object, controller = new AbortController(), after = 0) {
  const calls: ModelCall[] = []
  let chunks = 0
  const context = {
    ...aloneContext({ type: 'Model' }),
    signal: controller.signal,
    modelCall: (call: ModelCall) => void calls.push(call),
    emit: () => {
      if (++chunks === after) controller.abort()
    },
  }
  await Promise.resolve(component.run(inputs, context)).catch(() => {})
  return calls
}

describe('a request to a model is reported when it is over', () => {
  const local = { provider: 'llama_cpp', model: 'pocket.gguf', engine: 'node-llama-cpp' }

  test('with messages, options, usage, times and the reply of a chat', async () => {
    const messages = [ChatMessage.user('What is the capital of France?')]
    const [call, ...others] = await callsOf(chat, { messages })
    expect(others).toEqual([])
    expect(call).toMatchObject({
      ...local,
      operation: 'chat',
      options: { temperature: 0 },
      input: messages,
      usage: { promptTokens: 16, completionTokens: 9, cachedTokens: 0 },
      timings: { promptMs: expect.any(Number), predictedMs: expect.any(Number), queueMs: expect.any(Number) },
      finishReason: 'stop',
      responseId: expect.stringMatching(/^chatcmpl-/),
      replies: [{ role: 'assistant' }],
    })
    expect(call?.durationMs).toBeGreaterThanOrEqual(call?.timings?.predictedMs ?? Infinity)
  })

  test('with the text of a completion', async () => {
    expect(await callsOf(completion, { prompt: 'The capital of' })).toMatchObject([
      {
        ...local,
        operation: 'textCompletion',
        input: 'The capital of',
        usage: { completionTokens: expect.any(Number) },
        responseId: expect.stringMatching(/^cmpl-/),
        replies: [expect.any(String)],
      },
    ])
  })

  test.each([
    ['embeddings', new LlamaCppTextEmbedder({ model: pocketPath }, texts()), { text: 'Oslo' }],
    ['embeddings', new LlamaCppDocumentEmbedder({ model: pocketPath }, texts()), { documents }],
    ['rerank', new LlamaCppRanker({ model: pocketPath }, texts()), { query: 'Oslo', documents }],
  ])('with the tokens of %s (%#)', async (operation, component, inputs) => {
    const [call] = await callsOf(component, inputs)
    expect(call).toMatchObject({ ...local, operation, usage: { promptTokens: expect.any(Number) } })
    expect(call?.usage).not.toHaveProperty('completionTokens')
  })

  test('also when an abort cut it off: with what it took until then', async () => {
    const inputs = { messages: 'What is the capital of France?' }
    expect(await callsOf(chat, inputs, new AbortController(), 3)).toMatchObject([
      { finishReason: 'aborted', usage: { promptTokens: 16 } },
    ])
  })

  test('also when it failed: with the error', async () => {
    const [call] = await callsOf(chat, { messages: 'word '.repeat(500) })
    expect(call).toMatchObject({ ...local, operation: 'chat', error: { code: 'CONTEXT_OVERFLOW' } })
    expect(call).not.toHaveProperty('usage')
  })

  test('and not where nothing was asked', async () => {
    expect(await callsOf(chat, { messages: [] })).toEqual([])
  })
})
