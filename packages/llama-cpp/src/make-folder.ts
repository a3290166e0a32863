import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from './model-unreadable.ts'

/**
 * Makes a folder with those that it is in, where they are missing. Node's `recursive` tries for ever in a folder that
 * takes none and says that it is not there, as `/proc` does.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path)
  } catch (error) {
    const parent = dirname(path)
    if (errnoOf(error) !== 'ENOENT' || parent === path) throw error
    await makeFolder(parent)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}
