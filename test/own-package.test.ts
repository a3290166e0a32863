// examples/packages/acme-summaries as those have it who install it: packed, with ours, in a folder that sees nothing of this
// workspace. It runs from YAML and from TypeScript, and its own tests run there.
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { packages, read, root } from './workspace.ts'

const run = promisify(execFile)
const acme = join(root, 'examples/packages/acme-summaries')

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'own-package-')))
const installed = join(dir, 'node_modules')
const tsc = join(installed, 'typescript/bin/tsc')

/** The pnpm that runs these tests, or that of corepack. */
function pnpm(args: readonly string[]) {
  const { npm_execpath: running = '' } = process.env
  const isPnpm = /pnpm[^/\\]*\.c?js$/.test(running)
  const [program, first] = isPnpm ? [process.execPath, running] : ['corepack', 'pnpm']
  return run(program, [first, ...args], { cwd: root, shell: !isPnpm && process.platform === 'win32' })
}

/** Puts a link where npm would put the package. */
function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(realpathSync(target), path, 'junction')
}

/** Unpacks a package, and gives it what its manifest asks for, and nothing else. */
async function install(tarball: string): Promise<void> {
  const unpacked = mkdtempSync(join(dir, 'unpacked-'))
  await run('tar', ['-xzf', tarball, '-C', unpacked])
  const manifest = readFileSync(join(unpacked, 'package/package.json'), 'utf8')
  const { name, dependencies = {} } = JSON.parse(manifest) as {
    readonly name: string
    readonly dependencies?: Readonly<Record<string, string>>
  }
  const folder = join(installed, name)
  cpSync(join(unpacked, 'package'), folder, { recursive: true })
  const source = name === 'millrace' ? 'cli' : name.replace('@millrace/', '')
  for (const [dependency, version] of Object.entries(dependencies)) {
    expect(version).not.toContain('workspace')
    if (dependency.startsWith('@millrace/')) continue
    link(join(root, 'packages', source, 'node_modules', dependency), join(folder, 'node_modules', dependency))
  }
}

function millrace(...args: readonly string[]) {
  return run(process.execPath, [join(installed, 'millrace/bin/millrace.js'), ...args], { cwd: dir })
}

beforeAll(async () => {
  const filters = [...packages.map((name) => `./packages/${name}`), 'acme-summaries']
  await pnpm([
    ...['-r', ...filters.flatMap((filter) => ['--filter', filter])],
    ...['--config.ignore-scripts=true', 'pack', '--pack-destination', dir],
  ])
  const tarballs = readdirSync(dir).filter((file) => file.endsWith('.tgz'))
  expect(tarballs).toHaveLength(filters.length)
  for (const tarball of tarballs) await install(join(dir, tarball))
  for (const name of ['typescript', '@types/node'])
    link(join(acme, 'node_modules', name), join(installed, name))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(dir, { recursive: true }))

test('its pipeline runs from YAML, with a model of this machine', async () => {
  writeFileSync(join(dir, 'review.txt'), 'The movie was awful.')
  const file = join(installed, 'acme-summaries/pipelines/summarize.yaml')
  writeFileSync(
    join(dir, 'review.yaml'),
    readFileSync(file, 'utf8')
      .replace('glossary: glossary', 'instruction: Is this review positive or negative?')
      .replace(/^resources:\n.*\n/m, ''),
  )
  const args = ['--package', 'acme-summaries', '--set', 'text=@review.txt', '--json']
  const { stdout } = await millrace('run', 'review.yaml', ...args)
  expect(JSON.parse(stdout)).toMatchObject({
    outputs: { report: { report: '## Summary\n\nnegative\n' }, summarizer: { summaries: ['negative'] } },
  })
  const shipped = await millrace('validate', file, '--package', 'acme-summaries')
  expect(shipped.stdout).toContain('ok')
})

test('files may name its tool', async () => {
  const called = `{ toolCalls: [{ name: measure_text, arguments: { text: To be or not to be } }] }`
  writeFileSync(
    join(dir, 'tool.yaml'),
    `components:
  llm: { type: ScriptedChatGenerator, initParameters: { replies: [${called}] } }
  tools: { type: ToolInvoker, initParameters: { tools: [measure_text] } }
connections:
  - { sender: llm.replies, receiver: tools.messages }
`,
  )
  const { stdout } = await millrace('run', 'tool.yaml', 'How long?', '--package', 'acme-summaries', '--json')
  const [{ content }] = JSON.parse(stdout).outputs.tools.toolMessages
  expect(JSON.parse(content[0].result)).toEqual({ words: 6, minutes: 1 })
})

test('a text that is too long pauses the run, and resume goes on with the answer', async () => {
  writeFileSync(join(dir, 'long.txt'), `${'The movie was awful. '.repeat(4)}\n\n`.repeat(3))
  writeFileSync(
    join(dir, 'long.yaml'),
    'components: { splitter: { type: TextSplitter, initParameters: { maxCharacters: 100, maxParts: 2 } } }',
  )
  const paused = await millrace(
    ...['run', 'long.yaml', '--package', 'acme-summaries', '--set', 'text=@long.txt'],
    ...['--snapshot', 'long.json'],
  )
  expect(paused.stderr).toContain('The text has 3 parts')
  const { stdout } = await millrace(
    ...['resume', 'long.yaml', 'long.json', '--package', 'acme-summaries'],
    ...['--answer', 'splitter.length=first', '--json'],
  )
  expect(JSON.parse(stdout).outputs.splitter.parts).toHaveLength(2)
})

const program = `
import { Glossary, measureText, SummaryReport, TextSplitter, TextSummarizer } from 'acme-summaries'
import { ToolInvoker } from '@millrace/components'
import { Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const generator = new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } })
const summarizer = new TextSummarizer({
  generator,
  instruction: 'Is this review positive or negative?',
  glossary: new Glossary({ path: 'terms.txt' }),
})
const report = new SummaryReport({ sections: { movie: 'The movie', other: 'Other' } })
const pipeline = new Pipeline({ splitter: new TextSplitter(), summarizer, report })
  .connect('splitter.parts', 'summarizer.parts')
  .connect('summarizer.summary', 'report.movie')
export function refused() {
  // @ts-expect-error the report has no such section
  pipeline.connect('summarizer.summary', 'report.hotel')
  // @ts-expect-error the generator is missing
  new TextSummarizer()
  // @ts-expect-error a splitter answers no conversation
  new TextSummarizer({ generator: new TextSplitter() })
  return new ToolInvoker({ tools: [measureText] })
}
const result = await pipeline.run({ splitter: { text: 'The movie was awful.' }, report: { other: 'None.' } })
const text: string = result.get('report.report')
console.log(text)
await pipeline.close()
`

test('programs in TypeScript know its sockets, and run', async () => {
  writeFileSync(join(dir, 'terms.txt'), 'Lindau\n')
  writeFileSync(join(dir, 'program.ts'), program)
  const readme = readFileSync(join(installed, 'acme-summaries/README.md'), 'utf8')
  const [, shown = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? []
  expect(shown).not.toBe('')
  writeFileSync(join(dir, 'readme.ts'), shown)
  const { compilerOptions } = JSON.parse(readFileSync(join(acme, 'tsconfig.json'), 'utf8'))
  const { rootDir: _, outDir: __, ...strict } = compilerOptions
  const config = { compilerOptions: { ...strict, skipLibCheck: false }, files: ['program.ts', 'readme.ts'] }
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
  const compiled = await run(process.execPath, [tsc, '-p', dir, '--pretty', 'false']).catch((error) => error)
  expect(compiled.stdout).toBe('')
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: dir })
  expect(stdout).toBe('## The movie\n\nnegative\n\n## Other\n\nNone.\n\n')
})

test('it is built there, and its own tests pass', async () => {
  const checkout = join(dir, 'checkout')
  for (const part of ['src', 'test', 'tsconfig.json']) {
    cpSync(join(acme, part), join(checkout, part), { recursive: true })
  }
  cpSync(join(installed, 'acme-summaries/package.json'), join(checkout, 'package.json'))
  await run(process.execPath, [tsc, '-p', '.'], { cwd: checkout })
  const { NODE_OPTIONS: _, ...env } = process.env
  const tested = run(process.execPath, ['--test', '--test-reporter=tap'], { cwd: checkout, env })
  const { stdout } = await tested.catch((error) => error)
  expect(stdout).toMatch(/^# fail 0$/m)
  expect(stdout).toMatch(/^# pass [1-9]\d+$/m)
})

describe('docs/own-components.md', () => {
  const blockOf = (language: string) =>
    new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(read('docs/own-components.md'))?.[1] ??
    ''

  test('shows one of its tests', () => {
    expect(blockOf('js')).not.toBe('')
    expect(readFileSync(join(acme, 'test/summaries.test.js'), 'utf8')).toContain(blockOf('js'))
  })

  test('shows its manifest', () => {
    const shown = JSON.parse(blockOf('json'))
    const manifest = readFileSync(join(installed, 'acme-summaries/package.json'), 'utf8')
    expect(JSON.parse(manifest)).toMatchObject(shown)
  })
})
