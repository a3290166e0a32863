// Many requests, aborts and closes. Nothing here waits for a time: only for events.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import type { ModelContext } from '../../../src/engines/engine.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath } from '../../pocket.ts'
import { ask, chatRequest, completionRequest, openPocket } from './opened-pocket.ts'

const { user } = ChatMessage
const capitals = {
  France: 'Paris',
  Japan: 'Tokyo',
  Canada: 'Ottawa',
  Ghana: 'Accra',
  Peru: 'Lima',
  Norway: 'Oslo',
}
/** A reply that does not end by itself. */
const endless = { constraint: { kind: 'grammar', gbnf: 'root ::= "x"{900}' } } as const
const long = 'word '.repeat(330)
const why = new Error('enough')

let context: ModelContext

beforeAll(async () => {
  context = await openPocket({ slots: 2 })
})

afterAll(async () => {
  await context.dispose()
})

/** Whether the model still answers, on both of its slots. */
async function expectFree(): Promise<void> {
  const answers = await Promise.all([ask(context, 'Hello'), ask(context, 'Hello')])
  for (const { text } of answers) expect(text).toBe('Hello! How can I help you?')
}

describe('requests at the same time', () => {
  test('get the answers that they would get alone', async () => {
    const asked = Object.entries(capitals).map(async ([country, capital]) => {
      const { text } = await ask(context, `What is the capital of ${country}?`)
      expect(text).toBe(`The capital of ${country} is ${capital}.`)
    })
    await Promise.all(asked)
  })

  test('are evaluated together, as many as there are slots', async () => {
    const order: string[] = []
    const one = (name: string) =>
      ask(context, 'Tell me a story.', { maxTokens: 30 }, { onDelta: () => order.push(name) })
    await Promise.all([one('a'), one('b')])
    expect(order.indexOf('b')).toBeLessThan(order.lastIndexOf('a'))
    expect(order.indexOf('a')).toBeLessThan(order.lastIndexOf('b'))
  })

  test('wait in the order in which they came', async () => {
    const order: number[] = []
    const asked = [0, 1, 2, 3, 4, 5].map(async (index) => {
      const { queueMs } = await ask(context, 'Hello')
      order.push(index)
      return queueMs
    })
    const waits = await Promise.all(asked)
    expect(order.slice(-2).toSorted()).toEqual([4, 5])
    expect(waits[5]).toBeGreaterThan(waits[0] ?? 0)
  })
})

describe('an abort', () => {
  test('before anything begins rejects with its reason', async () => {
    await expect(ask(context, 'Hello', {}, { signal: AbortSignal.abort(why) })).rejects.toBe(why)
    await expectFree()
  })

  test('in the queue rejects with its reason', async () => {
    const controllers = [new AbortController(), new AbortController(), new AbortController()]
    const running = new Set<number>()
    const asked = controllers.map(({ signal }, index) =>
      ask(context, 'Hello', endless, {
        signal,
        onDelta: () => {
          if (running.add(index).size === 2) controllers[2]?.abort(why)
        },
      }),
    )
    await expect(asked[2]).rejects.toBe(why)
    for (const controller of controllers) controller.abort(why)
    for (const { finishReason } of await Promise.all(asked.slice(0, 2))) expect(finishReason).toBe('aborted')
    await expectFree()
  })

  test('within a long prompt rejects with its reason', async () => {
    const controller = new AbortController()
    const asked = expect(ask(context, long, {}, { signal: controller.signal })).rejects.toBe(why)
    // By the time that its tokens are counted once more, the first steps of the prompt are under way.
    await context.countTokens({ messages: [user(long)], tools: [], templateKwargs: {} })
    controller.abort(why)
    await asked
    await expectFree()
  })

  test('within a reply gives what there is, and frees the slot', async () => {
    const controller = new AbortController()
    let pieces = ''
    const { text, finishReason, completionTokens, deltas } = await ask(context, 'Hello', endless, {
      signal: controller.signal,
      onDelta: (delta) => {
        pieces += delta.kind === 'text' ? delta.text : ''
        if (pieces.length >= 5) controller.abort(why)
      },
    })
    expect(finishReason).toBe('aborted')
    expect(text).toMatch(/^x{5,}$/)
    expect(completionTokens).toBeGreaterThan(0)
    expect(deltas.length).toBeGreaterThan(0)
    await expectFree()
  })
})

describe('a listener', () => {
  test('that takes its time gets every piece in order, before the reply', async () => {
    const heard: string[] = []
    const { text } = await context.chat(chatRequest('What is the capital of Peru?'), {
      signal: undefined,
      onDelta: async (delta) => {
        await Promise.resolve()
        heard.push(delta.kind === 'text' ? delta.text : '?')
      },
    })
    expect(heard.join('')).toBe(text)
  })

  test('that fails ends the request', async () => {
    const asked = context.chat(chatRequest('Hello', endless), {
      signal: undefined,
      onDelta: () => Promise.reject(why),
    })
    const error = await failureOf(asked)
    expect(error).toMatchObject({ code: 'ENGINE_FAILED', cause: why })
    expect(error.message).toBe("Engine 'llama.node' failed during a request: enough")
    await expectFree()
  })
})

test('disposing ends what waits or runs with CLOSED', async () => {
  const other = await openPocket()
  let disposing: Promise<void> | undefined
  const running = ask(other, 'Hello', endless, {
    onDelta: () => {
      disposing ??= other.dispose()
    },
  })
  const waiting = ask(other, 'Hello')
  for (const asked of [running, waiting]) {
    const error = await failureOf(asked)
    expect([error.code, error.message]).toEqual([
      'CLOSED',
      'The model was closed before the request was answered.',
    ])
  }
  await disposing
  expect((await failureOf(ask(other, 'Hello'))).code).toBe('CLOSED')
  const completing = other.complete(completionRequest('Hello'), { signal: undefined })
  expect((await failureOf(completing)).code).toBe('CLOSED')
})

test('both engines answer in one process, at once', async () => {
  const first = new LlamaCppChatGenerator({ model: pocketPath, generationKwargs: { temperature: 0 } })
  const asked = Object.entries(capitals).map(async ([country, capital]) => {
    const question = `What is the capital of ${country}?`
    const [{ replies }, { text }] = await Promise.all([
      first.run({ messages: [user(question)] }),
      ask(context, question),
    ])
    expect(ChatMessage.text(replies[0])).toBe(`The capital of ${country} is ${capital}.`)
    expect(text).toBe(ChatMessage.text(replies[0]))
  })
  await Promise.all(asked)
  await first.close()
})
