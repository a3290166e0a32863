import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { assertBase64 } from '../../src/data/base64.ts'
import { fromBase64, toBase64 } from '../../src/platform/node.ts'
import { thrown } from '../component/thrown.ts'

const refusal = (text: unknown) => thrown(() => assertBase64(text, 'image part'))

test('every byte array comes back from its base64, which is strict', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const base64 = toBase64(bytes)
      expect(refusal(base64)).toBe('nothing was thrown')
      expect([...fromBase64(base64)]).toEqual([...bytes])
    }),
  )
})

test('thirty megabytes overflow no stack, valid or not', () => {
  const text = 'A'.repeat(40 * 1024 * 1024)
  expect(refusal(text)).toBe('nothing was thrown')
  expect(refusal(`${text}AAA!`)).toMatch('the character "!" at 41943043')
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
  [1, 'expected string, got the number 1.'],
])('%j is refused with the reason', (value, problem) => {
  expect(refusal(value)).toBe(`DATA_INVALID_BASE64: Invalid image part: 'base64': ${problem}`)
})
