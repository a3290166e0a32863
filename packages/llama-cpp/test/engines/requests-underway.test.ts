import { describe, expect, test } from '@jest/globals'
import { RequestsUnderway } from '../../src/engines/requests-underway.ts'
import { deferred } from '../deferred.ts'

const untilAborted = ({ signal }: { readonly signal: AbortSignal | undefined }) =>
  new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })

describe('RequestsUnderway', () => {
  test('gives what a request gives', async () => {
    const underway = new RequestsUnderway((cause) => cause)
    expect(await underway.run({ signal: undefined }, async () => 'done')).toBe('done')
  })

  test('rejects with the reason of the signal untouched, and with what is made of any other failure', async () => {
    const underway = new RequestsUnderway((cause) => new RangeError(`engine: ${cause}`))
    const controller = new AbortController()
    const aborted = underway.run({ signal: controller.signal }, untilAborted)
    controller.abort('enough')
    await expect(aborted).rejects.toBe('enough')
    const failed = underway.run({ signal: undefined }, () => Promise.reject('broken'))
    await expect(failed).rejects.toEqual(new RangeError('engine: broken'))
  })

  test('closing aborts what is on its way, waits for it, and refuses what comes', async () => {
    const underway = new RequestsUnderway((cause) => cause)
    const gate = deferred()
    const slow = underway.follow(gate.promise)
    const running = underway.run({ signal: undefined }, untilAborted)
    let closed = false
    const closing = underway.close('closed').then(() => {
      closed = true
    })
    await expect(running).rejects.toBe('closed')
    expect(closed).toBe(false)
    gate.resolve()
    await slow
    await closing
    await expect(underway.run({ signal: undefined }, async () => 1)).rejects.toBe('closed')
    expect(() => underway.throwIfClosed()).toThrow('closed')
  })
})
