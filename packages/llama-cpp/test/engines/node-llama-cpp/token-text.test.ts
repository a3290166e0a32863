import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type * as Binding from 'node-llama-cpp'
import { TokenText } from '../../../src/engines/node-llama-cpp/token-text.ts'
import { byteModel, byteTokens } from '../../byte-model.ts'

/** The pieces that come out of the tokens of a text, one by one, and the rest at the end. */
function pieces(text: string, prompt = ''): string[] {
  const words = new TokenText(byteModel, byteTokens(prompt))
  return [...byteTokens(text).map((token) => words.push(token)), words.end()]
}

describe('TokenText', () => {
  test('gives each character when its last byte has come', () => {
    expect(pieces('aé')).toEqual(['a', '', 'é', ''])
    expect(pieces('😀!')).toEqual(['', '', '', '😀', '!', ''])
  })

  test('gives any text back, without a broken character in between', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.string({ unit: 'grapheme' }),
        (text, prompt) => {
          const given = pieces(text, prompt)
          expect(given.join('')).toBe(text)
          const broken = given.filter((piece) => piece.includes('\uFFFD'))
          expect(broken.length).toBe(text.split('\uFFFD').length - 1)
        },
      ),
    )
  })

  test('gives a character that never becomes whole as what it is, at the end', () => {
    const words = new TokenText(byteModel, [])
    const [first = 0] = byteTokens('é')
    expect([words.push(first as Binding.Token), words.end()]).toEqual(['', '\uFFFD'])
    expect(words.end()).toBe('')
  })

  test('waits for eight tokens at most', () => {
    const words = new TokenText(byteModel, [])
    const given = Array.from({ length: 8 }, () => words.push(0x80 as Binding.Token))
    expect(given).toEqual([...Array.from({ length: 7 }, () => ''), '\uFFFD'.repeat(8)])
  })

  test('passes over tokens without a text', () => {
    const words = new TokenText(byteModel, [])
    expect([words.push(300 as Binding.Token), words.push(97 as Binding.Token)]).toEqual(['', 'a'])
  })

  test('keeps the space that a vocabulary drops at the beginning of a text', () => {
    const names = ['', ' Hello', ' world', '!']
    const sentencePieces = {
      detokenize: (tokens: readonly number[]) =>
        tokens
          .map((token) => names[token])
          .join('')
          .replace(/^ /, ''),
    } as unknown as Binding.LlamaModel
    const words = new TokenText(sentencePieces, [1] as Binding.Token[])
    const long = Array.from({ length: 60 }, () => words.push(2 as Binding.Token)).join('')
    expect(long + words.push(3 as Binding.Token)).toBe(`${' world'.repeat(60)}!`)
  })
})
