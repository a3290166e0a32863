import { resolve } from 'node:path'
import type { LoadLimits } from '../../src/yaml/limits.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { loadErrorOf } from './refusal.ts'

/** A disk of these files, by their paths from `folder`. */
export function filesIn(folder: string, files: Readonly<Record<string, string | Uint8Array>>) {
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
export function loadMain(files: Readonly<Record<string, string | Uint8Array>>, limits: LoadLimits = {}) {
  const { readFile } = filesIn('/srv', files)
  const text = String(files['main.yaml'])
  return loadPipeline(text, { registry, file: '/srv/main.yaml', baseDir: '/srv', readFile, limits })
}

/** The error that `loadMain` throws. */
export function refusalOf(files: Readonly<Record<string, string | Uint8Array>>, limits: LoadLimits = {}) {
  return loadErrorOf(() => loadMain(files, limits))
}

/** The code, file and path of everything that is wrong. */
export function problemsIn(files: Readonly<Record<string, string | Uint8Array>>, limits: LoadLimits = {}) {
  return refusalOf(files, limits).problems.map(({ code, file, path }) =>
    [code, file?.replace('/srv/', ''), path].filter((part) => part !== undefined).join(' '),
  )
}
