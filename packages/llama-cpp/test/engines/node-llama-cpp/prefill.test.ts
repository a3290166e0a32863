import { afterAll, describe, expect, test } from '@jest/globals'
import { nodeLlamaCpp } from '../../../src/engines/node-llama-cpp.ts'
import { contextSpec } from '../../../src/session/specs.ts'
import { chatRequest, pocketWeights } from '../chat-request.ts'

const weights = nodeLlamaCpp.load(pocketWeights, {})
afterAll(async () => (await weights).dispose())

const prompt = 'Nina is 42 years old and lives in Oslo. '.repeat(120)

/** How many tokens the prompt had read after each of its slices. */
async function slicesOf(signal: AbortSignal | undefined): Promise<number[]> {
  const context = await (await weights).open(contextSpec({ nCtx: 2048, nBatch: 512 }, {}, {}), {})
  const done: number[] = []
  const options = { signal, onPromptProgress: (tokens: number) => void done.push(tokens) }
  await context.chat(chatRequest(prompt, { maxTokens: 1 }), options)
  await context.dispose()
  return done
}

describe('a long prompt', () => {
  test('is read in whole batches where nobody can abort', async () => {
    expect(await slicesOf(undefined)).toEqual([512, 1024])
  })

  test('begins with a small slice where somebody can', async () => {
    const [first] = await slicesOf(new AbortController().signal)
    expect(first).toBe(192)
  })
})
