import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/** The root of the workspace. */
export const root = join(import.meta.dirname, '..')

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export const packages: readonly string[] = readdirSync(join(root, 'packages')).sort()

/** All files below a folder, relative to it, with slashes. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(join(root, folder), join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
}
