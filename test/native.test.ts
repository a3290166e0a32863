// Native code is loaded by the first request for a model, never by an import.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { packages, root } from './workspace.ts'

const run = promisify(execFile)

test.each(packages)('importing packages/%s loads no native code and leaves nothing running', async (name) => {
  const entry = join(root, 'packages', name, 'dist/index.js')
  const script = `
    const before = new Set(process.report.getReport().sharedObjects)
    await import(${JSON.stringify(`file://${entry}`)})
    const loaded = process.report.getReport().sharedObjects.filter((file) => !before.has(file))
    console.log(JSON.stringify(loaded))
  `
  // That the process ends at all shows that nothing was left running.
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script])
  expect(JSON.parse(stdout)).toEqual([])
})
