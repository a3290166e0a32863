import { expect, test } from '@jest/globals'
import { gpuVariant } from '../../../src/engines/llama-node/load-options.ts'

const installed = (...variants: string[]) => {
  return (variant: string) => variants.includes(variant)
}

test('without layers on a GPU the ordinary binary is taken', () => {
  expect(gpuVariant(0, installed('cuda', 'vulkan'))).toBeUndefined()
})

test.each([
  { variants: ['vulkan', 'cuda'], taken: 'cuda' },
  { variants: ['vulkan'], taken: 'vulkan' },
  { variants: ['snapdragon'], taken: undefined },
])('with layers on a GPU, of $variants $taken is taken', ({ variants, taken }) => {
  expect(gpuVariant(-1, installed(...variants))).toBe(taken)
})

test('where nobody says what is installed, it is looked for', () => {
  expect([undefined, 'cuda', 'vulkan']).toContain(gpuVariant(-1))
})
