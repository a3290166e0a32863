import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type * as Binding from 'node-llama-cpp'
import { TokenTexts, tokenText } from '../../../../src/engines/node-llama-cpp/reply/token-text.ts'
import { byteModel, byteTokens } from '../../../byte-model.ts'

const wordsOf = (model: Binding.LlamaModel, prompt: readonly Binding.Token[]) =>
  tokenText(model, new TokenTexts(model), prompt)

/** The pieces that come out of the tokens of a text, one by one, and the rest at the end. */
function pieces(text: string, prompt = ''): string[] {
  const words = wordsOf(byteModel, byteTokens(prompt))
  return [...byteTokens(text).map((token) => words.push(token)), words.end()]
}

describe('the text of tokens of an unknown kind', () => {
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
    const words = wordsOf(byteModel, [])
    const [first = 0] = byteTokens('é')
    expect([words.push(first as Binding.Token), words.end()]).toEqual(['', '\uFFFD'])
    expect(words.end()).toBe('')
  })

  test('waits for eight tokens at most', () => {
    const words = wordsOf(byteModel, [])
    const given = Array.from({ length: 8 }, () => words.push(0x80 as Binding.Token))
    expect(given).toEqual([...Array.from({ length: 7 }, () => ''), '\uFFFD'.repeat(8)])
  })

  test('passes over tokens without a text', () => {
    const words = wordsOf(byteModel, [])
    expect([words.push(300 as Binding.Token), words.push(97 as Binding.Token)]).toEqual(['', 'a'])
  })

  test('keeps the space that a vocabulary drops at the beginning of a text', () => {
    const names = ['', ' Hello', ' world', '!']
    const sentencePieces = {
      fileInfo: { metadata: {} },
      detokenize: (tokens: readonly number[]) =>
        tokens
          .map((token) => names[token])
          .join('')
          .replace(/^ /, ''),
    } as unknown as Binding.LlamaModel
    const words = wordsOf(sentencePieces, [1] as Binding.Token[])
    const long = Array.from({ length: 60 }, () => words.push(2 as Binding.Token)).join('')
    expect(long + words.push(3 as Binding.Token)).toBe(`${' world'.repeat(60)}!`)
  })
})

describe('the text of tokens of a known vocabulary', () => {
  const CONTROL = 3
  /** Each byte is a token, as byte-level BPE writes it; then one token that is a mark. */
  const bytes = Array.from({ length: 256 }, (_, byte) => byteCharacter(byte))
  const model = {
    vocabularyType: 'bpe',
    fileInfo: {
      metadata: {
        tokenizer: {
          ggml: { tokens: [...bytes, '[MARK]'], token_type: [...bytes.map(() => 1), CONTROL] },
        },
      },
    },
  } as unknown as Binding.LlamaModel
  const mark = 256 as Binding.Token
  const read = (tokens: readonly Binding.Token[], shown: readonly Binding.Token[] = []) => {
    const words = tokenText(model, new TokenTexts(model), [], new Set(shown))
    return [...tokens.map((token) => words.push(token)), words.end()]
  }

  test('is any text again, without a broken character in between', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const given = read(byteTokens(text))
        expect(given.join('')).toBe(text)
        expect(given.join('').split('\uFFFD').length).toBe(text.split('\uFFFD').length)
      }),
    )
  })

  test('keeps the spaces in front of punctuation', () => {
    expect(read(byteTokens('so ? "x" , n\'t')).join('')).toBe('so ? "x" , n\'t')
  })

  test('has control tokens only where they are asked for', () => {
    const tokens = [...byteTokens('a'), mark, ...byteTokens('b')]
    expect(read(tokens).join('')).toBe('ab')
    expect(read(tokens, [mark]).join('')).toBe('a[MARK]b')
  })

  test('gives a character that never becomes whole as what it is', () => {
    const [first = 0] = byteTokens('é')
    expect(read([first as Binding.Token]).join('')).toBe('\uFFFD')
    expect(read([first as Binding.Token, ...byteTokens('a')]).join('')).toBe('\uFFFDa')
  })
})

/** The character that stands for a byte in GPT-2's vocabulary: the byte's own if it can be printed, or one from U+0100 on. */
function byteCharacter(byte: number): string {
  const printed = (each: number) => (each >= 0x21 && each <= 0x7e) || (each >= 0xa1 && each !== 0xad)
  if (printed(byte)) return String.fromCharCode(byte)
  const before = Array.from({ length: byte }, (_, each) => each).filter((each) => !printed(each))
  return String.fromCharCode(0x100 + before.length)
}
