// Builds the page, where that is older than what it is made of: a start that finds it built costs nothing.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const folder = import.meta.dirname
const output = join(folder, 'dist')
const done = join(output, '.built')

if (!isBuilt()) {
  const { build } = await import('vite')
  await build({ root: folder, configFile: join(folder, 'vite.config.ts'), logLevel: 'warn' })
  for (const file of filesIn(output)) compress(file)
  writeFileSync(done, '')
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
