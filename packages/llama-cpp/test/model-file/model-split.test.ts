import { expect, test } from '@jest/globals'
import { modelStem, splitParts } from '../../src/model-file/model-split.ts'

test('lists all parts of a split model from any of them', () => {
  const parts = ['/m/a-00001-of-00003.gguf', '/m/a-00002-of-00003.gguf', '/m/a-00003-of-00003.gguf']
  for (const part of parts) expect(splitParts(part)).toEqual(parts)
})

test.each([
  'a.gguf',
  'a-00004-of-00003.gguf',
  'a-00000-of-00003.gguf',
  'a-1-of-3.gguf',
  'a-00001-of-00003.bin',
])('leaves %s alone', (name) => expect(splitParts(name)).toEqual([name]))

test('gives all parts of a model the same stem', () => {
  expect(modelStem('Q8_0/a-Q8_0-00002-of-00003.gguf')).toBe('Q8_0/a-Q8_0')
  expect(modelStem('a-Q8_0.GGUF')).toBe('a-Q8_0')
})
