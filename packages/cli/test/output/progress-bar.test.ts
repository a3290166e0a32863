import { describe, expect, test } from '@jest/globals'
import type { WarmUpProgress } from '@millrace/core'
import { drawBar, formatBytes, progressTitle } from '../../src/output/progress-bar.ts'

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
