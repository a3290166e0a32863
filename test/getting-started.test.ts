// The files and commands of docs/getting-started.md work in a folder of the user's, and the picture of docs/concepts.md is the real one.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { read, root } from './workspace.ts'

const run = promisify(execFile)

async function millrace(cwd: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [join(root, 'packages/cli/dist/main.js'), ...args], { cwd })
  return stdout
}

describe('docs/getting-started.md', () => {
  const page = read('docs/getting-started.md')
  const files = [...page.matchAll(/^```\w+\n(?:#|\/\/) (\S+\.(?:yaml|js))\n([\s\S]*?)^```$/gm)]
  // But those that need another model.
  const commands = [...page.matchAll(/^npx millrace ((?:validate|run) .*)$/gm)]
    .map(([, line = '']) => line)
    .filter((line) => !line.includes('--model') && !line.includes('~/models'))

  test('shows files and commands that work on them', async () => {
    expect(files.map(([, name]) => name)).toEqual(['question.yaml', 'tools.js', 'tool-loop.yaml'])
    const cache = join(root, 'node_modules/.cache')
    mkdirSync(cache, { recursive: true })
    const folder = mkdtempSync(join(cache, 'getting-started-'))
    try {
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
      for (const [, name = '', text = ''] of files) writeFileSync(join(folder, name), text)
      const outputs: string[] = []
      for (const command of commands) {
        const words = command.match(/'[^']*'|\S+/g) ?? []
        outputs.push(await millrace(folder, ...words.map((word) => word.replace(/^'|'$/g, ''))))
      }
      expect(outputs).toEqual([
        'The capital of France is Paris.\n',
        expect.stringContaining('question.yaml: ok'),
        'The capital of France is Paris.\n',
        expect.stringMatching(/The result is 579\.\n$/),
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  }, 60_000)
})

test('docs/concepts.svg is the drawing of pipelines/capital.yaml', async () => {
  const drawn = await millrace(root, 'draw', 'pipelines/capital.yaml', '--format', 'svg')
  if (process.env['UPDATE_DOCS']) writeFileSync(join(root, 'docs/concepts.svg'), drawn)
  expect(read('docs/concepts.svg')).toBe(drawn)
})
