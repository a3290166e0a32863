// Two components on one file hold its weights once. In a process of its own, as its users run the built package, for
// only there the size of the process says something.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { writeRandomModel } from '../random-model.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const run = promisify(execFile)
const entry = join(import.meta.dirname, '../../dist/index.js')

/** How many MB the process has grown after each generator was warmed up, and when both were closed again. */
async function growth(dir: string, parameters: readonly object[]): Promise<readonly number[]> {
  const script = `
    import { LlamaCppChatGenerator } from ${JSON.stringify(`file://${entry}`)}
    const grown = []
    const generators = ${JSON.stringify(parameters)}.map((parameters) => new LlamaCppChatGenerator(parameters))
    const measure = async (work) => {
      gc()
      const before = process.memoryUsage().rss
      await work()
      gc()
      grown.push((process.memoryUsage().rss - before) / 1e6)
    }
    for (const generator of generators) await measure(() => generator.warmUp())
    await measure(() => Promise.all(generators.map((generator) => generator.close())))
    console.log(JSON.stringify(grown))
  `
  const path = join(dir, 'script.mjs')
  await writeFile(path, script)
  const { stdout } = await run(process.execPath, ['--expose-gc', path])
  return JSON.parse(stdout)
}

describe('the weights of a file', () => {
  test('are held once by two components, and by none when both are closed', async () => {
    await inTemporaryFolder(async (dir) => {
      const model = join(dir, 'model.gguf')
      const size = { layers: 12, width: 768, heads: 12, kvHeads: 4, feedForward: 2304 }
      writeRandomModel(model, { ...size, context: 256 })
      const parameters = { model, nCtx: 256, nBatch: 64, modelKwargs: { useMmap: false } }
      const [first = 0, second = 0, closed = 0] = await growth(dir, [parameters, parameters])
      // 89 MB of weights.
      expect(first).toBeGreaterThan(80)
      expect(second).toBeLessThan(20)
      expect(closed).toBeLessThan(-80)
      const apart = { ...parameters, modelKwargs: { useMmap: false, useMlock: true } }
      const [, other = 0] = await growth(dir, [parameters, apart])
      expect(other).toBeGreaterThan(80)
    })
  })
})
