// What only a process of its own shows: what is loaded when, what is written where, and that it comes to an end. It
// runs the built package, as its users do.
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { pocketPath } from '../../pocket.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'

const run = promisify(execFile)
const entry = join(import.meta.dirname, '../../../dist/index.js')
const engine = join(import.meta.dirname, '../../../dist/engines/node-llama-cpp.js')

/** What a script prints; it has the package and a way to ask a model once. */
async function runScript(
  script: string,
  ...nodeOptions: string[]
): Promise<{ readonly printed: unknown; readonly stderr: string }> {
  const source = `
    import { setTimeout } from 'node:timers/promises'
    import { LlamaCppChatGenerator } from ${JSON.stringify(`file://${entry}`)}
    import { nodeLlamaCpp } from ${JSON.stringify(`file://${engine}`)}
    const model = ${JSON.stringify(pocketPath)}
    async function ask(modelKwargs = {}) {
      const generator = new LlamaCppChatGenerator({ model, modelKwargs, generationKwargs: { temperature: 0 } })
      const { replies } = await generator.run({ messages: 'Hello' })
      return replies[0].content[0].text
    }
    ${script}
  `
  let output = { stdout: '', stderr: '' }
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'script.mjs')
    await writeFile(path, source)
    output = await run(process.execPath, [...nodeOptions, path])
  })
  return { printed: JSON.parse(output.stdout), stderr: output.stderr }
}

const hello = 'Hello! How can I help you?'

describe('a process', () => {
  test('loads native code for the first model, gets no word of llama.cpp, and ends without a close', async () => {
    const { printed, stderr } = await runScript(
      `
      const native = () => process.report.getReport().sharedObjects.filter((file) => /llama/.test(file) && /node$/.test(file)).length
      const warned = []
      process.on('warning', ({ code }) => warned.push(code))
      const counts = [native()]
      const generator = new LlamaCppChatGenerator({ model, modelKwargs: { nGpuLayers: -1 } })
      await generator.check()
      await new LlamaCppChatGenerator({ model, engine: 'llama.node' }).check()
      counts.push(native())
      await generator.warmUp()
      counts.push(native())
      const replies = [await ask(), await ask({ nGpuLayers: -1 }), await ask({ useMmap: false })]
      const failure = await ask({ kvOverrides: { 'llama.embedding_length': 64 } }).catch((error) => error)
      const numa = await ask({ numa: 'isolate' }).catch((error) => error)
      console.log(JSON.stringify({
        counts, replies, warned,
        failure: [failure.code, failure.message],
        numa: [numa.code, numa.option, numa.message],
      }))
    `,
      '--disable-warning=MILLRACE_GPU_UNAVAILABLE',
    )
    const { counts, replies, warned, failure, numa } = printed as Record<string, readonly unknown[]>
    expect([stderr, replies]).toEqual(['', [hello, hello, hello]])
    expect(counts).toEqual([0, 0, expect.any(Number)])
    expect(counts?.[2]).toBeGreaterThan(0)
    // On a machine with a GPU there is nothing to warn of.
    expect(['', 'MILLRACE_GPU_UNAVAILABLE']).toContain([...new Set(warned)].join())
    // The words of llama.cpp are in the error instead.
    expect(failure).toEqual(['MODEL_LOAD_FAILED', expect.stringContaining('invalid n_rot: 32, expected 16')])
    expect(numa).toEqual([
      'OPTION_INVALID',
      'modelKwargs.numa',
      "Option 'modelKwargs.numa' cannot be 'isolate': llama.cpp takes one strategy for a process, and the first model was loaded with none.",
    ])
  })

  // Values that the binding does not take for a boolean.
  test.each(['', 'woodpecker'])('starts with CI=%j, and leaves it as it is', async (CI) => {
    const { printed } = await runScript(`
      process.env.CI = '${CI}'
      console.log(JSON.stringify([await ask(), process.env.CI]))
    `)
    expect(printed).toEqual([hello, CI])
  })

  test('gets the log on stderr where it asks for it', async () => {
    const { printed, stderr } = await runScript('console.log(JSON.stringify(await ask({ verbose: true })))')
    expect(printed).toBe(hello)
    expect(stderr).toMatch(/^llama\.cpp info: llama_model_loader: loaded meta data/m)
  })

  test('that sets a NUMA strategy first keeps it for models that name none', async () => {
    const { printed } = await runScript(`
      console.log(JSON.stringify([await ask({ numa: 1 }), await ask(), await ask({ numa: 'distribute' })]))
    `)
    expect(printed).toEqual([hello, hello, hello])
  })

  // The binding counts such a context as a user of the model, and waits for it once it is collected as garbage.
  test('can free a model of which no context could be made, or none in time', async () => {
    const { printed } = await runScript(
      `
      const weights = { modelPath: model, nGpuLayers: 0, useMmap: true, useMlock: false, kvOverrides: {}, numa: false, verbose: false }
      const context = { nCtx: 512, nBatch: 512, slots: 1, nThreads: 1, flashAttn: false }
      const outcomes = []
      for (const kind of ['failed', 'aborted']) {
        const loaded = await nodeLlamaCpp.load(weights, {})
        const controller = new AbortController()
        const opening = loaded.open(kind === 'failed' ? { ...context, typeV: 'Q8_0' } : context, { signal: controller.signal })
        if (kind === 'aborted') controller.abort('too late')
        outcomes.push(await opening.catch((error) => error.code ?? error))
        for (let round = 0; round < 5; round++) {
          await setTimeout(5)
          gc()
        }
        outcomes.push(await Promise.race([loaded.dispose().then(() => 'freed'), setTimeout(3000, 'held')]))
      }
      console.log(JSON.stringify(outcomes))
      `,
      '--expose-gc',
    )
    expect(printed).toEqual(['MODEL_LOAD_FAILED', 'freed', 'too late', 'freed'])
  })
})
