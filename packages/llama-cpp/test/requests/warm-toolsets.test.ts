import { describe, expect, test } from '@jest/globals'
import { t, tool, toolset } from '@millrace/core'
import { WarmToolsets } from '../../src/requests/warm-toolsets.ts'

const now = tool({ name: 'now', description: 'The time.', parameters: t.object({}), run: () => 'noon' })

describe('WarmToolsets', () => {
  test('warms each toolset up once, also when it is asked for twice at the same time', async () => {
    let count = 0
    const server = toolset({ name: 'server', tools: [now], warmUp: async () => void count++ })
    const toolsets = new WarmToolsets()
    await Promise.all([toolsets.warmUp([server, now]), toolsets.warmUp([server])])
    await toolsets.warmUp([server])
    expect(count).toBe(1)
  })

  test('tries a toolset again that failed', async () => {
    let count = 0
    const server = toolset({
      name: 'server',
      tools: [now],
      warmUp: () => {
        if (count++ === 0) throw new RangeError('not there yet')
      },
    })
    const toolsets = new WarmToolsets()
    await expect(toolsets.warmUp([server])).rejects.toThrow('not there yet')
    await toolsets.warmUp([server])
    expect(count).toBe(2)
  })

  test('has nothing to do for tools alone, and for none', async () => {
    await expect(new WarmToolsets().warmUp([now])).resolves.toBeUndefined()
    await expect(new WarmToolsets().warmUp(undefined)).resolves.toBeUndefined()
  })
})
