import { LoadError } from '../../src/errors.ts'
import type { LoadLimits } from '../../src/yaml/limits.ts'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'

/** The error that a text is refused with; fails when it is loaded, or when something else is thrown. */
export function refusal(text: string, limits?: LoadLimits): LoadError {
  return loadErrorOf(() => loadPipeline(text, { registry, file: 'p.yaml', ...(limits ? { limits } : {}) }))
}

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

/** The codes and paths of what is wrong with a text, in the order of the file. */
export function problemsOf(text: string, limits?: LoadLimits): string[] {
  return refusal(text, limits).problems.map(({ code, path }) =>
    path === undefined ? code : `${code} ${path}`,
  )
}
