export interface DownloadProgress {
  /** What is on disk by now, counting what an earlier attempt left. */
  readonly downloadedBytes: number
  /** Undefined as long as the size of a file is not known. */
  readonly totalBytes: number | undefined
}

export type OnProgress = (progress: DownloadProgress) => void

/** About two hundred reports for a file, and always the last. */
export function throttled(onProgress: OnProgress | undefined): OnProgress {
  let last = Number.NEGATIVE_INFINITY
  return (progress) => {
    const { downloadedBytes, totalBytes } = progress
    const step = totalBytes === undefined ? 1024 * 1024 : totalBytes / 200
    const isDue = downloadedBytes < last || downloadedBytes - last >= step || downloadedBytes === totalBytes
    if (!isDue || downloadedBytes === last) return
    last = downloadedBytes
    onProgress?.(progress)
  }
}

/**
 * One progress out of those of several files. The function returned is called when a file's turn comes: those
 * before it are complete by then, also the ones that were there already and reported nothing.
 *
 * @param sizes of the files, where they are known before
 */
export function joined(
  onProgress: OnProgress | undefined,
  sizes: readonly (number | undefined)[],
): (index: number) => OnProgress {
  const known: (number | undefined)[] = [...sizes]
  const downloaded = sizes.map(() => 0)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, next) => total + next, 0)
  return (index) => {
    for (let earlier = 0; earlier < index; earlier += 1) {
      downloaded[earlier] = known[earlier] ?? downloaded[earlier] ?? 0
    }
    return (progress) => {
      downloaded[index] = progress.downloadedBytes
      known[index] = progress.totalBytes ?? known[index]
      const all = known.filter((size) => size !== undefined)
      const totalBytes = all.length === known.length ? sum(all) : undefined
      onProgress?.({ downloadedBytes: sum(downloaded), totalBytes })
    }
  }
}
