import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { loadPackages } from '../../src/commands/load-packages.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

/** What componentPackage returns is plain data. */
const manifest = (name: string) =>
  `{ name: '${name}', components: [], tools: [], toolsets: [], callbacks: {} }`

/** A folder with modules, and an installed package, in it. */
function inProject(body: (dir: string) => Promise<void>): Promise<void> {
  return inTemporaryFolder(async (dir) => {
    writeFileSync(
      join(dir, 'two.mjs'),
      `export const a = ${manifest('a')}\nexport const b = ${manifest('b')}\n`,
    )
    writeFileSync(join(dir, 'again.mjs'), "export { a } from './two.mjs'\n")
    writeFileSync(join(dir, 'none.mjs'), 'export const add = 1\nexport default null\n')
    writeFileSync(join(dir, 'broken.mjs'), "throw new Error('no luck\\ntoday')\n")
    const installed = join(dir, 'node_modules/@acme/tools')
    mkdirSync(installed, { recursive: true })
    writeFileSync(join(installed, 'package.json'), '{ "name": "@acme/tools", "exports": "./index.mjs" }')
    writeFileSync(join(installed, 'index.mjs'), `export const tools = ${manifest('@acme/tools')}\n`)
    await body(dir)
  })
}

describe('loadPackages', () => {
  test('finds all packages that modules export, each once', async () => {
    await inProject(async (dir) => {
      const packages = await loadPackages(['two.mjs', './again.mjs', join(dir, 'two.mjs')], dir)
      expect(packages.map(({ name }) => name)).toEqual(['a', 'b'])
    })
  })

  test('finds an installed package by its name, from the folder', async () => {
    await inProject(async (dir) => {
      const [found] = await loadPackages(['@acme/tools'], dir)
      expect(found?.name).toBe('@acme/tools')
    })
  })

  test('refuses a module without a package, with what it does export', async () => {
    await inProject(async (dir) => {
      await expect(loadPackages(['none.mjs'], dir)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message:
          "The module 'none.mjs' of --package exports no component package. Its exports: 'add' and 'default'. Export what componentPackage({ name, components, tools }) returns.",
      })
    })
  })

  test('refuses a module that cannot be loaded, with the reason', async () => {
    await inProject(async (dir) => {
      await expect(loadPackages(['broken.mjs'], dir)).rejects.toMatchObject({
        code: 'USAGE_UNREADABLE',
        message:
          "The module 'broken.mjs' of --package cannot be loaded: no luck. Give the path of an ES module, or the name of an installed package.",
        cause: expect.objectContaining({ message: 'no luck\ntoday' }),
      })
    })
  })

  test('refuses a file and a package that are not there', async () => {
    await inProject(async (dir) => {
      await expect(loadPackages(['./missing.mjs'], dir)).rejects.toMatchObject({
        code: 'USAGE_UNREADABLE',
        message: `The module './missing.mjs' of --package cannot be loaded: There is no file '${join(dir, 'missing.mjs')}'. Give the path of an ES module, or the name of an installed package.`,
      })
      await expect(loadPackages(['@acme/missing'], dir)).rejects.toMatchObject({
        code: 'USAGE_UNREADABLE',
        message: expect.stringMatching(
          /^The module '@acme\/missing' of --package cannot be loaded: Cannot find .*'@acme\/missing'/,
        ),
      })
    })
  })
})
