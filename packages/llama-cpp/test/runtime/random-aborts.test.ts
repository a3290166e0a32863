// A thousand requests that are aborted at random, on the real engine: every slot answers afterwards, and nothing grows.
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { ask } from '../asking.ts'
import { pocketPath } from '../pocket.ts'
import { heldMemory } from './held-memory.ts'

const slots = 3

/** Numbers from 0 up to 1, the same in every run. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

const story = (length: number) => `Tell me a story. ${'The cat has a red hat. '.repeat(length)}`

const timerCount = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

/** Where requests ended. */
interface Outcomes {
  rejected: number
  partial: number
  whole: number
}

/** One request with an abort: before its answer begins, in the queue or in the prompt, or at one of its tokens. */
async function abortedRequest(
  generator: LlamaCppChatGenerator,
  random: () => number,
  outcomes: Outcomes,
): Promise<void> {
  const controller = new AbortController()
  const reason = { aborted: true }
  const atToken = random() < 0.5 ? Math.floor(random() * 14) : undefined
  let tokens = 0
  const asked = ask(
    generator,
    story(Math.floor(random() * 30)),
    { maxTokens: 16 },
    {
      signal: controller.signal,
      onChunk: () => {
        if (tokens++ === atToken) controller.abort(reason)
      },
    },
  )
  if (atToken === undefined)
    void setTimeout(random() * 20, undefined, { ref: false }).then(() => controller.abort(reason))
  try {
    const { meta } = await asked
    outcomes[meta.finishReason === 'aborted' ? 'partial' : 'whole']++
  } catch (error) {
    if (error !== reason) throw error
    outcomes.rejected++
  }
}

async function abortMany(
  generator: LlamaCppChatGenerator,
  random: () => number,
  count: number,
): Promise<Outcomes> {
  const outcomes: Outcomes = { rejected: 0, partial: 0, whole: 0 }
  let left = count
  const workers = Array.from({ length: 3 * slots }, async () => {
    while (left-- > 0) await abortedRequest(generator, random, outcomes)
  })
  await Promise.all(workers)
  return outcomes
}

describe('a thousand aborts at random', () => {
  test('leave every slot working, and no memory, timer or listener behind', async () => {
    const generator = new LlamaCppChatGenerator({
      model: pocketPath,
      slots,
      nCtx: 768,
      nBatch: 64,
      generationKwargs: { temperature: 0 },
    })
    const numbers = randomNumbers(4)
    const random = () => numbers.next().value
    const warnings: Error[] = []
    const onWarning = (warning: Error) => void warnings.push(warning)
    process.on('warning', onWarning)
    await abortMany(generator, random, 200)
    const timers = timerCount()
    const before = await heldMemory()
    const { rejected, partial, whole } = await abortMany(generator, random, 800)
    const after = await heldMemory()
    process.off('warning', onWarning)

    expect(rejected + partial + whole).toBe(800)
    expect(rejected).toBeGreaterThan(50)
    expect(partial).toBeGreaterThan(50)
    expect(after.heap - before.heap).toBeLessThan(8)
    expect(after.process - before.process).toBeLessThan(48)
    expect(timerCount()).toBeLessThanOrEqual(timers)
    // Such as that of Node about an emitter with too many listeners.
    expect(warnings).toEqual([])
    const answers = Array.from({ length: slots }, () => ask(generator, 'What is the capital of Peru?'))
    for (const { text } of await Promise.all(answers)) expect(text).toBe('The capital of Peru is Lima.')
    await generator.close()
  })
})
