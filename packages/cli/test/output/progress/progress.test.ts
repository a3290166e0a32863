import { describe, expect, test } from '@jest/globals'
import { StreamingChunk, type WarmUpProgress } from '@millrace/core'
import { PromptStatus, progressOn, promptProgressOf } from '../../../src/output/progress/progress.ts'
import { drawBar, formatBytes, progressTitle } from '../../../src/output/progress/progress-bar.ts'
import { Screen } from '../../screen.ts'

const loading: WarmUpProgress = { stage: 'loading', subject: 'pocket.gguf', fraction: 0.5 }
const downloading: WarmUpProgress = {
  stage: 'downloading',
  subject: 'hf:user/repository:Q4_K_M',
  fraction: 0.123,
  doneBytes: 123_000_000,
  totalBytes: 1_000_000_000,
}

describe('drawBar', () => {
  test('shows what is done, and how far it is', () => {
    expect(drawBar(loading, 80)).toBe('Loading pocket.gguf  ███████████████░░░░░░░░░░░░░░░   50%')
    expect(drawBar(downloading, 120)).toBe(
      'Downloading hf:user/repository:Q4_K_M  ████░░░░░░░░░░░░░░░░░░░░░░░░░░   12%  123.0 MB of 1.0 GB',
    )
  })

  test('is full at the end, and not before', () => {
    expect(drawBar({ ...loading, fraction: 0.999 }, 60)).toContain(' 99%')
    expect(drawBar({ ...loading, fraction: 1 }, 60)).toMatch(/█ {2}100%$/)
    expect(drawBar({ ...loading, fraction: 1.2 }, 60)).toMatch(/█ {2}100%$/)
  })

  test('leaves out what is not known', () => {
    const { fraction: _, totalBytes: __, ...unknown } = downloading
    expect(drawBar(unknown, 80)).toBe('Downloading hf:user/repository:Q4_K_M  123.0 MB')
    expect(drawBar({ stage: 'loading', subject: 'a.gguf' }, 80)).toBe('Loading a.gguf')
  })

  test.each([100, 80, 60, 40, 30, 20, 10, 1])('fits %i columns, and leaves room for ^C', (columns) => {
    for (const progress of [loading, downloading]) {
      expect(drawBar(progress, columns).length).toBeLessThanOrEqual(Math.max(1, columns - 3))
    }
  })

  test('cuts a long subject in its middle rather than the bar', () => {
    const subject = 'a-model-with-a-rather-long-name-and-many-words-Q4_K_M.gguf'
    expect(drawBar({ ...loading, subject }, 62)).toBe(
      'Loading a-model-with-…any-words-Q4_K_M.gguf  ████░░░░   50%',
    )
  })
})

test('progressTitle says what is done to what', () => {
  expect(progressTitle(downloading)).toBe('Downloading hf:user/repository:Q4_K_M')
})

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_622_112, '1.6 MB'],
  [999_960, '1.0 MB'],
  [4_370_000_000, '4.4 GB'],
  [2_000_000_000_000_000, '2000.0 TB'],
])('formatBytes makes a person’s number of %i', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

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

function status(named = false) {
  const screen = new Screen(true, 70)
  const clock = { now: 0 }
  return { screen, clock, prompts: new PromptStatus(screen, named, () => clock.now) }
}

const read = (doneTokens: number) => ({ doneTokens, totalTokens: 2000 })

test('shows a bar for a prompt that takes long, until it has been read', () => {
  const { screen, clock, prompts } = status()
  prompts.report({ component: 'llm', visit: 1 }, read(100))
  clock.now = 299
  prompts.report({ component: 'llm', visit: 1 }, read(200))
  expect(screen.text).toBe('')
  clock.now = 300
  prompts.report({ component: 'llm', visit: 1 }, read(500))
  expect(screen.text).toBe('\rReading the prompt  █████░░░░░░░░░░░░░░░░   25%  500 of 2000 tokens\u001B[K')
  prompts.report({ component: 'llm', visit: 1 }, read(2000))
  expect(screen.text.endsWith('\u001B[K\r\u001B[K')).toBe(true)
})

test('says whose prompt it is where there are several, and measures each visit', () => {
  const { screen, clock, prompts } = status(true)
  prompts.report({ component: 'judge', visit: 1 }, read(100))
  clock.now = 400
  prompts.report({ component: 'judge', visit: 2 }, read(100))
  expect(screen.text).toBe('')
  prompts.report({ component: 'judge', visit: 1 }, read(1000))
  expect(screen.text).toContain('\rjudge reads its prompt  ████')
})

test('takes the bar away once', () => {
  const { screen, clock, prompts } = status()
  prompts.clear()
  expect(screen.text).toBe('')
  prompts.report({ component: 'llm', visit: 1 }, read(1))
  clock.now = 1000
  prompts.report({ component: 'llm', visit: 1 }, read(2))
  prompts.clear()
  const { text } = screen
  prompts.clear()
  expect(screen.text).toBe(text)
})

test('promptProgressOf reads what a chunk tells, and nothing else', () => {
  expect(promptProgressOf(StreamingChunk.create({ meta: { promptProgress: read(1) } }))).toEqual(read(1))
  expect(promptProgressOf(StreamingChunk.create({ content: 'a', meta: { promptProgress: 1 } }))).toBe(
    undefined,
  )
  expect(promptProgressOf(StreamingChunk.create({ content: 'a' }))).toBe(undefined)
})

test('as long as nothing is loaded, the seconds stand in the place of a bar', () => {
  const begun = { stage: 'loading', subject: 'a.gguf', fraction: 0 } as const
  expect(drawBar(begun, 80)).toBe('Loading a.gguf')
  expect(drawBar(begun, 80, 7)).toBe('Loading a.gguf  7 s')
  expect(drawBar({ ...begun, fraction: 0.5 }, 80, 7)).toMatch(/█░+ {3}50%$/)
})
