import { expect, test } from '@jest/globals'
import { tensorTypeSizes } from '../../src/gguf/tensor-type-sizes.ts'

test.each([
  ['F32', 0, 32],
  ['BF16', 30, 16],
  ['Q8_0', 8, 8.5],
  ['Q6_K', 14, 6.5625],
  ['Q4_K', 12, 4.5],
  ['MXFP4', 39, 4.25],
  ['IQ2_XXS', 16, 2.0625],
  ['Q1_0', 41, 1.125],
])('%s takes the bits a value that it is known for', (_name, type, bits) => {
  const { bytes = 0, values = 0 } = tensorTypeSizes.get(type) ?? {}
  expect((bytes * 8) / values).toBe(bits)
})

test('knows no type that llama.cpp dropped', () => {
  for (const dropped of [4, 5, 31, 32, 33, 36, 37, 38]) expect(tensorTypeSizes.has(dropped)).toBe(false)
})
