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
  test('loads native code for the first model, and not before', async () => {
    const { printed } = await runScript(`
      const native = () => process.report.getReport().sharedObjects.filter((file) => /llama/.test(file) && /node$/.test(file)).length
      const counts = [native()]
      const generator = new LlamaCppChatGenerator({ model })
      counts.push(native())
      await generator.warmUp()
      console.log(JSON.stringify([...counts, native()]))
      await generator.close()
    `)
    expect(printed).toEqual([0, 0, expect.any(Number)])
    expect((printed as number[])[2]).toBeGreaterThan(0)
  })

  test('gets no word of llama.cpp on stdout or stderr, and ends without a close', async () => {
    const { printed, stderr } = await runScript(
      `
      process.on('warning', ({ code }) => warned.push(code))
      const warned = []
      const replies = [await ask(), await ask({ nGpuLayers: -1 }), await ask({ useMmap: false })]
      console.log(JSON.stringify([replies, warned]))
    `,
      '--disable-warning=MILLRACE_GPU_UNAVAILABLE',
    )
    // On a machine with a GPU nothing is to be said.
    const warned = (printed as [unknown, readonly string[]])[1]
    expect([printed, stderr]).toEqual([[[hello, hello, hello], warned], ''])
    expect([[], ['MILLRACE_GPU_UNAVAILABLE']]).toContainEqual(warned)
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

  test("gets llama.cpp's own words when a model cannot be loaded", async () => {
    const { printed, stderr } = await runScript(`
      const error = await ask({ kvOverrides: { 'llama.embedding_length': 64 } }).catch((error) => error)
      console.log(JSON.stringify([error.code, error.message]))
    `)
    expect(printed).toEqual(['MODEL_LOAD_FAILED', expect.stringContaining('invalid n_rot: 32, expected 16')])
    expect(stderr).toBe('')
  })

  test('takes one NUMA strategy', async () => {
    const { printed } = await runScript(`
      await ask()
      const error = await ask({ numa: 'isolate' }).catch((error) => error)
      console.log(JSON.stringify([error.code, error.option, error.message]))
    `)
    expect(printed).toEqual([
      'OPTION_INVALID',
      'modelKwargs.numa',
      "Option 'modelKwargs.numa' cannot be 'isolate': llama.cpp takes one strategy for a process, and the first model was loaded with none.",
    ])
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
