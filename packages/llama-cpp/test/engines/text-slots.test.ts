import { describe, expect, test } from '@jest/globals'
import { TextSlots } from '../../src/engines/text-slots.ts'
import { deferred } from '../deferred.ts'

const listening = { signal: undefined }

describe('TextSlots', () => {
  test('gives the results in the order of the texts, whichever is done first', async () => {
    const first = deferred()
    const slots = new TextSlots(['a', 'b'])
    const results = slots.map(['1', '2', '3'], listening, async (slot, text) => {
      if (text === '1') await first.promise
      if (text === '3') first.resolve()
      return `${slot}${text}`
    })
    expect((await results).map((result) => result[1])).toEqual(['1', '2', '3'])
  })

  test('works on as many texts at once as it has slots', async () => {
    const slots = new TextSlots([1, 2, 3])
    let busy = 0
    let most = 0
    await slots.map([...'abcdefgh'], listening, async () => {
      busy += 1
      most = Math.max(most, busy)
      await Promise.resolve()
      busy -= 1
    })
    expect(most).toBe(3)
  })

  test('lets two lists take turns', async () => {
    const slots = new TextSlots(['one'])
    const order: string[] = []
    const answer = async (_: string, text: string) => void order.push(text)
    await Promise.all([
      slots.map(['a1', 'a2', 'a3'], listening, answer),
      slots.map(['b1', 'b2', 'b3'], listening, answer),
    ])
    expect(order).toEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'b3'])
  })

  test('says after each text how many are done', async () => {
    const told: string[] = []
    const onDone = (done: number, total: number) => void told.push(`${done}/${total}`)
    await new TextSlots([1, 2]).map(['a', 'b', 'c'], { ...listening, onDone }, async () => 0)
    expect(told).toEqual(['1/3', '2/3', '3/3'])
  })

  test('ends at an abort within a text, without waiting for it, and starts no other', async () => {
    const slots = new TextSlots([1])
    const aborting = new AbortController()
    const held = deferred()
    const started: string[] = []
    const results = slots.map(['a', 'b', 'c'], { signal: aborting.signal }, async (_, text) => {
      started.push(text)
      if (text === 'b') {
        aborting.abort(new DOMException('enough', 'AbortError'))
        await held.promise
      }
    })
    await expect(results).rejects.toThrow('enough')
    held.resolve()
    await slots.close()
    expect(started).toEqual(['a', 'b'])
  })

  test('ends at the first text that fails', async () => {
    const slots = new TextSlots([1, 2])
    const started: string[] = []
    const results = slots.map([...'abcdef'], listening, async (_, text) => {
      started.push(text)
      if (text === 'b') throw new RangeError('not this one')
    })
    await expect(results).rejects.toThrow(new RangeError('not this one'))
    await slots.close()
    expect(started).not.toContain('f')
  })

  test('works on after a list that was aborted', async () => {
    const slots = new TextSlots([1])
    const gone = AbortSignal.abort(new DOMException('gone', 'AbortError'))
    await expect(slots.map(['a'], { signal: gone }, async () => 1)).rejects.toThrow('gone')
    expect(await slots.map(['a'], listening, async () => 1)).toEqual([1])
  })

  test('is closed when the busy slots are free; what waits and what comes is CLOSED', async () => {
    const slots = new TextSlots([1])
    const held = deferred()
    const running = slots.map(['a', 'b'], listening, () => held.promise)
    const waiting = slots.map(['c'], listening, () => held.promise)
    const ended = Promise.allSettled([running, waiting])
    let closed = false
    const closing = slots.close().then(() => {
      closed = true
    })
    const reason = { code: 'CLOSED', message: 'The model was closed before the texts were done.' }
    expect(await ended).toMatchObject([{ reason }, { reason }])
    expect(closed).toBe(false)
    held.resolve()
    await closing
    await expect(slots.map(['d'], listening, async () => 1)).rejects.toMatchObject(reason)
  })
})
