import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { didYouMean, listNames } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { errnoOf, unreadable } from '../model-unreadable.ts'
import { refuseOthers } from '../regular-file.ts'
import { splitParts } from './model-split.ts'

/**
 * The file to load for a model at an absolute path: the path itself, or the first part of a split model, when all
 * its parts are there.
 *
 * @param hint what the message ends with when not even the folder is there
 *
 * @throws LlamaCppError `MODEL_NOT_FOUND`, with what the folder has instead, or `MODEL_UNREADABLE`
 */
export async function findModelFile(path: string, hint = ''): Promise<string> {
  const parts = splitParts(path)
  for (const part of parts) {
    if (!(await isFile(part))) throw await missing(part, parts, hint)
  }
  return parts[0]
}

/** @throws LlamaCppError `MODEL_UNREADABLE` for a folder, a pipe or a device, and when the file system says no */
export async function isFile(path: string): Promise<boolean> {
  try {
    refuseOthers(await stat(path))
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false
    throw unreadable(path, error)
  }
}

/** The names of the GGUF files in a folder, sorted; undefined when there is no such folder. */
export async function ggufFilesIn(dir: string): Promise<readonly string[] | undefined> {
  try {
    const names = await readdir(dir)
    return names.filter((name) => /\.gguf$/i.test(name)).sort()
  } catch {
    return undefined
  }
}

async function missing(path: string, parts: readonly string[], hint: string): Promise<LlamaCppError> {
  const names = await ggufFilesIn(dirname(path))
  const split =
    parts.length > 1 ? ` The model is split in ${parts.length} files, and all must be in one folder.` : ''
  const others = (names ?? []).filter((name) => !parts.includes(join(dirname(path), name)))
  const message = `There is no file '${path}'${names === undefined ? ', and no such folder' : ''}.${split}`
  const instead = names === undefined ? hint : insteadOf(basename(path), others)
  return new LlamaCppError('MODEL_NOT_FOUND', message + instead, { path })
}

/** What to offer when `name` is not among `names`: the nearest, else all. Begins with a space, or is empty. */
export function insteadOf(name: string, names: readonly string[]): string {
  if (names.length === 0) return ''
  return didYouMean(name, names) || ` There is ${listNames(names)}.`
}
