// Native code is loaded by the first request for a model, never by an import.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { packages, root } from './workspace.ts'

const run = promisify(execFile)

test('importing the packages loads no native code and leaves nothing running', async () => {
  const script = `
    const loaded = new Set(process.report.getReport().sharedObjects)
    const native = {}
    for (const name of ${JSON.stringify(packages)}) {
      await import(${JSON.stringify(`file://${root}/packages/`)} + name + '/dist/index.js')
      native[name] = process.report.getReport().sharedObjects.filter((file) => !loaded.has(file))
    }
    console.log(JSON.stringify(native))
  `
  // That the process ends at all shows that nothing was left running.
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script])
  expect(JSON.parse(stdout)).toEqual(Object.fromEntries(packages.map((name) => [name, []])))
})
