import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LlamaCppError } from '../errors.ts'
import { findModelFile, ggufFilesIn, insteadOf, isFile } from './model-path.ts'

export interface PackageFile {
  /** As in `package` or `@scope/package`. */
  readonly package: string
  /** The path of the file in the package, with slashes. */
  readonly file: string
  /** The folders, or URLs of files, from which the package is looked for, in this order. */
  readonly from: readonly (string | URL)[]
}

/**
 * Finds a file of an installed package as Node would find the package, but without importing it and whatever its
 * `exports` hide. The first base that sees a package with the file wins.
 *
 * @throws LlamaCppError `MODEL_NOT_FOUND`: no base sees the package, or it has no such file
 */
export async function findPackageFile(wanted: PackageFile): Promise<string> {
  const bases = wanted.from.map(folderOf)
  const packages: string[] = []
  for (const base of bases) {
    for (const dir of foldersUpwards(base)) {
      const candidate = join(dir, 'node_modules', wanted.package)
      if (packages.includes(candidate) || !(await exists(candidate))) continue
      packages.push(candidate)
      const path = join(candidate, wanted.file)
      if (await isFile(path)) return findModelFile(path)
    }
    const path = resolveByNode(base, wanted)
    if (path !== undefined) return findModelFile(path)
  }
  throw await notFound(wanted, packages[0])
}

function folderOf(base: string | URL): string {
  if (typeof base === 'string' && !base.startsWith('file:')) return base
  return dirname(fileURLToPath(base))
}

function foldersUpwards(start: string): string[] {
  const parent = dirname(start)
  return parent === start ? [start] : [start, ...foldersUpwards(parent)]
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Reaches what has no `node_modules`: Yarn's Plug'n'Play, NODE_PATH, and a package that names itself. */
function resolveByNode(base: string, wanted: PackageFile): string | undefined {
  try {
    return createRequire(join(base, 'model.js')).resolve(`${wanted.package}/${wanted.file}`)
  } catch {
    return undefined
  }
}

async function notFound(wanted: PackageFile, found: string | undefined): Promise<LlamaCppError> {
  const model = `npm:${wanted.package}/${wanted.file}`
  if (found === undefined) {
    const message = `'${model}' needs the package '${wanted.package}', which is not installed. Run 'npm install ${wanted.package}'.`
    return new LlamaCppError('MODEL_NOT_FOUND', message, { model })
  }
  const instead = insteadOf(wanted.file, (await ggufFilesIn(found)) ?? [])
  const message = `The package '${wanted.package}' has no file '${wanted.file}'.${instead}`
  return new LlamaCppError('MODEL_NOT_FOUND', message, { model, path: join(found, wanted.file) })
}
