import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** What `import` goes by, where a package has several forms. */
const CONDITIONS = ['node', 'import', 'module-sync', 'default']

/**
 * The file that `import` of an installed package would load in a module of `folder`. Node.js answers that only for
 * modules that are running; for others it answers what `require` would load, which many packages do not offer.
 *
 * @param specifier `name`, `@scope/name`, or with a path of its exports behind it
 * @throws what `require.resolve` throws, when there is no such package or it does not export the path
 */
export function findModule(specifier: string, folder: string): string {
  try {
    return createRequire(join(folder, 'package.json')).resolve(specifier)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
    const found = findExport(specifier, folder)
    if (found === undefined) throw error
    return found
  }
}

function findExport(specifier: string, folder: string): string | undefined {
  const [, name = '', path = ''] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? []
  for (const above of foldersUpwards(resolve(folder))) {
    const root = join(above, 'node_modules', name)
    const exported = exportsOf(root)
    if (exported === undefined) continue
    const entry = path === '' ? (exported['.'] ?? exported) : exported[`.${path}`]
    const file = fileOf(entry)
    return file === undefined ? undefined : join(root, file)
  }
  return undefined
}

function exportsOf(root: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports?: object }
    return Object(exports)
  } catch {
    return undefined
  }
}

/** The first condition that holds, and leads to a file, counts. */
function fileOf(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry
  for (const [condition, target] of Object.entries(Object(entry))) {
    const file = CONDITIONS.includes(condition) ? fileOf(target) : undefined
    if (file !== undefined) return file
  }
  return undefined
}

function foldersUpwards(start: string): string[] {
  const parent = dirname(start)
  return parent === start ? [start] : [start, ...foldersUpwards(parent)]
}
