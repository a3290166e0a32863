// What docs/deploying.md promises of an install for text on a CPU is counted: the packages as they are packed, all that
// they depend on, and one native binary.
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { packages, read, root } from './workspace.ts'

const run = promisify(execFile)
const binary = '@node-llama-cpp/linux-x64'
const MB = 1e6

/** The folder that Node.js finds for a name, from a folder on. */
function folderOf(name: string, from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (existsSync(found)) return realpathSync(found)
  }
  throw new RangeError(`'${name}' is not installed for '${from}'`)
}

/** The folders of all that must be installed with a package: what is optional, and a peer, must not. */
function addDependencies(folder: string, found: Set<string>): void {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const name of Object.keys(dependencies)) {
    const dependency = folderOf(name, folder)
    if (found.has(dependency)) continue
    found.add(dependency)
    addDependencies(dependency, found)
  }
}

/** What a file takes on a disk, whose blocks have 4 KiB. */
function onDisk(bytes: number): number {
  return Math.ceil(bytes / 4096) * 4096
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return files.reduce((sum, file) => sum + onDisk(statSync(join(file.parentPath, file.name)).size), 0)
}

/** How large the packages of the workspace are, once they are unpacked. */
async function packedBytes(folders: readonly string[]): Promise<number> {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', ...folders], {
    cwd: root,
  })
  const packed = JSON.parse(stdout) as { readonly files: readonly { readonly size: number }[] }[]
  expect(packed).toHaveLength(folders.length)
  return packed.flatMap(({ files }) => files).reduce((sum, { size }) => sum + onDisk(size), 0)
}

// What speaks to servers is an install of its own.
const own = packages.filter((name) => name !== 'openai').map((name) => join(root, 'packages', name))
const llamaCpp = join(root, 'packages/llama-cpp')
const isThere = existsSync(
  join(folderOf('node-llama-cpp', llamaCpp), '../@node-llama-cpp/linux-x64/package.json'),
)

describe('an install for text on a CPU', () => {
  const others = new Set<string>()
  for (const folder of own) addDependencies(folder, others)
  for (const folder of own) others.delete(folder)

  test('needs no package of the engine for images', () => {
    expect([...others].filter((folder) => folder.includes('@fugood'))).toEqual([])
  })

  const counted = isThere ? test : test.skip
  counted(`has the size that docs/deploying.md says (skipped where ${binary} is not installed)`, async () => {
    const ours = await packedBytes(own)
    const binding = folderOf('node-llama-cpp', llamaCpp)
    const theirs = [...others, folderOf(binary, binding)].map(bytesIn)
    const total = theirs.reduce((sum, bytes) => sum + bytes, ours)
    const [, promised] = /about (\d+) MB/.exec(read('docs/deploying.md')) ?? []
    expect(total / MB).toBeLessThan(Number(promised) * 1.03)
    expect(total / MB).toBeGreaterThan(Number(promised) * 0.9)
  })
})
