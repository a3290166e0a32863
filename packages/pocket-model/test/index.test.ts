import { readFileSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { expect, test } from '@jest/globals'
import { pocketModel } from '../src/index.ts'

test('names two existing GGUF files by absolute paths, from the source too', () => {
  for (const path of [pocketModel.chat, pocketModel.vision]) {
    expect(isAbsolute(path)).toBe(true)
    expect(readFileSync(path).subarray(0, 4).toString('latin1')).toBe('GGUF')
  }
})

test('ships models small enough for a repository', () => {
  const bytes = readFileSync(pocketModel.chat).length + readFileSync(pocketModel.vision).length
  expect(bytes).toBeLessThan(4_000_000)
})
