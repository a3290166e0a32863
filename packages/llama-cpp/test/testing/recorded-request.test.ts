import { describe, expect, test } from '@jest/globals'
import { ChatMessage, ImageContent } from '@millrace/core'
import { hashOf, recordedModelName, recordedRequest } from '../../src/testing/recorded-request.ts'
import { chatRequest } from '../engines/chat-request.ts'

const hash = (request: object, options = {}) =>
  hashOf(recordedRequest('chat', { model: 'm.gguf', options }, request))

describe('the name of a model in recordings', () => {
  test.each([
    ['/home/someone/models/pocket.gguf', 'pocket.gguf'],
    ['C:\\models\\pocket.gguf', 'pocket.gguf'],
    ['npm:@millrace/pocket-model/pocket.gguf', 'pocket.gguf'],
    ['https://host/pocket.gguf?download=true#sha256=00', 'pocket.gguf'],
    ['hf:user/repository:Q4_K_M', 'repository:Q4_K_M'],
  ])('of %s is %s', (written, name) => {
    expect(recordedModelName(written)).toBe(name)
  })
})

describe('requests are equal', () => {
  test('whatever the order of their keys, and what is left open', () => {
    const request = chatRequest('Hello')
    const turned = Object.fromEntries(Object.entries(request).reverse())
    expect(hash({ ...turned, later: undefined, more: [] })).toBe(hash(request))
  })

  test('whatever belongs to a message but is no part of the conversation', () => {
    const messages = [ChatMessage.user('Hello', { meta: { at: 12 } })]
    expect(hash({ ...chatRequest('Hello'), messages })).toBe(hash(chatRequest('Hello')))
  })

  test('whatever seed was drawn, and any seed where chance decides nothing', () => {
    const warm = chatRequest('Hello', { temperature: 1, seed: 3 })
    const drawn = (seed: number) => ({ ...warm, sampling: { ...warm.sampling, seed, seedDrawn: true } })
    expect(hash(drawn(1))).toBe(hash(drawn(2)))
    expect(hash(drawn(1))).not.toBe(hash(warm))
    expect(hash(chatRequest('Hello', { seed: 1 }))).toBe(hash(chatRequest('Hello', { seed: 2 })))
    expect(hash(chatRequest('Hello', { temperature: 1, seed: 1 }))).not.toBe(hash(warm))
  })
})

describe('requests differ', () => {
  test('by their text, their options, those of the model, and the arguments of calls', () => {
    const call = (value: object) => ({ type: 'toolCall', id: '1', name: 'f', arguments: value }) as const
    const called = (value: object) => ({ messages: [{ role: 'assistant', content: [call(value)] }] })
    const all = [
      hash(chatRequest('Hello')),
      hash(chatRequest('Hello!')),
      hash(chatRequest('Hello', { maxTokens: 1 })),
      hash(chatRequest('Hello'), { pooling: 'mean' }),
      hash(called({ meta: 1 })),
      hash(called({ meta: 2 })),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  test('by the bytes of their images, which are kept as checksums', () => {
    const image = (base64: string) => ImageContent.validate({ type: 'image', base64, mimeType: 'image/png' })
    const asked = (base64: string) => ({ messages: [ChatMessage.user([image(base64)])] })
    expect(hash(asked('AAAA'))).not.toBe(hash(asked('AAAB')))
    const { request } = recordedRequest('chat', { model: 'm.gguf', options: {} }, asked('AAAA'))
    expect(JSON.stringify(request)).not.toContain('AAAA')
  })
})
