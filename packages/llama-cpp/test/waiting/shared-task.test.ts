import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { SharedTask, unlessAborted } from '../../src/waiting/shared-task.ts'
import { deferred } from '../deferred.ts'

/** A task that ends when the test says so, and what became of it. */
function held() {
  const { promise, resolve, reject } = deferred<string>()
  const discarded: string[] = []
  let told: unknown
  const task = new SharedTask(
    (signal) => {
      signal.addEventListener('abort', () => {
        told = signal.reason
      })
      return promise
    },
    async (late) => {
      discarded.push(late)
    },
  )
  return { task, resolve, reject, discarded, stopped: () => told }
}

describe('SharedTask', () => {
  test('gives one result to all that wait, and to those that come later', async () => {
    const { task, resolve } = held()
    const both = [task.join(undefined), task.join(new AbortController().signal)]
    resolve('done')
    expect(await Promise.all(both)).toEqual(['done', 'done'])
    expect(await task.join(undefined)).toBe('done')
    expect(task.usable).toBe(true)
  })

  test('lets one leave without ending it for the other', async () => {
    const { task, resolve, stopped } = held()
    const controller = new AbortController()
    const [leaves, stays] = [task.join(controller.signal), task.join(undefined)]
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    expect([stopped(), task.usable]).toEqual([undefined, true])
    resolve('done')
    expect(await stays).toBe('done')
  })

  test('tells the work to stop when the last one has left', async () => {
    const { task, stopped, reject } = held()
    const controller = new AbortController()
    const leaves = task.join(controller.signal)
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    expect(stopped()).toMatchObject({ name: 'AbortError' })
    expect(task.usable).toBe(false)
    reject(stopped())
    expect(await task.stop('again')).toBeUndefined()
  })

  test('discards a result that comes after the last one has left', async () => {
    const { task, resolve, discarded } = held()
    const controller = new AbortController()
    const leaves = task.join(controller.signal)
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    resolve('too late')
    expect(await task.stop('again')).toBeUndefined()
    expect(discarded).toEqual(['too late'])
  })

  test('discards nothing of a result that somebody still waits for in the same moment', async () => {
    const { task, resolve, discarded } = held()
    const controller = new AbortController()
    const leaves = task.join(controller.signal)
    resolve('done')
    controller.abort('left')
    await expect(leaves).rejects.toBe('left')
    const kept = await task.stop('the end')
    expect([kept, ...discarded]).toEqual(task.usable ? ['done'] : [undefined, 'done'])
  })

  test('rejects all that wait with the reason of stop, and waits for the work to be over', async () => {
    const { task, resolve, discarded, stopped } = held()
    const waiting = task.join(undefined)
    const stopping = task.stop('closed')
    await expect(waiting).rejects.toBe('closed')
    expect(stopped()).toBe('closed')
    resolve('too late')
    expect(await stopping).toBeUndefined()
    expect(discarded).toEqual(['too late'])
  })

  test('gives the result of finished work to who stops it', async () => {
    const { task, resolve, discarded } = held()
    resolve('done')
    await task.join(undefined)
    expect(await task.stop('closed')).toBe('done')
    expect([discarded, task.usable]).toEqual([[], true])
  })

  test('rejects all that wait when the work fails, and is of no more use', async () => {
    const { task, reject } = held()
    const both = [task.join(undefined), task.join(undefined)]
    reject('failed')
    expect(await Promise.allSettled(both)).toEqual([
      { status: 'rejected', reason: 'failed' },
      { status: 'rejected', reason: 'failed' },
    ])
    expect(task.usable).toBe(false)
    expect(await task.stop('closed')).toBeUndefined()
  })

  test('does not begin to wait through a signal that has aborted', async () => {
    const { task, stopped } = held()
    await expect(task.join(AbortSignal.abort('before'))).rejects.toBe('before')
    expect([stopped(), task.usable]).toEqual([undefined, true])
  })

  test('tells nobody when a late result cannot be discarded', async () => {
    const task = new SharedTask(
      async () => 'late',
      () => Promise.reject(new RangeError('broken')),
    )
    const stopping = task.stop('closed')
    expect(await stopping).toBeUndefined()
  })
})

describe('unlessAborted', () => {
  test('gives what the work gives, and leaves no listener behind', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const counted = Object.assign(signal, {
      addEventListener: () => listeners++,
      removeEventListener: () => listeners--,
    })
    expect(await unlessAborted(Promise.resolve(1), [counted])).toBe(1)
    expect(listeners).toBe(0)
  })

  test('rejects with the reason of the first signal to abort', async () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const waiting = unlessAborted(new Promise(() => {}), [one.signal, other.signal])
    other.abort('other')
    one.abort('one')
    await expect(waiting).rejects.toBe('other')
  })

  test('rejects at once when a signal has aborted already', async () => {
    await expect(unlessAborted(new Promise(() => {}), [AbortSignal.abort('before')])).rejects.toBe('before')
  })

  test('hears of work that fails after that, so that nobody else does', async () => {
    const unheard: unknown[] = []
    const hear = (error: unknown) => unheard.push(error)
    process.on('unhandledRejection', hear)
    const work = deferred<string>()
    await expect(unlessAborted(work.promise, [AbortSignal.abort('before')])).rejects.toBe('before')
    work.reject(new RangeError('late'))
    // Node tells of what nobody heard before it goes on to the next turn.
    await setImmediate()
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })
})
