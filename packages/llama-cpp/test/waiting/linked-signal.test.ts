import { describe, expect, test } from '@jest/globals'
import { linkSignals } from '../../src/waiting/linked-signal.ts'

describe('linkSignals', () => {
  test('aborts with the reason of the first to abort', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const { signal } = linkSignals([one.signal, other.signal])
    expect(signal.aborted).toBe(false)
    other.abort('other')
    one.abort('one')
    expect(signal.reason).toBe('other')
  })

  test('is aborted from the beginning when one of them is', () => {
    expect(linkSignals([new AbortController().signal, AbortSignal.abort('before')]).signal.reason).toBe(
      'before',
    )
  })

  test('follows nobody any more once it is released', () => {
    const controller = new AbortController()
    const { signal, release } = linkSignals([controller.signal])
    release()
    controller.abort()
    expect(signal.aborted).toBe(false)
  })
})
