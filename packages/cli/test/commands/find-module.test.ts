import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { inTemporaryFolder } from '../temporary-folder.ts'

const built = pathToFileURL(join(import.meta.dirname, '../../dist/commands/find-module.js'))

/**
 * Where a module in a folder of a project finds a package with these exports, from the root of the package; or the code of
 * the error. In a process of its own: inside of jest, packages are found by jest.
 */
function found(exports: unknown, specifier = '@acme/tools'): Promise<string> {
  return inTemporaryFolder(async (dir) => {
    const root = join(dir, 'node_modules/@acme/tools')
    mkdirSync(root, { recursive: true })
    mkdirSync(join(dir, 'src'))
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: '@acme/tools', exports }))
    for (const name of ['index.mjs', 'index.cjs', 'other.mjs']) writeFileSync(join(root, name), '')
    const program = `import { findModule } from ${JSON.stringify(built)}
try { console.log(findModule(${JSON.stringify(specifier)}, ${JSON.stringify(join(dir, 'src'))})) }
catch (error) { console.log(error.code) }`
    const args = ['--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return stdout.trim().replace(join(root, '/'), '')
  })
}

describe('findModule', () => {
  test.each<[string, unknown]>([
    ['index.mjs', './index.mjs'],
    ['index.mjs', { '.': { types: './index.d.ts', import: './index.mjs' } }],
    ['index.mjs', { import: './index.mjs' }],
    [
      'index.mjs',
      { '.': { browser: './b.js', node: { import: { types: './a.d.ts', default: './index.mjs' } } } },
    ],
    ['index.mjs', { '.': { node: { require: [] }, import: './index.mjs' } }],
    // Of a package that has both, what `require` finds is as good.
    ['index.cjs', { require: './index.cjs', import: './index.mjs' }],
  ])('finds %s by the exports %j', async (file, exports) => {
    expect(await found(exports)).toBe(file)
  })

  test('finds a path of the exports', async () => {
    const exports = { '.': './index.mjs', './other': { import: './other.mjs' } }
    expect(await found(exports, '@acme/tools/other')).toBe('other.mjs')
  })

  test('refuses exports no condition of which holds, or that do not have the path', async () => {
    expect(await found({ '.': { browser: './index.mjs' } })).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED')
    expect(await found({ '.': { import: './index.mjs' } }, '@acme/tools/other')).toBe(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    )
  })

  test('refuses a package that is not there', async () => {
    expect(await found('./index.mjs', '@acme/missing')).toBe('MODULE_NOT_FOUND')
  })
})
