import { describe, expect, jest, test } from '@jest/globals'
import { NativeLog } from '../../../src/engines/node-llama-cpp/native-log.ts'

describe('NativeLog', () => {
  test('has the warnings and errors since a mark, and nothing else', async () => {
    const log = new NativeLog()
    log.write('error', 'before\n')
    const mark = log.mark(false)
    log.write('info', 'loading\n')
    log.write('warn', 'careful\n')
    log.write('error', 'broken\n')
    log.write('fatal', 'over\n')
    expect(await log.since(mark)).toEqual(['careful', 'broken', 'over'])
    expect(await log.since(log.mark(false))).toEqual([])
  })

  test('waits for lines that are on their way from another thread', async () => {
    const log = new NativeLog()
    const mark = log.mark(false)
    setImmediate(() => log.write('error', 'late\n'))
    expect(await log.since(mark)).toEqual(['late'])
  })

  test('leaves out what the binding says of its own guesses', async () => {
    const log = new NativeLog()
    const mark = log.mark(false)
    log.write('warn', 'Failed simulating model resource usage. Falling back to estimation heuristic.')
    expect(await log.since(mark)).toEqual([])
  })

  test('keeps the last fifty lines', async () => {
    const log = new NativeLog()
    const mark = log.mark(false)
    for (let line = 1; line <= 60; line++) log.write('error', `line ${line}`)
    const kept = await log.since(mark)
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([50, 'line 11', 'line 60'])
  })

  test('writes everything to stderr from the first verbose load on', () => {
    const written: string[] = []
    const spy = jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
      written.push(String(text))
      return true
    })
    const log = new NativeLog()
    log.write('info', 'unheard\n')
    log.mark(true)
    log.mark(false)
    log.write('info', 'heard\n')
    spy.mockRestore()
    expect(written).toEqual(['llama.cpp info: heard\n'])
  })
})
