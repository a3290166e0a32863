import { getEventListeners } from 'node:events'
import { describe, expect, test } from '@jest/globals'
import { turnsUntil } from '../../../../test/turns-until.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { RunEvent } from '../../src/run/events.ts'
import { AddFixedValue, Fail, Greet, Slow } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const greeting = () =>
  new Pipeline({ add: new AddFixedValue(), greet: new Greet() }).connect('add.result', 'greet.value')

async function typesOf(events: AsyncIterable<RunEvent>): Promise<string[]> {
  const types: string[] = []
  for await (const { type } of events) types.push(type)
  return types
}

const all = [
  'runStart',
  'componentStart',
  'componentEnd',
  'componentStart',
  'chunk',
  'componentEnd',
  'runEnd',
]

describe('a stream', () => {
  test('gives the events as they happen, and then the result', async () => {
    const slow = new Slow()
    const pipeline = new Pipeline({ greet: new Greet(), slow }).connect('greet.value', 'slow.value')
    const stream = pipeline.stream({ greet: { value: 3 } })
    const texts: string[] = []
    let waiting = -1
    for await (const event of stream) {
      if (event.type === 'chunk') texts.push(event.chunk.content)
      if (event.type !== 'componentStart' || event.component !== 'slow') continue
      await slow.started()
      waiting = slow.waiting
      slow.release()
    }
    expect([texts, waiting]).toEqual([['Hello! The value is 3.'], 1])
    expect((await stream.result).outputs).toEqual({ slow: { value: 3 } })
  })

  test('has all events for whoever comes late', async () => {
    const stream = greeting().stream({ add: { value: 1 } })
    await stream.result
    expect(await typesOf(stream)).toEqual(all)
  })

  test('has a result whether or not anyone iterates', async () => {
    expect((await greeting().stream({ add: { value: 1 } }).result).outputs).toEqual({ greet: { value: 2 } })
  })

  test('passes the events to the listener of the options too', async () => {
    const heard: string[] = []
    const stream = greeting().stream({ add: { value: 1 } }, { onEvent: ({ type }) => heard.push(type) })
    expect(await typesOf(stream)).toEqual(all)
    expect(heard).toEqual(all)
  })

  test('can be iterated once', async () => {
    const stream = greeting().stream({ add: { value: 1 } })
    await typesOf(stream)
    await expect(typesOf(stream)).rejects.toThrow(new TypeError('A run stream can be iterated only once.'))
    const other = greeting().stream({ add: { value: 1 } })
    other[Symbol.asyncIterator]()
    expect(() => other[Symbol.asyncIterator]()).toThrow('A run stream can be iterated only once.')
    await other.result
  })
})

describe('leaving a stream early', () => {
  test('aborts the run, and waits until it has settled', async () => {
    const slow = new Slow()
    const stream = new Pipeline({ slow }).stream({ value: 1 })
    for await (const { type } of stream) {
      if (type !== 'componentStart') continue
      await slow.started()
      break
    }
    expect(slow.waiting).toBe(0)
    expect(slow.told).toMatchObject([
      { name: 'AbortError', message: 'The stream was left before the run ended.' },
    ])
    await expect(stream.result).rejects.toBe(slow.told[0])
  })

  test('is done only when everything of the run has settled', async () => {
    const deaf = new Slow({ deaf: true })
    const stream = new Pipeline({ deaf }).stream({ value: 1 })
    const order: string[] = []
    const leaving = (async () => {
      for await (const { type } of stream) if (type === 'componentStart') break
      order.push('left')
    })()
    await turnsUntil(() => deaf.told.length > 0)
    order.push('released')
    deaf.release()
    await leaving
    expect(order).toEqual(['released', 'left'])
    await expect(stream.result).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('by an error aborts the run and throws the error', async () => {
    const slow = new Slow()
    const stream = new Pipeline({ slow }).stream({ value: 1 })
    const iterating = async () => {
      for await (const { type } of stream) if (type === 'componentStart') throw new RangeError('no more')
    }
    await expect(iterating()).rejects.toThrow(new RangeError('no more'))
    await expect(stream.result).rejects.toMatchObject({ name: 'AbortError' })
  })

  test('after the run has ended keeps its result', async () => {
    const stream = greeting().stream({ add: { value: 1 } })
    await stream.result
    for await (const _ of stream) break
    expect((await stream.result).outputs).toEqual({ greet: { value: 2 } })
  })
})

describe('a stream that fails', () => {
  test('gives the events up to the failure, then throws the error of the run', async () => {
    const stream = new Pipeline({ fail: new Fail() }).stream({ value: 1 })
    const types: string[] = []
    const iterating = async () => {
      for await (const { type } of stream) types.push(type)
    }
    expect(await thrownBy(iterating)).toBe("RUN_COMPONENT_FAILED: 'fail' (Fail) failed: It was planned.")
    expect(types).toEqual(['runStart', 'componentStart', 'componentError', 'runEnd'])
    await expect(stream.result).rejects.toMatchObject({ code: 'RUN_COMPONENT_FAILED' })
  })

  test('throws what is wrong with the inputs, too', async () => {
    const stream = new Pipeline({ fail: new Fail() }).stream({ value: 'one' as unknown as number })
    expect(await thrownBy(() => typesOf(stream))).toMatch(/^INPUT_INVALID/)
    expect(await thrownBy(() => stream.result)).toMatch(/^INPUT_INVALID/)
  })

  test('throws even undefined', async () => {
    const stream = greeting().stream(
      { add: { value: 1 } },
      {
        onEvent: () => {
          throw undefined
        },
      },
    )
    await expect(typesOf(stream)).rejects.toBeUndefined()
  })

  // The test runner fails a test in which a rejection is not handled.
  test('is no unhandled rejection when nobody asks', async () => {
    const fail = new Fail({ rejects: true })
    new Pipeline({ fail }).stream({ value: 1 })
    new Pipeline({ fail: new Fail() }).stream({ nothing: 1 } as object)
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(fail.calls).toBe(1)
  })
})

describe('aborting a stream', () => {
  test('by its own method', async () => {
    const slow = new Slow()
    const stream = new Pipeline({ slow }).stream({ value: 1 })
    await slow.started()
    stream.abort('enough')
    await expect(stream.result).rejects.toBe('enough')
    await expect(typesOf(stream)).rejects.toBe('enough')
  })

  test('by the signal of the options, before and while it runs', async () => {
    const aborted = new Pipeline({ slow: new Slow() }).stream(
      { value: 1 },
      { signal: AbortSignal.abort('early') },
    )
    await expect(aborted.result).rejects.toBe('early')
    const controller = new AbortController()
    const slow = new Slow()
    const stream = new Pipeline({ slow }).stream({ value: 1 }, { signal: controller.signal })
    await slow.started()
    controller.abort('late')
    await expect(stream.result).rejects.toBe('late')
    expect(slow.told).toEqual(['late'])
  })

  test('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    await greeting().stream({ add: { value: 1 } }, { signal }).result
    await thrownBy(() => new Pipeline({ fail: new Fail() }).stream({ value: 1 }, { signal }).result)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  test('after its end changes nothing', async () => {
    const stream = greeting().stream({ add: { value: 1 } })
    await stream.result
    stream.abort()
    expect((await stream.result).outputs).toEqual({ greet: { value: 2 } })
    expect(await typesOf(stream)).toEqual(all)
  })
})
