import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { generationOf } from '../../src/attributes/generation.ts'

const meta = { model: 'm', usage: { promptTokens: 1 } }
const reply = ChatMessage.assistant({ text: 'Hi', meta })
const asked = { messages: [ChatMessage.user('Hello')] }

describe('a visit is a call of a model', () => {
  test('when its replies are messages that say how they were made', () => {
    const visit = { componentType: 'AcmeChatGenerator', inputs: asked, outputs: { replies: [reply] } }
    expect(generationOf(visit, {})).toEqual({
      operation: 'chat',
      provider: 'acme',
      inProcess: false,
      replyMetas: [meta],
    })
  })

  test.each([
    ['a list', [meta, meta]],
    ['one for all', meta],
  ])('when its replies are texts and the meta stands beside them, as %s', (_, given) => {
    const outputs = { replies: ['a', 'b'], meta: given }
    expect(
      generationOf({ componentType: 'AcmeGenerator', inputs: { prompt: 'x' }, outputs }, {}),
    ).toMatchObject({
      operation: 'text_completion',
      provider: 'acme',
    })
  })

  test('when it is a known generator that failed', () => {
    expect(
      generationOf({ componentType: 'LlamaCppChatGenerator', inputs: asked, outputs: undefined }, {}),
    ).toEqual({ operation: 'chat', provider: 'llama_cpp', inProcess: true, replyMetas: [] })
    expect(
      generationOf({ componentType: 'LlamaCppGenerator', inputs: { prompt: 'x' }, outputs: undefined }, {}),
    ).toMatchObject({ operation: 'text_completion', provider: 'llama_cpp' })
  })

  test('when it failed and its provider was named', () => {
    const visit = { componentType: 'Oracle', inputs: asked, outputs: undefined }
    expect(generationOf(visit, { Oracle: 'delphi' })).toMatchObject({ operation: 'chat', provider: 'delphi' })
    expect(generationOf(visit, {})).toBeUndefined()
  })
})

describe('a visit is no call of a model', () => {
  test.each([
    ['without replies', { text: 'x' }],
    ['when its replies say nothing about a model', { replies: [ChatMessage.assistant('Hi')] }],
    ['when its replies are texts without meta', { replies: ['Hi'] }],
    ['when it gave no reply', { replies: [], meta: [] }],
    ['when its replies are no messages', { replies: [{ meta }, 5] }],
    ['when it is called like something of every object', { replies: 'constructor' }],
  ])('%s', (_, outputs) => {
    expect(generationOf({ componentType: 'constructor', inputs: asked, outputs }, {})).toBeUndefined()
  })

  test('when it passes on a reply that it got', () => {
    const visit = (inputs: Record<string, unknown>) => ({
      componentType: 'Keep',
      inputs,
      outputs: { replies: [reply] },
    })
    expect(generationOf(visit({ replies: [reply] }), {})).toBeUndefined()
    expect(generationOf(visit({ reply }), {})).toBeUndefined()
  })

  test('when a generator had nothing to answer', () => {
    const visit = {
      componentType: 'LlamaCppChatGenerator',
      inputs: { messages: [] },
      outputs: { replies: [] },
    }
    expect(generationOf(visit, {})).toBeUndefined()
  })
})
