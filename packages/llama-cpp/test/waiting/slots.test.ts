import { describe, expect, test } from '@jest/globals'
import { SlotPool } from '../../src/waiting/slots.ts'

const closed = new RangeError('closed')

describe('SlotPool', () => {
  test('gives each slot to one request', async () => {
    const pool = new SlotPool(['a', 'b'])
    expect([await pool.acquire(undefined), await pool.acquire(undefined)]).toEqual(['a', 'b'])
    expect([pool.free, pool.waiting]).toEqual([0, 0])
  })

  test('gives the free slot with the highest score', async () => {
    const pool = new SlotPool(['a', 'bbb', 'cc'])
    expect(await pool.acquire(undefined, (slot) => slot.length)).toBe('bbb')
    expect(await pool.acquire(undefined, (slot) => slot.length)).toBe('cc')
  })

  test('gives any slot even when all scores are below zero', async () => {
    expect(await new SlotPool(['a', 'b']).acquire(undefined, (slot) => (slot === 'a' ? -5 : -3))).toBe('b')
  })

  test('takes the slot that was released longest ago when scores are equal', async () => {
    const pool = new SlotPool(['a', 'b'])
    const [first, second] = [await pool.acquire(undefined), await pool.acquire(undefined)]
    pool.release(second)
    pool.release(first)
    expect(await pool.acquire(undefined)).toBe(second)
  })

  test('serves requests that wait in the order in which they came', async () => {
    const pool = new SlotPool(['a'])
    const order: number[] = []
    const slot = await pool.acquire(undefined)
    const waiting = [1, 2, 3].map(async (number) => {
      const got = await pool.acquire(undefined)
      order.push(number)
      pool.release(got)
    })
    expect(pool.waiting).toBe(3)
    pool.release(slot)
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
    expect([pool.free, pool.waiting]).toEqual([1, 0])
  })

  test('lets nobody overtake those that wait', async () => {
    const pool = new SlotPool(['a'])
    const order: string[] = []
    const slot = await pool.acquire(undefined)
    const early = pool.acquire(undefined).then((got) => {
      order.push('early')
      pool.release(got)
    })
    pool.release(slot)
    const late = pool.acquire(undefined).then(() => order.push('late'))
    await Promise.all([early, late])
    expect(order).toEqual(['early', 'late'])
  })

  test('rejects at once with the reason of a signal that has aborted', async () => {
    const pool = new SlotPool(['a'])
    await expect(pool.acquire(AbortSignal.abort('no more'))).rejects.toBe('no more')
    expect(pool.free).toBe(1)
  })

  test('lets a waiting request leave through its signal, and no other', async () => {
    const pool = new SlotPool(['a'])
    const slot = await pool.acquire(undefined)
    const leaving = new AbortController()
    const [left, stays] = [pool.acquire(leaving.signal), pool.acquire(undefined)]
    leaving.abort('left')
    await expect(left).rejects.toBe('left')
    expect(pool.waiting).toBe(1)
    pool.release(slot)
    expect(await stays).toBe('a')
  })

  test('does not take a slot back when the signal aborts after it was given', async () => {
    const pool = new SlotPool(['a'])
    const slot = await pool.acquire(undefined)
    const controller = new AbortController()
    const waiting = pool.acquire(controller.signal)
    pool.release(slot)
    expect(await waiting).toBe('a')
    controller.abort()
    expect([pool.free, pool.waiting]).toEqual([0, 0])
  })

  test('refuses all that wait and all that come once it is closed', async () => {
    const pool = new SlotPool(['a'])
    const slot = await pool.acquire(undefined)
    const waiting = pool.acquire(new AbortController().signal)
    pool.close(closed)
    await expect(waiting).rejects.toBe(closed)
    await expect(pool.acquire(undefined)).rejects.toBe(closed)
    pool.release(slot)
    expect(pool.free).toBe(1)
  })

  test('gives all free slots at once, and those that wait get them back in turn', async () => {
    const pool = new SlotPool(['a', 'b', 'c'])
    const slot = await pool.acquire(undefined)
    const taken = pool.takeFree()
    expect(taken).toEqual(['b', 'c'])
    expect(pool.takeFree()).toEqual([])
    const waiting = pool.acquire(undefined)
    for (const free of taken) pool.release(free)
    expect(await waiting).toBe('b')
    pool.release(slot)
    expect(pool.free).toBe(2)
  })
})
