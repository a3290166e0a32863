import { describe, expect, test } from '@jest/globals'
import { EngineCall } from '../../../src/engines/isolated/engine-call.ts'
import type { ToEngine } from '../../../src/engines/isolated/engine-messages.ts'
import type { ReplyDelta } from '../../../src/engines/request.ts'
import { deferred } from '../../deferred.ts'

const delta = (text: string) => ({ listener: 'onDelta', parameters: [{ kind: 'text', text }] }) as const

describe('a call', () => {
  test('hears its events in order, one after the other, and its outcome after them', async () => {
    const first = deferred()
    const heard: string[] = []
    const onDelta = (piece: ReplyDelta) => {
      heard.push(piece.kind === 'text' ? piece.text : '')
      return heard.length === 1 ? first.promise : undefined
    }
    const call = new EngineCall(1, 'node-llama-cpp', { signal: undefined, onDelta }, () => {})
    call.hear(delta('a'))
    call.hear(delta('b'))
    call.resolve('done')
    call.reject(new RangeError('too late'))
    await Promise.resolve()
    expect(heard).toEqual(['a'])
    first.resolve()
    expect(await call.outcome).toBe('done')
    expect(heard).toEqual(['a', 'b'])
  })

  test('says what was heard in one message for several events, and nothing for those that wait', async () => {
    const sent: ToEngine[] = []
    const held = deferred()
    let count = 0
    const onDelta = () => (++count === 17 ? held.promise : undefined)
    const call = new EngineCall(3, 'node-llama-cpp', { signal: undefined, onDelta }, (message) =>
      sent.push(message),
    )
    for (let index = 0; index < 40; index++) call.hear(delta(String(index)))
    await Promise.resolve()
    expect(sent).toEqual([4, 4, 4, 4].map((heard) => ({ type: 'heard', id: 3, count: heard })))
    held.resolve()
    call.resolve(0)
    await call.outcome
    expect(sent.length).toBe(10)
  })

  test('does not wait for a listener beyond an abort, and rejects with the reason', async () => {
    const sent: ToEngine[] = []
    const controller = new AbortController()
    const onDelta = () => new Promise<void>(() => {})
    const call = new EngineCall(2, 'node-llama-cpp', { signal: controller.signal, onDelta }, (message) =>
      sent.push(message),
    )
    call.hear(delta('a'))
    controller.abort('stop')
    call.reject(new RangeError('aborted there'))
    await expect(call.outcome).rejects.toBe('stop')
    expect(sent).toEqual([{ type: 'abort', id: 2 }])
  })

  test('that may leave does not wait for a deaf process, but for a reply that has begun', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const [deaf, begun] = [1, 2].map((id) => new EngineCall(id, 'node-llama-cpp', { signal }, () => {}, true))
    begun?.hear(delta('a'))
    controller.abort('stop')
    await expect(deaf?.outcome).rejects.toBe('stop')
    begun?.resolve('partial')
    expect(await begun?.outcome).toBe('partial')
  })
})
