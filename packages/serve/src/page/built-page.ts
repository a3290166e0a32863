import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A file of the page, as it is and compressed. */
export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly bodies: Readonly<Record<'identity' | 'gzip' | 'br', Uint8Array<ArrayBuffer>>>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** From `src` and from `dist` the same. */
const folder = fileURLToPath(new URL('../../page/dist/', import.meta.url))

/** The files of the page by their paths, as in `assets/index-1a2b.js`; none where it was not built. */
export function readBuiltPage(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  if (!existsSync(folder)) return files
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const path = join(entry.parentPath, entry.name)
    const identity = readFileSync(path)
    const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`
    const bodies = { identity, gzip: readFileSync(`${path}.gz`), br: readFileSync(`${path}.br`) }
    files.set(relative(folder, path).split(sep).join('/'), { type, etag, bodies })
  }
  return files
}
