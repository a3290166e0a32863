import { describe, expect, test } from '@jest/globals'
import { listenForStop } from '../../src/commands/stop.ts'
import { FakeTerminal } from '../fake-terminal.ts'

const codeOf = (signal: AbortSignal) => [signal.aborted, signal.reason?.code, signal.reason?.message]

describe('listenForStop', () => {
  test.each([
    ['SIGINT', 'STOPPED_BY_INTERRUPT', 'Aborted.', 130],
    ['SIGTERM', 'STOPPED_BY_TERMINATION', 'Terminated.', 143],
  ])('%s aborts, and a second one ends the process', (name, code, message, exitCode) => {
    const terminal = new FakeTerminal()
    const { signal } = listenForStop(terminal)
    terminal.emit(name)
    expect(codeOf(signal)).toEqual([true, code, message])
    expect(terminal.exits).toEqual([])
    terminal.emit(name)
    expect([terminal.exits, terminal.kills]).toEqual([[exitCode], [name]])
  })

  test('a reader that has left aborts', () => {
    const terminal = new FakeTerminal()
    const { signal } = listenForStop(terminal)
    terminal.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
    expect(codeOf(signal)).toEqual([true, 'STOPPED_BY_READER', 'The reader of the output has left.'])
  })

  test('an output that cannot be written aborts', () => {
    const terminal = new FakeTerminal()
    const { signal } = listenForStop(terminal)
    terminal.stdout.emit('error', Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }))
    expect(codeOf(signal)).toEqual([
      true,
      'OUTPUT_FAILED',
      'The output cannot be written: ENOSPC: no space left.',
    ])
  })

  test('release leaves nothing behind', () => {
    const terminal = new FakeTerminal()
    const stop = listenForStop(terminal)
    stop.release()
    expect(terminal.eventNames()).toEqual([])
    expect(terminal.stdout.eventNames()).toEqual([])
  })
})
