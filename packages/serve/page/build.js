// Builds the page, where that is older than what it is made of: a start that finds it built costs nothing.
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const folder = import.meta.dirname
const output = join(folder, 'dist')
const done = join(output, '.built')

if (!isBuilt()) {
  const { build } = await import('vite')
  // Beside its place, and moved there whole: two that build at once do not mix.
  const outDir = join(folder, `dist-${process.pid}`)
  await build({ configFile: join(folder, 'vite.config.ts'), logLevel: 'warn', build: { outDir } })
  for (const file of filesIn(outDir)) compress(file)
  writeFileSync(join(outDir, '.built'), '')
  rmSync(output, { recursive: true, force: true })
  try {
    renameSync(outDir, output)
  } catch (error) {
    rmSync(outDir, { recursive: true, force: true })
    if (!isBuilt()) throw error
  }
}

function isBuilt() {
  if (!existsSync(done)) return false
  const built = statSync(done).mtimeMs
  const sources = [
    ...filesIn(join(folder, 'src')),
    ...['index.html', 'vite.config.ts', 'build.js', '../package.json'].map((name) => join(folder, name)),
  ]
  return sources.every((file) => statSync(file).mtimeMs < built)
}

/** @param {string} file */
function compress(file) {
  const content = readFileSync(file)
  const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params }))
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
}

/** @param {string} path */
function filesIn(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
