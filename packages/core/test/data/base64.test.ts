import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  assertBase64,
  base64Pattern,
  checkBase64,
  fromBase64,
  isBase64,
  toBase64,
} from '../../src/data/base64.ts'
import { thrownBy } from './thrown.ts'

const pattern = new RegExp(base64Pattern, 'u')

test('every byte array comes back from its base64, which is strict', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const base64 = toBase64(bytes)
      expect(isBase64(base64)).toBe(true)
      expect([...fromBase64(base64)]).toEqual([...bytes])
    }),
  )
})

test('the pattern and the check accept the same texts', () => {
  const almostBase64 = fc.string({
    unit: fc.constantFrom('A', 'z', '0', '+', '/', '=', '-', ' '),
    maxLength: 12,
  })
  fc.assert(
    fc.property(almostBase64, (text) => {
      expect(isBase64(text)).toBe(pattern.test(text))
    }),
    { numRuns: 2000 },
  )
})

describe('around the length of the pattern’s large step', () => {
  test.each([4092, 4096, 4100, 8192, 8196])('%d characters', (length) => {
    for (const text of ['A'.repeat(length), `${'A'.repeat(length - 1)}=`, `${'A'.repeat(length - 2)}==`]) {
      expect([isBase64(text), pattern.test(text)]).toEqual([true, true])
    }
    for (const text of [
      'A'.repeat(length - 1),
      `${'A'.repeat(length - 3)}===`,
      `${'A'.repeat(length - 1)}!`,
    ]) {
      expect([isBase64(text), pattern.test(text)]).toEqual([false, false])
    }
  })
})

test('thirty megabytes overflow no stack, valid or not', () => {
  const text = 'A'.repeat(40 * 1024 * 1024)
  expect([isBase64(text), pattern.test(text)]).toEqual([true, true])
  const broken = `${text}AAA!`
  expect([isBase64(broken), pattern.test(broken)]).toEqual([false, false])
})

test('a slice of a larger buffer is encoded by itself', () => {
  expect(toBase64(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe('AgM=')
})

test('decoded bytes own their memory', () => {
  const bytes = fromBase64('AgM=')
  expect([bytes.byteOffset, bytes.buffer.byteLength]).toEqual([0, 2])
})

test.each([
  ['AAA', 'it is not strict base64: its length, 3, is not a multiple of four.'],
  ['AA==AA==', "it is not strict base64: '=' may only stand at its end, at most twice."],
  ['AA\nA', 'it is not strict base64: the character "\\n" at 2 is not of the standard alphabet.'],
  ['A-_A', 'it is not strict base64: the character "-" at 1 is not of the standard alphabet.'],
  [
    'data:image/png;base64,AAAA',
    "it is not strict base64: it is a data: URL; give the part after the ',' and its MIME type.",
  ],
  [1, 'it must be a string, not 1.'],
])('%j is refused with the reason', (value, problem) => {
  expect(checkBase64(value, '')).toBe(problem)
})

test('assertBase64 throws DATA_INVALID_BASE64', async () => {
  expect(await thrownBy(() => assertBase64('AAA', 'image part'))).toBe(
    "DATA_INVALID_BASE64: Invalid image part: 'base64' is not strict base64: its length, 3, is not a multiple of four.",
  )
})
