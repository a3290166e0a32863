// The declarations of the packages compile where everything is checked and little is there: the language and what browsers
// have, without @types/node. Those of what is for Node.js alone need @types/node, as its README says.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from '@jest/globals'
import { root } from './workspace.ts'

const run = promisify(execFile)

const portable = `
import { ChatPromptBuilder } from '@millrace/components'
import { Pipeline, Registry, t } from '@millrace/core'
import { schemaOf } from '@millrace/core/component'
import { loadPipeline } from '@millrace/core/yaml'
import { drawPipeline } from '@millrace/drawing'

export const all = [Registry, t, schemaOf, loadPipeline, drawPipeline]
export async function close(): Promise<void> {
  await using pipeline = new Pipeline({
    prompt: new ChatPromptBuilder({ template: '{{ question }}' }),
  })
  await pipeline.run({ question: 'Why?' })
}
`

const forNode = `
import { testComponent } from '@millrace/core/testing'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { recordedEngine } from '@millrace/llama-cpp/testing'
import { pocketModel } from '@millrace/pocket-model'

export const more = [testComponent, LlamaCppChatGenerator, recordedEngine, pocketModel]
`

// Beside the packages, which the program finds there.
const cache = join(root, 'node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'typings-'))

afterAll(() => rmSync(dir, { recursive: true }))

const programs = [
  { where: 'in a page', program: portable, lib: ['es2022', 'dom'], types: [] },
  {
    where: 'in Node.js',
    program: `${portable}${forNode}`,
    lib: ['es2022'],
    types: ['node'],
  },
]
const compilers = ['typescript', 'typescript-5']

test.each(programs.flatMap((each) => compilers.map((compiler) => ({ ...each, compiler }))))(
  'they compile $where with $compiler',
  async ({ program, lib, types, compiler }) => {
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(dir, 'app.ts'), program)
    const compilerOptions = {
      ...{
        module: 'nodenext',
        target: 'es2022',
        lib,
        types,
        noEmit: true,
        strict: true,
        skipLibCheck: false,
      },
      typeRoots: [join(root, 'node_modules/@types')],
    }
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }))
    const tsc = join(root, 'node_modules', compiler, 'bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', dir, '--pretty', 'false']).catch(
      (error) => error,
    )
    expect(stdout).toBe('')
  },
)
