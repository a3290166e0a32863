// The guides in docs are true: their files load, their programs compile and print what their comments say.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { type ComponentPackage, LoadError, loadPipeline, Registry } from '@millrace/core'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { completeLimits } from '../packages/core/src/yaml/limits.ts'
import { read, root } from './workspace.ts'

const run = promisify(execFile)

interface Block {
  readonly language: string
  /** What stands behind the language. */
  readonly note: string
  readonly text: string
}

function blocksOf(page: string): Block[] {
  const found = read(page).matchAll(/^```(\w+)(?: (.*))?\n([\s\S]*?)^```$/gm)
  return [...found].map(([, language = '', note = '', text = '']) => ({ language, note, text }))
}

describe('docs/pipeline-file.md', () => {
  const registry = new Registry([standardComponents, llamaCppComponents])
  const blocks = blocksOf('docs/pipeline-file.md')
  const files = blocks.filter(({ language, note }) => language === 'yaml' && note !== 'refused')
  const readFile = (path: string) =>
    files.find(({ note }) => note !== '' && path.endsWith(`/${note}`))?.text ?? ''

  test.each(files.map(({ text }) => ({ text, start: text.split('\n', 3).join(' ') })))(
    'the file that begins with $start loads',
    ({ text }) => {
      expect(() => loadPipeline(text, { registry, readFile })).not.toThrow()
    },
  )

  test('the bad file is refused with the text that is shown', () => {
    const index = blocks.findIndex(({ note }) => note === 'refused')
    let message = ''
    try {
      loadPipeline(blocks[index]?.text ?? '', { registry, file: 'bad.yaml' })
    } catch (error) {
      if (LoadError.isInstance(error)) message = error.message
    }
    expect(`${message}\n`).toBe(blocks[index + 1]?.text)
  })

  test('the limits are those of the loader', () => {
    const { maxBytes, ...others } = completeLimits()
    const defaults = [`${maxBytes / 1024 ** 2} MiB`, ...Object.values(others).map(String)]
    const shown = [...read('docs/pipeline-file.md').matchAll(/^\| `max\w+`[^|]*\| ([\d ]+(?:MiB)?) \|$/gm)]
    expect(shown.map(([, value]) => value)).toEqual(defaults)
  })
})

test('the file in docs/tools.md loads with a package that has its tools', async () => {
  const { pipelineTools }: { pipelineTools: ComponentPackage } = await import(
    join(root, 'pipelines/tools.js')
  )
  const registry = new Registry([standardComponents, llamaCppComponents, pipelineTools])
  const [file] = blocksOf('docs/tools.md').filter(({ language }) => language === 'yaml')
  expect(loadPipeline(file?.text ?? '', { registry }).names()).toEqual(['conversation', 'llm', 'tools'])
})

/** All TypeScript of a page is one program. Every `console.log` says in a comment what it prints. */
describe.each(['docs/pipeline-file.md', 'docs/running.md', 'docs/tools.md', 'docs/recordings.md'])(
  'the program of %s',
  (page) => {
    const program = blocksOf(page)
      .filter(({ language }) => language === 'ts')
      .map(({ text }) => text)
      .join('\n')

    test('compiles and prints what its comments say', async () => {
      const cache = join(root, 'node_modules/.cache')
      mkdirSync(cache, { recursive: true })
      const dir = mkdtempSync(join(cache, 'docs-'))
      try {
        writeFileSync(join(dir, 'program.ts'), program)
        writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
        const options = { composite: false, declarationMap: false, declaration: false, noUnusedLocals: true }
        const config = {
          extends: join(root, 'tsconfig.base.json'),
          compilerOptions: options,
          files: ['program.ts'],
        }
        writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config))
        const compiled = await run(join(root, 'node_modules/.bin/tsc'), ['-p', dir]).catch((error) => error)
        expect(compiled.stdout).toBe('')
        const { stdout } = await run(process.execPath, [join(dir, 'program.js')], { cwd: root })
        const promised = [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line)
        expect(promised).toHaveLength(program.split('console.log(').length - 1)
        expect(stdout.trimEnd().split('\n')).toEqual(promised)
      } finally {
        rmSync(dir, { recursive: true })
      }
    }, 60_000)
  },
)
