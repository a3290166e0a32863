import { expect, test } from '@jest/globals'
import { EventWindow } from '../../../src/engines/isolated/engine-host.ts'

test('lets as many events go as fit, then waits until some were heard', async () => {
  const window = new EventWindow(3)
  expect([window.take(), window.take()]).toEqual([undefined, undefined])
  let waited = false
  const waiting = window.take()?.then(() => {
    waited = true
  })
  expect(waiting).toBeInstanceOf(Promise)
  await Promise.resolve()
  expect(waited).toBe(false)
  window.give(2)
  await waiting
  expect(waited).toBe(true)
  expect(window.take()).toBeUndefined()
  expect(window.take()).toBeInstanceOf(Promise)
})

test('owes what was sent without waiting', async () => {
  const window = new EventWindow(1)
  const all = [window.take(), window.take(), window.take()]
  let free = false
  const waiting = Promise.all(all).then(() => {
    free = true
  })
  window.give(2)
  await new Promise((resolve) => setImmediate(resolve))
  expect(free).toBe(false)
  window.give(1)
  await waiting
  expect(free).toBe(true)
})
