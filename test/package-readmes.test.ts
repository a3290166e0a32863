// The README of a package is what people see first: its programs run and print what their comments say.
import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { transform } from 'esbuild'
import { packages, read, root } from './workspace.ts'

const run = promisify(execFile)

test.each(packages)('packages/%s has a README', (name) => {
  expect(existsSync(join(root, 'packages', name, 'README.md'))).toBe(true)
})

test.each(['core', 'drawing', 'components', 'llama-cpp'])(
  'the program in the README of %s prints what it says',
  async (name) => {
    const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(read(`packages/${name}/README.md`)) ?? []
    const promised = [...code.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, text]) => `${text}\n`)
    expect(promised).not.toEqual([])
    // Beside the built examples, whose packages it finds.
    const file = join(root, `examples/dist/readme-of-${name}.js`)
    writeFileSync(file, (await transform(code, { loader: 'ts', target: 'es2022' })).code)
    try {
      expect((await run(process.execPath, [file])).stdout).toBe(promised.join(''))
    } finally {
      rmSync(file)
    }
  },
)
