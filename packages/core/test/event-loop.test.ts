import { describe, expect, test } from '@jest/globals'
import { laterTurn } from '../src/event-loop.ts'

const none = () => {
  throw new RangeError('There is another way.')
}

/** In which order promises, timers and what is called in a later turn are called. */
async function orderOn(platform: Parameters<typeof laterTurn>[0]): Promise<string[]> {
  const order: string[] = []
  const later = laterTurn(platform)
  await new Promise<void>((resolve) => {
    later(() => order.push('first'))
    later(() => {
      order.push('second')
      resolve()
    })
    void Promise.resolve().then(() => order.push('promise'))
  })
  return order
}

describe('a later turn of the event loop', () => {
  const { setImmediate, setTimeout } = globalThis
  test('comes after all that promises do', async () => {
    expect(await orderOn({ setImmediate, setTimeout: none })).toEqual(['promise', 'first', 'second'])
  })

  test('comes by messages in a browser', async () => {
    const ports: { close(): void }[] = []
    class Channel extends MessageChannel {
      constructor() {
        super()
        ports.push(this.port1)
      }
    }
    const platform = { MessageChannel: Channel, setTimeout: none } as unknown as Parameters<
      typeof laterTurn
    >[0]
    expect(await orderOn(platform)).toEqual(['promise', 'first', 'second'])
    for (const port of ports) port.close()
  })

  test('comes by a timer where there is nothing else', async () => {
    expect(await orderOn({ setTimeout })).toEqual(['promise', 'first', 'second'])
  })
})
