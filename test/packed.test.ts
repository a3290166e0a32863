// A README stands on npm, and in node_modules, without the repository around it.
import { execFile } from 'node:child_process'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from '@jest/globals'
import { packages, read, root } from './workspace.ts'

const run = promisify(execFile)

/** The files of each package as it is packed, by its name in `packages`. */
const packed = new Map<string, readonly string[]>()

beforeAll(async () => {
  const folders = packages.map((name) => join(root, 'packages', name))
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', ...folders], { cwd: root })
  const all = JSON.parse(stdout) as {
    readonly name: string
    readonly files: readonly { readonly path: string }[]
  }[]
  for (const { name, files } of all) {
    const folder = name === 'millrace' ? 'cli' : name.replace('@millrace/', '')
    packed.set(
      folder,
      files.map(({ path }) => path),
    )
  }
})

test.each(packages)('every relative link in the README of %s leads to a file of its package', (name) => {
  const links = [...read(`packages/${name}/README.md`).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(
    ([, link = '']) => link,
  )
  const dead = links.filter((link) => !packed.get(name)?.includes(posix.normalize(link)))
  expect(dead).toEqual([])
})

test.each(packages)('the pages that the README of %s names are in the package millrace', (name) => {
  const pages = [...read(`packages/${name}/README.md`).matchAll(/`(docs\/[\w-]+\.md)`/g)].map(
    ([, page = '']) => page,
  )
  expect(pages.filter((page) => !packed.get('cli')?.includes(page))).toEqual([])
})

test.each(packages)('the manifest of %s says what it is', (name) => {
  const { description, keywords, license, engines } = JSON.parse(read(`packages/${name}/package.json`))
  expect(description).toMatch(/\.$/)
  expect(keywords).toContain('millrace')
  expect([license, engines]).toEqual(['MIT', { node: '>=20.19' }])
})
