import { expect, test } from '@jest/globals'
import { readControlTokens } from '../../src/gguf/control-tokens.ts'
import { pocketPath, pocketVisionPath } from '../pocket.ts'

test('the control tokens of a model are those that its file marks so', async () => {
  // Tags of tools are in it too, as tokens that users defined: those are letters to any tokenizer.
  expect(await readControlTokens(pocketPath)).toEqual(['<|endoftext|>', '<|im_start|>', '<|im_end|>'])
})

test('a file without a vocabulary has none', async () => {
  expect(await readControlTokens(pocketVisionPath)).toEqual([])
})
