import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { loadPackages } from '../../src/commands/load-packages.ts'
import { makeRegistry } from '../../src/commands/registry.ts'
import { FakeTerminal } from '../fake-terminal.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

describe('makeRegistry', () => {
  test('has the standard components and the generators', async () => {
    const registry = await makeRegistry({}, new FakeTerminal())
    expect(registry.types()).toEqual(expect.arrayContaining(['ChatPromptBuilder', 'LlamaCppChatGenerator']))
  })

  test('adds the packages of --package, from the working directory', async () => {
    await inTemporaryFolder(async (dir) => {
      const source =
        "export const acme = { name: 'acme', components: [], tools: [], toolsets: [], callbacks: { log() {} } }\n"
      writeFileSync(join(dir, 'acme.mjs'), source)
      const registry = await makeRegistry({ package: ['acme.mjs'] }, new FakeTerminal({ cwd: dir }))
      expect(registry.packages.map(({ name }) => name)).toEqual([
        '@millrace/components',
        '@millrace/llama-cpp',
        '@millrace/mcp',
        '@millrace/openai',
        'acme',
      ])
      expect(registry.callback('log')).toBeInstanceOf(Function)
    })
  })

  test('has what is installed beside the program, unless --package brings another copy of it', async () => {
    expect((await makeRegistry({}, new FakeTerminal())).types()).toContain('OpenAIChatGenerator')
    await inTemporaryFolder(async (dir) => {
      const source =
        "export const mine = { name: '@millrace/openai', components: [], tools: [], toolsets: [], callbacks: {} }\n"
      writeFileSync(join(dir, 'mine.mjs'), source)
      const registry = await makeRegistry({ package: ['./mine.mjs'] }, new FakeTerminal({ cwd: dir }))
      expect(registry.types()).not.toContain('OpenAIChatGenerator')
    })
  })

  test('records or replays with MILLRACE_RECORD, and refuses another value of it', async () => {
    const withRecord = (value: string) =>
      makeRegistry({}, new FakeTerminal({ env: { MILLRACE_RECORD: value } }))
    const usual = await withRecord('')
    expect(usual.component('LlamaCppChatGenerator')).toBe(LlamaCppChatGenerator)
    const replaying = await withRecord('replay:no/such/folder')
    expect(replaying.types()).toEqual(usual.types())
    const generator = new (replaying.component('LlamaCppChatGenerator'))({ model: 'pocket.gguf' })
    await expect(generator.warmUp?.({})).rejects.toMatchObject({ code: 'RECORDING_MISSING' })
    for (const value of ['record', 'record:', 'reply:folder', 'folder']) {
      await expect(withRecord(value)).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: `The environment variable 'MILLRACE_RECORD' is '${value}'. Set it to 'record:FOLDER' to write down what models answer, to 'replay:FOLDER' to answer from there, or to nothing.`,
      })
    }
  })

  test('refuses a second package of one name', async () => {
    await inTemporaryFolder(async (dir) => {
      const source =
        "export const twin = { name: '@millrace/components', components: [], tools: [], toolsets: [], callbacks: {} }\n"
      writeFileSync(join(dir, 'twin.mjs'), source)
      const made = makeRegistry({ package: ['./twin.mjs'] }, new FakeTerminal({ cwd: dir }))
      await expect(made).rejects.toMatchObject({
        code: 'USAGE_INVALID',
        message: "--package: Package '@millrace/components' is in the registry twice.",
      })
    })
  })
})

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
        message: "The module 'broken.mjs' of --package cannot be loaded: no luck.",
        cause: expect.objectContaining({ message: 'no luck\ntoday' }),
      })
    })
  })

  test('refuses a file and a package that are not there', async () => {
    await inProject(async (dir) => {
      await expect(loadPackages(['./missing.mjs'], dir)).rejects.toMatchObject({
        code: 'USAGE_UNREADABLE',
        message: `The module './missing.mjs' of --package cannot be loaded: There is no file '${join(dir, 'missing.mjs')}'.`,
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
