import { resolve } from 'node:path'
import { LoadError } from '../../src/errors.ts'
import type { LoadLimits } from '../../src/yaml/bounds/limits.ts'
import { type LoadOptions, loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'

/** The LoadError that `act` throws; fails when it throws none. */
export function loadErrorOf(act: () => unknown): LoadError {
  try {
    act()
  } catch (error) {
    if (LoadError.isInstance(error)) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

/** The error that a text is refused with. */
export function refusal(text: string, limits: LoadLimits = {}): LoadError {
  return loadErrorOf(() => loadPipeline(text, { registry, file: 'p.yaml', limits, environment: 'all' }))
}

/** The codes and paths of what is wrong with a text, in the order of the file. */
export function problemsOf(text: string, limits?: LoadLimits): string[] {
  return refusal(text, limits).problems.map(({ code, path }) =>
    path === undefined ? code : `${code} ${path}`,
  )
}

/** What is wrong with a text in words, each behind its line and column. */
export function wordsOf(text: string, limits?: LoadLimits): string[] {
  return refusal(text, limits).problems.map(({ line, column, message }) =>
    line === undefined ? message : `${line}:${column} ${message}`,
  )
}

type Files = Readonly<Record<string, string | Uint8Array>>

/** A disk of these files, by their paths from `folder`. */
export function filesIn(folder: string, files: Files) {
  const reads: string[] = []
  const readFile = (path: string) => {
    reads.push(path)
    const name = Object.keys(files).find((candidate) => resolve(folder, candidate) === path)
    if (name === undefined) throw new RangeError(`ENOENT: no such file or directory, open '${path}'`)
    return files[name] as string | Uint8Array
  }
  return { readFile, reads }
}

/** The pipeline of `/srv/main.yaml` on a disk that has these files in `/srv`. */
export function loadMain(files: Files, options: Pick<LoadOptions, 'limits' | 'overrides'> = {}) {
  const { readFile } = filesIn('/srv', files)
  const text = String(files['main.yaml'])
  return loadPipeline(text, {
    registry,
    file: '/srv/main.yaml',
    baseDir: '/srv',
    readFile,
    environment: 'all',
    ...options,
  })
}

/** The code, file and path of everything that is wrong. */
export function problemsIn(files: Files, limits: LoadLimits = {}) {
  return loadErrorOf(() => loadMain(files, { limits })).problems.map(({ code, file, path }) =>
    [code, file?.replace('/srv/', ''), path].filter((part) => part !== undefined).join(' '),
  )
}
