import { describe, expect, test } from '@jest/globals'
import { aloneContext } from '../../src/component/run-context.ts'
import { Slow, testComponent } from '../../src/testing/index.ts'

describe('Slow', () => {
  testComponent(() => new Slow(), {
    test,
    skip: {
      'gives only outputs that it declares, of their types': 'It waits for the test.',
      'does not change its inputs': 'It waits for the test.',
      'can be warmed up twice, and again after it was closed': 'It waits for the test.',
      'works in a pipeline that checks everything': 'It waits for the test.',
    },
  })

  test('waits until it is released', async () => {
    const slow = new Slow()
    const both = Promise.all([slow.run({ value: 1 }), slow.run({ value: 2 })])
    await slow.started(2)
    expect(slow.waiting).toBe(2)
    slow.release()
    await expect(both).resolves.toEqual([{ value: 1 }, { value: 2 }])
    expect(slow.waiting).toBe(0)
  })

  test('says when it has been called often enough', async () => {
    const slow = new Slow()
    const heard: string[] = []
    const started = slow.started(2).then(() => heard.push('second'))
    const running = [slow.run({ value: 1 })]
    await slow.started()
    expect(heard).toEqual([])
    running.push(slow.run({ value: 2 }))
    await started
    expect(heard).toEqual(['second'])
    slow.release()
    await Promise.all(running)
  })

  test('rejects with the reason of its signal', async () => {
    const controller = new AbortController()
    const slow = new Slow()
    const running = slow.run({ value: 1 }, { ...aloneContext(Slow), signal: controller.signal })
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(slow.told).toEqual(['enough'])
    expect(slow.waiting).toBe(0)
  })

  test('goes on waiting when it is deaf', async () => {
    const controller = new AbortController()
    const slow = new Slow({ deaf: true })
    const running = slow.run({ value: 1 }, { ...aloneContext(Slow), signal: controller.signal })
    controller.abort('enough')
    expect([slow.waiting, slow.told]).toEqual([1, ['enough']])
    slow.release()
    await expect(running).resolves.toEqual({ value: 1 })
  })
})
