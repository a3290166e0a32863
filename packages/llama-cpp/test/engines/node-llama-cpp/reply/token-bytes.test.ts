import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { tokenBytes, vocabularyOf } from '../../../../src/engines/node-llama-cpp/reply/token-bytes.ts'
import { openPocket, type PocketBinding } from '../../../pocket-binding.ts'

let pocket: PocketBinding

beforeAll(async () => {
  pocket = await openPocket()
})
afterAll(() => pocket.dispose())

const written = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

describe('the bytes of a token', () => {
  test('are those of its text, where that is whole characters', () => {
    const vocabulary = vocabularyOf(pocket.model)
    let whole = 0
    for (let token = 0; token < vocabulary.pieces.length; token++) {
      const text = pocket.model.detokenize([token as Binding.Token], true)
      if (text.includes('\uFFFD')) continue
      whole++
      expect([token, written(tokenBytes(token, vocabulary))]).toEqual([token, text])
    }
    expect(whole).toBeGreaterThan(1300)
  })

  test('of all tokens of a text make that text, however they cut its characters', () => {
    const text = 'naïve 日本語 👩‍👩‍👧‍👦 e\u0301\n\ttab'
    const tokens = pocket.model.tokenize(text)
    const vocabulary = vocabularyOf(pocket.model)
    const bytes = tokens.flatMap((token) => [...(tokenBytes(token, vocabulary) ?? [])])
    expect(Buffer.from(bytes).toString()).toBe(text)
    expect(tokens.some((token) => written(tokenBytes(token, vocabulary))?.includes('\uFFFD'))).toBe(true)
  })

  test('of a SentencePiece vocabulary have spaces for its marks and bytes for its byte tokens', () => {
    const vocabulary = {
      kind: 'spm',
      pieces: ['<s>', '\u2581Paris', '<0xE6>', '<0xE6>'],
      types: [3, 1, 6, 1],
    }
    expect(written(tokenBytes(0, vocabulary))).toBe('<s>')
    expect(written(tokenBytes(1, vocabulary))).toBe(' Paris')
    expect(tokenBytes(2, vocabulary)).toEqual(Uint8Array.of(0xe6))
    expect(written(tokenBytes(3, vocabulary))).toBe('<0xE6>')
  })

  test('are unknown for a token or a kind of vocabulary that is', () => {
    expect(tokenBytes(1, { kind: 'spm', pieces: ['a'], types: [] })).toBeUndefined()
    expect(tokenBytes(0, { kind: 'wpm', pieces: ['a'], types: [1] })).toBeUndefined()
  })
})
