import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

const packageDir = fileURLToPath(new URL('..', import.meta.url))
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
// A space and letters outside ASCII: URLs escape them, paths must not.
const work = realpathSync(mkdtempSync(join(tmpdir(), 'pocket modèle ')))
const consumer = join(work, 'consumer')
const installed = join(consumer, 'node_modules', '@millrace', 'pocket-model')

interface Packer {
  readonly name: 'npm' | 'pnpm'
  readonly command: readonly string[]
}

/** The pnpm that runs these tests, then pnpm through corepack, then npm. */
function packers(): readonly Packer[] {
  const { npm_execpath: running = '' } = process.env
  const itself = /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running]
  return [
    ...(/pnpm[^/\\]*$/.test(running) ? [{ name: 'pnpm', command: itself } as const] : []),
    { name: 'pnpm', command: ['corepack', 'pnpm'] },
    { name: 'npm', command: ['npm', '--offline', '--ignore-scripts'] },
  ]
}

function execute(command: readonly string[], cwd: string): string {
  // On Windows corepack and npm are scripts, which need a shell, and a shell needs quotes.
  const shell = process.platform === 'win32'
  const [program = '', ...parameters] = shell ? command.map((word) => `"${word}"`) : command
  const env = { ...process.env, COREPACK_ENABLE_NETWORK: '0' }
  return execFileSync(program, parameters, { cwd, env, shell, encoding: 'utf8', stdio: 'pipe' })
}

/** Packs with the first packer that works on this machine, and returns its name. */
function pack(destination: string): Packer['name'] {
  const failures: unknown[] = []
  for (const packer of packers()) {
    try {
      execute([...packer.command, 'pack', '--pack-destination', destination], packageDir)
      return packer.name
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, 'neither pnpm nor npm could pack')
}

function filesUnder(dir: string, prefix = ''): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesUnder(join(dir, entry.name), `${prefix}${entry.name}/`)
      : [prefix + entry.name],
  )
}

let packedBy: Packer['name']

beforeAll(() => {
  execFileSync(process.execPath, [compiler, '-b', packageDir], { stdio: 'pipe' })
  const packed = join(work, 'packed')
  mkdirSync(packed)
  mkdirSync(join(consumer, 'node_modules', '@millrace'), { recursive: true })
  packedBy = pack(packed)
  const [tarball = ''] = readdirSync(packed).filter((name) => name.endsWith('.tgz'))
  execute(['tar', '-xzf', tarball], packed)
  renameSync(join(packed, 'package'), installed)
}, 60_000)

afterAll(() => rmSync(work, { recursive: true, force: true }))

describe('the packed package', () => {
  test('holds both models, the code, the model card and the licence, and nothing else', () => {
    expect(filesUnder(installed).sort()).toEqual([
      'LICENSE',
      'README.md',
      'dist/index.d.ts',
      'dist/index.d.ts.map',
      'dist/index.js',
      'dist/index.js.map',
      'package.json',
      'pocket-mmproj.gguf',
      'pocket.gguf',
      'src/index.ts',
    ])
  })

  test('has the very bytes of the models in the repository', () => {
    for (const name of ['pocket.gguf', 'pocket-mmproj.gguf']) {
      expect(readFileSync(join(installed, name)).equals(readFileSync(join(packageDir, name)))).toBe(true)
    }
  })

  test('shows the world its dist and its models only', () => {
    const read = (dir: string) => JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
    const own = read(packageDir)
    // npm knows no publishConfig.exports: with it the condition for our own tests stays in, and nobody else sets it.
    expect(read(installed).exports).toEqual(packedBy === 'pnpm' ? own.publishConfig.exports : own.exports)
  })

  test('gives a program in another folder the paths of two GGUF files', () => {
    writeFileSync(
      join(consumer, 'main.mjs'),
      `import { readFileSync } from 'node:fs'
       import { createRequire } from 'node:module'
       import { pocketModel } from '@millrace/pocket-model'
       const require = createRequire(import.meta.url)
       const magic = (path) => readFileSync(path).subarray(0, 4).toString('latin1')
       console.log(JSON.stringify({
         ...pocketModel,
         magics: [magic(pocketModel.chat), magic(pocketModel.vision)],
         resolved: ['pocket.gguf', 'pocket-mmproj.gguf'].map((name) => require.resolve('@millrace/pocket-model/' + name)),
       }))`,
    )
    const chat = join(installed, 'pocket.gguf')
    const vision = join(installed, 'pocket-mmproj.gguf')
    expect(JSON.parse(execute([process.execPath, 'main.mjs'], consumer))).toEqual({
      chat,
      vision,
      magics: ['GGUF', 'GGUF'],
      resolved: [chat, vision],
    })
  })
})
