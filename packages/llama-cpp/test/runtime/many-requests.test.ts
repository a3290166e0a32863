// A thousand requests in one process, on the real engine: no error, and memory that stays where it was.
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { ask } from '../asking.ts'
import { pocketPath } from '../pocket.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { heldMemory } from './held-memory.ts'

const questions = [
  ['What is the capital of France?', 'The capital of France is Paris.'],
  ['What is the capital of Japan?', 'The capital of Japan is Tokyo.'],
  ['What is the opposite of hot?', 'The opposite of hot is cold.'],
  ['Hello', 'Hello! How can I help you?'],
] as const

/** Asks so many times, over all components, and counts the answers that are not the right one. */
async function wrongAnswers(generators: readonly LlamaCppChatGenerator[], count: number): Promise<number> {
  let wrong = 0
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const [question, answer] = questions[index % questions.length] ?? questions[0]
      const generator = generators[Math.floor(index / questions.length) % generators.length]
      if (generator && (await ask(generator, question)).text !== answer) wrong++
    }),
  )
  return wrong
}

describe('a thousand requests over four components and two models', () => {
  test('are all answered, and leave the memory as it was', async () => {
    await inTemporaryFolder(async (dir) => {
      const second = join(dir, 'second.gguf')
      await copyFile(pocketPath, second)
      const generators = [pocketPath, pocketPath, second, second].map(
        (model, index) =>
          new LlamaCppChatGenerator({ model, slots: 1 + (index % 2), generationKwargs: { temperature: 0 } }),
      )
      // The first ones fill the caches of the machine and of V8.
      expect(await wrongAnswers(generators, 200)).toBe(0)
      const before = await heldMemory()
      for (let round = 0; round < 5; round++) expect(await wrongAnswers(generators, 160)).toBe(0)
      const after = await heldMemory()
      await Promise.all(generators.map((generator) => generator.close()))
      expect(after.heap - before.heap).toBeLessThan(8)
      // A slot holds a megabyte, so that one in twenty that is not freed would show.
      expect(after.process - before.process).toBeLessThan(48)
    })
  })
})
