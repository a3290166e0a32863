import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { findPackageFile } from '../../src/model-file/model-npm.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

/** Installs a package with these files under `base` and returns its folder. */
function install(base: string, name: string, files: readonly string[]): string {
  const dir = join(base, 'node_modules', name)
  for (const file of files) {
    mkdirSync(join(dir, file, '..'), { recursive: true })
    writeFileSync(join(dir, file), '')
  }
  writeFileSync(
    join(dir, 'package.json'),
    JSON.stringify({ name, version: '1.0.0', exports: { '.': './index.js' } }),
  )
  return dir
}

test('finds a file that the exports of its package hide, from a folder below', async () => {
  await inTemporaryFolder(async (dir) => {
    const installed = install(dir, '@acme/models', ['big/model.gguf'])
    const below = join(dir, 'pipelines', 'chat')
    mkdirSync(below, { recursive: true })
    const wanted = { package: '@acme/models', file: 'big/model.gguf', from: [below] }
    expect(await findPackageFile(wanted)).toBe(join(installed, 'big', 'model.gguf'))
  })
})

test('takes the first base that sees the package with the file; a base may be the URL of a file', async () => {
  await inTemporaryFolder(async (dir) => {
    const [old, empty, current] = [join(dir, 'old'), join(dir, 'empty'), join(dir, 'current dir')]
    install(old, 'models', ['other.gguf'])
    mkdirSync(empty)
    const installed = install(current, 'models', ['model.gguf'])
    const from = [
      old,
      empty,
      pathToFileURL(join(current, 'main.js')),
      pathToFileURL(join(current, 'main.js')).href,
    ]
    expect(await findPackageFile({ package: 'models', file: 'model.gguf', from })).toBe(
      join(installed, 'model.gguf'),
    )
    expect(await findPackageFile({ package: 'models', file: 'model.gguf', from: from.slice(3) })).toBe(
      join(installed, 'model.gguf'),
    )
  })
})

test('finds the first part of a split model', async () => {
  await inTemporaryFolder(async (dir) => {
    const installed = install(dir, 'models', ['m-00001-of-00002.gguf', 'm-00002-of-00002.gguf'])
    expect(await findPackageFile({ package: 'models', file: 'm-00002-of-00002.gguf', from: [dir] })).toBe(
      join(installed, 'm-00001-of-00002.gguf'),
    )
  })
})

test('finds a package that names itself', async () => {
  const here = import.meta.url
  const path = await findPackageFile({ package: '@millrace/llama-cpp', file: 'package.json', from: [here] })
  expect(path).toMatch(/llama-cpp.package\.json$/)
})

test('says what to install', async () => {
  await inTemporaryFolder(async (dir) => {
    expect(
      await failureOf(findPackageFile({ package: '@acme/models', file: 'a.gguf', from: [dir] })),
    ).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message:
        "'npm:@acme/models/a.gguf' needs the package '@acme/models', which is not installed. " +
        "Run 'npm install @acme/models'.",
      model: 'npm:@acme/models/a.gguf',
    })
  })
})

test('says what the package has instead', async () => {
  await inTemporaryFolder(async (dir) => {
    const installed = install(dir, 'models', ['pocket.gguf', 'pocket-mmproj.gguf'])
    expect(
      await failureOf(findPackageFile({ package: 'models', file: 'poket.gguf', from: [dir] })),
    ).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      message: "The package 'models' has no file 'poket.gguf'. Did you mean 'pocket.gguf'?",
      path: join(installed, 'poket.gguf'),
    })
  })
})
