import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { shorten, shortenEnd } from '../../src/drawing/shorten.ts'
import { cellWidth } from '../../src/text/width.ts'

test('a text that fits stays whole', () => {
  expect(shorten('retriever', 9)).toBe('retriever')
  expect(shortenEnd('It broke.', 9)).toBe('It broke.')
})

test('a name loses its middle, a sentence its end', () => {
  expect(shorten('embedding_retriever', 9)).toBe('embe…ever')
  expect(shortenEnd('The model is out of memory.', 10)).toBe('The model…')
})

test('the unit is that of the measure', () => {
  expect(shorten('abcdef', 50, (text) => text.length * 10)).toBe('ab…ef')
})

test('characters stay whole', () => {
  expect(shorten('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 5)).toBe('👨‍👩‍👧…👨‍👩‍👧')
})

test('nothing is wider than the limit, however long it was', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a'.repeat(100_000), '語'.repeat(5_000), '\u0301'.repeat(5_000)),
  )
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 60 }), (long, limit) => {
      expect(cellWidth(shorten(long, limit))).toBeLessThanOrEqual(limit)
      expect(cellWidth(shortenEnd(long, limit))).toBeLessThanOrEqual(limit)
    }),
  )
})
