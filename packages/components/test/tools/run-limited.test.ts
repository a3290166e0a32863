import { describe, expect, test } from '@jest/globals'
import { runLimited } from '../../src/tools/run-limited.ts'

/** Work that ends when the test says so. */
function gates<Item>() {
  const open = new Map<Item, { resolve: (value: string) => void; reject: (error: unknown) => void }>()
  const work = (item: Item) =>
    new Promise<string>((resolve, reject) => {
      open.set(item, { resolve, reject })
    })
  return { work, open }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('runLimited', () => {
  test('gives results in the order of the items, and tells them so, whoever is faster', async () => {
    const { work, open } = gates<number>()
    const told: string[] = []
    const running = runLimited([0, 1, 2], 3, work, (result, index) => told.push(`${index} ${result}`))
    open.get(2)?.resolve('c')
    open.get(1)?.resolve('b')
    await turns()
    expect(told).toEqual([])
    open.get(0)?.resolve('a')
    expect(await running).toEqual(['a', 'b', 'c'])
    expect(told).toEqual(['0 a', '1 b', '2 c'])
  })

  test('runs no more than the limit at once', async () => {
    const { work, open } = gates<string>()
    const running = runLimited(['a', 'b', 'c'], 2, work, () => {})
    expect([...open.keys()]).toEqual(['a', 'b'])
    open.get('b')?.resolve('B')
    await turns()
    expect([...open.keys()]).toEqual(['a', 'b', 'c'])
    open.get('a')?.resolve('A')
    open.get('c')?.resolve('C')
    expect(await running).toEqual(['A', 'B', 'C'])
  })

  test('starts nothing more after a failure, and tells of nothing more', async () => {
    const { work, open } = gates<string>()
    const told: string[] = []
    const running = runLimited(['a', 'b', 'c'], 2, work, (result) => told.push(result))
    const reason = new Error('b failed')
    open.get('b')?.reject(reason)
    await expect(running).rejects.toBe(reason)
    open.get('a')?.resolve('A')
    await turns()
    expect({ told, started: [...open.keys()] }).toEqual({ told: [], started: ['a', 'b'] })
  })

  test('gives nothing for nothing', async () => {
    expect(await runLimited([], 4, gates().work, () => {})).toEqual([])
  })
})
