import { describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { ReplyParts } from '../../../../src/chat/reply-parts.ts'
import type { Prompt } from '../../../../src/engines/node-llama-cpp/prompt/prompt.ts'
import { ReplyText } from '../../../../src/engines/node-llama-cpp/reply/reply-text.ts'
import { TokenTexts, tokenText } from '../../../../src/engines/node-llama-cpp/reply/token-text.ts'
import type { ReplyDelta } from '../../../../src/engines/request.ts'
import { byteModel, byteTokens } from '../../../byte-model.ts'

const prompt: Prompt = { tokens: byteTokens('Hi'), stopSequences: [], stopTexts: [] }

function replyTo(stop: readonly string[] = [], ends: Partial<Prompt> = {}): ReplyText {
  const words = tokenText(byteModel, new TokenTexts(byteModel), prompt.tokens)
  return new ReplyText({ prompt: { ...prompt, ...ends }, words, stop })
}

function textOf(deltas: readonly ReplyDelta[]): string {
  return deltas.map((delta) => (delta.kind === 'text' ? delta.text : '')).join('')
}

/** Pushes the tokens of a text until the reply has ended; gives the reply and what it showed. */
function written(text: string, stop: readonly string[] = [], ends: Partial<Prompt> = {}) {
  const reply = replyTo(stop, ends)
  let shown = ''
  for (const token of byteTokens(text)) {
    shown += textOf(reply.push(token))
    if (reply.ended) break
  }
  shown += textOf(reply.end())
  return { reply, shown }
}

describe('ReplyText', () => {
  test('has shown what it holds', () => {
    const { reply, shown } = written('naïve 👍')
    expect([reply.text, shown, reply.ended, reply.count]).toEqual(['naïve 👍', 'naïve 👍', false, 11])
  })

  test('ends at a stop text of the request, which is no part of it', () => {
    const { reply, shown } = written('one STOP two', ['STOP'])
    expect([reply.text, shown, reply.ended, reply.count]).toEqual(['one ', 'one ', true, 8])
  })

  test('ends at a stop text of the template', () => {
    expect(written('one</s> two', [], { stopTexts: ['</s>'] }).reply.text).toBe('one')
  })

  test('ends at the tokens that the template ends an answer with', () => {
    const stopSequences = [[300, 301], [302]] as Binding.Token[][]
    const reply = replyTo([], { stopSequences })
    const shown = [97, 300, 98, 300, 301].map((token) => textOf(reply.push(token as Binding.Token)))
    expect(shown).toEqual(['a', '', 'b', '', ''])
    expect([reply.ended, reply.text, reply.count]).toEqual([true, 'ab', 5])
  })

  test('goes on behind a thought that ends as answers do', () => {
    const parts = new ReplyParts({
      thought: { start: '<t>', end: '<end><begin>', close: '<end><begin>' },
      leads: [],
      breaks: [],
      thoughtOpen: false,
      thoughtsAsText: false,
      calls: undefined,
    })
    const words = tokenText(byteModel, new TokenTexts(byteModel), prompt.tokens)
    const ends = { ...prompt, stopTexts: ['<end>'], endsThoughts: true }
    const reply = new ReplyText({ prompt: ends, words, stop: [], parts })
    for (const token of byteTokens('<t>Hm<end><begin>Yes.<end>')) reply.push(token)
    reply.end()
    expect([reply.reasoning, reply.text, reply.ended]).toEqual(['Hm', 'Yes.', true])
  })

  test('shows in the end what was held back for a stop text that did not come', () => {
    expect(written('one STO', ['STOP']).shown).toBe('one STO')
  })

  test('finds a stop text in the last, broken character', () => {
    const reply = replyTo(['\uFFFD'])
    expect(textOf(reply.push(0xc3 as Binding.Token))).toBe('')
    expect([textOf(reply.end()), reply.text]).toEqual(['', ''])
  })

  test('leaves out half a character where a limit cut it off, and not where the model ended there', () => {
    for (const [isCut, end] of [
      [true, ''],
      [false, '\uFFFD'],
    ] as const) {
      const reply = replyTo([])
      for (const token of [...byteTokens('Hi '), 0xf0, 0x9f]) reply.push(token as Binding.Token)
      expect([textOf(reply.end(isCut)), reply.text]).toEqual([end, `Hi ${end}`])
    }
  })

  test('knows its last tokens', () => {
    const { reply } = written('abc')
    expect([reply.recent(2), reply.recent(0), reply.recent(9)]).toEqual([
      byteTokens('bc'),
      [],
      byteTokens('abc'),
    ])
  })
})
