import { expect, test } from '@jest/globals'
import { type DownloadProgress, joined, throttled } from '../../src/model-file/model-progress.ts'

test('reports about two hundred times for a file, and the end', () => {
  const seen: number[] = []
  const report = throttled(({ downloadedBytes }) => seen.push(downloadedBytes))
  for (let downloadedBytes = 0; downloadedBytes <= 99_999; downloadedBytes += 1)
    report({ downloadedBytes, totalBytes: 99_999 })
  expect(seen.length).toBeGreaterThan(190)
  expect(seen.length).toBeLessThan(210)
  expect([seen.at(0), seen.at(-1)]).toEqual([0, 99_999])
})

test('reports every megabyte of a file of unknown size', () => {
  const seen: number[] = []
  const report = throttled(({ downloadedBytes }) => seen.push(downloadedBytes))
  for (let kilobytes = 0; kilobytes <= 4096; kilobytes += 1) {
    report({ downloadedBytes: kilobytes * 1024, totalBytes: undefined })
  }
  expect(seen).toEqual([0, 1, 2, 3, 4].map((megabytes) => megabytes * 1024 * 1024))
})

test('reports a download that began anew', () => {
  const seen: number[] = []
  const report = throttled(({ downloadedBytes }) => seen.push(downloadedBytes))
  for (const downloadedBytes of [500, 0, 1]) report({ downloadedBytes, totalBytes: 1000 })
  expect(seen).toEqual([500, 0])
})

test('adds up several files, whose total is known once all their sizes are', () => {
  const seen: DownloadProgress[] = []
  const progressOf = joined((progress) => seen.push(progress), [undefined, 20])
  progressOf(0)({ downloadedBytes: 3, totalBytes: undefined })
  progressOf(0)({ downloadedBytes: 10, totalBytes: 10 })
  progressOf(1)({ downloadedBytes: 5, totalBytes: 20 })
  expect(seen).toEqual([
    { downloadedBytes: 3, totalBytes: undefined },
    { downloadedBytes: 10, totalBytes: 30 },
    { downloadedBytes: 15, totalBytes: 30 },
  ])
})

test('counts files that were there already, and that nobody reported', () => {
  const seen: DownloadProgress[] = []
  const progressOf = joined((progress) => seen.push(progress), [10, 20])
  progressOf(1)({ downloadedBytes: 5, totalBytes: 20 })
  expect(seen).toEqual([{ downloadedBytes: 15, totalBytes: 30 }])
})
