// The server in README.md, run as a program of the built packages.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { McpToolset } from '../src/index.ts'
import { call } from './servers.ts'

test('the server that README.md shows greets, and ends when its client leaves', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const [, program = ''] = /^```js\n([\s\S]*?)^```$/m.exec(readme) ?? []
  // Beside the packages, which the program finds there.
  const folder = mkdtempSync(join(import.meta.dirname, '../node_modules/readme-'))
  try {
    const file = join(folder, 'server.mjs')
    writeFileSync(file, program)
    // Pipelines as tools, used by a pipeline.
    const set = new McpToolset({ command: process.execPath, args: [file] })
    await set.warmUp()
    expect(set.tools.map(({ name, description }) => [name, description])).toEqual([
      ['millrace_greet', 'Greets a person.'],
    ])
    expect(await call(set, 'millrace_greet', { name: 'Ann' })).toBe('Hello Ann!')
    await set.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})
