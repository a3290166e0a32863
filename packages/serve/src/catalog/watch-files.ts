import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { Catalog } from './catalog.ts'
import { filesOf, isPipelineFile } from './sources.ts'

/** Polled: the events of file systems do not come from mounted folders, and differ from platform to platform. */
const POLL_MS = 250

/**
 * Loads pipeline files again when they change, also when one changes that they include; those that are new in a folder; and
 * takes out those that are gone. A file that is still being written is left until it rests.
 *
 * @param log takes a line for each
 * @returns what ends that
 */
export function watchFiles(
  catalog: Catalog,
  paths: readonly string[],
  log: (line: string) => void,
): () => void {
  const loaded = stampsOf(paths)
  let before = new Map(loaded)
  let isBusy = false
  const look = async () => {
    if (isBusy) return
    isBusy = true
    const now = stampsOf(paths)
    const changed = [...now].filter(
      ([file, stamp]) => loaded.get(file) !== stamp && before.get(file) === stamp,
    )
    const gone = [...loaded.keys()].filter((file) => !now.has(file) && !before.has(file))
    before = now
    for (const [file, stamp] of changed) loaded.set(file, stamp)
    for (const file of gone) {
      loaded.delete(file)
      catalog.remove(file)
      log(`Not served any more: '${file}'.`)
    }
    const files = changed.map(([file]) => file)
    for (const file of withIncluding(files, [...loaded.keys()])) {
      const broken = await catalog.reload(file)
      log(broken === undefined ? `Loaded: '${file}'.` : `Not loaded: '${file}'. ${broken}`)
    }
    isBusy = false
  }
  const timer = setInterval(() => void look(), POLL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Each pipeline file with what changes when it does. */
function stampsOf(paths: readonly string[]): Map<string, string> {
  const stamps = new Map<string, string>()
  for (const file of paths.flatMap(filesNow).filter(isPipelineFile)) {
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats !== undefined) stamps.set(file, `${stats.mtimeMs} ${stats.size} ${stats.ino}`)
  }
  return stamps
}

/** A folder may be gone for a moment. */
function filesNow(path: string): readonly string[] {
  try {
    return filesOf(path)
  } catch {
    return []
  }
}

/** With those that name one of them. */
function withIncluding(changed: readonly string[], all: readonly string[]): readonly string[] {
  if (changed.length === 0) return []
  const names = changed.map((file) => basename(file))
  const including = all.filter(
    (file) => !changed.includes(file) && names.some((name) => mentions(file, name)),
  )
  return [...changed, ...including]
}

function mentions(file: string, name: string): boolean {
  try {
    return readFileSync(file, 'utf8').includes(name)
  } catch {
    return false
  }
}
