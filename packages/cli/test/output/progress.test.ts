import { describe, expect, test } from '@jest/globals'
import type { WarmUpProgress } from '@millrace/core'
import { progressOn } from '../../src/output/progress.ts'
import { Screen } from '../screen.ts'

const at = (fraction: number, subject = 'a.gguf'): WarmUpProgress => ({ stage: 'loading', subject, fraction })
const terminal = { env: {} }

describe('progressOn', () => {
  test('redraws one line of a terminal, and takes it away', () => {
    const screen = new Screen(true, 42)
    const progress = progressOn(screen, terminal, false)
    progress.report(at(0.5))
    progress.report(at(0.5))
    progress.report(at(1))
    progress.clear()
    progress.clear()
    expect(screen.text).toBe(
      '\rLoading a.gguf  █████████░░░░░░░░   50%\u001B[K' +
        '\rLoading a.gguf  █████████████████  100%\u001B[K' +
        '\r\u001B[K',
    )
  })

  test('writes one line for each thing where nothing can be redrawn', () => {
    for (const [screen, env] of [
      [new Screen(false), {}],
      [new Screen(true, 80), { TERM: 'dumb' }],
    ] as const) {
      const progress = progressOn(screen, { env }, false)
      for (const step of [at(0.1), at(0.9), at(0.1, 'b.gguf')]) progress.report(step)
      progress.clear()
      expect(screen.text).toBe('Loading a.gguf\nLoading b.gguf\n')
    }
  })

  test('writes nothing when it is told to be quiet', () => {
    const screen = new Screen(true)
    const progress = progressOn(screen, terminal, true)
    progress.report(at(0.5))
    progress.clear()
    expect(screen.text).toBe('')
  })

  test('shows no control characters of a subject', () => {
    const screen = new Screen(false)
    progressOn(screen, terminal, false).report(at(0.5, 'a\u001B[31m.gguf'))
    expect(screen.text).toBe('Loading a\uFFFD[31m.gguf\n')
  })
})
