import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { turnsUntil } from '../../../../../test/turns-until.ts'
import { LlamaCppChatGenerator } from '../../../src/components/chat-generator.ts'
import type { ContextSpec, WeightsSpec } from '../../../src/engines/engine.ts'
import { isolatedEngine } from '../../../src/engines/isolated/isolated-engine.ts'
import { unavailable } from '../../../src/engines/llama-node/failures.ts'
import { llamaNode } from '../../../src/engines/llama-node.ts'
import { failureOf } from '../../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../../pocket.ts'
import { inTemporaryFolder } from '../../temporary-folder.ts'
import { watchEngineChildren } from '../isolated/engine-children.ts'
import { ask, contextSpec, openPocket, projector, weightsSpec } from './opened-pocket.ts'

const france = 'What is the capital of France?'
const paris = 'The capital of France is Paris.'

describe('load options', () => {
  const contexts: Partial<ContextSpec>[] = [
    { flashAttn: true },
    { typeK: 'Q8_0' },
    { typeK: 'BF16', typeV: 'F32' },
    { typeK: 'Q8_0', typeV: 'Q8_0', flashAttn: true },
    { swaFull: true },
    { nThreads: 2 },
    { nBatch: 8 },
    { nUbatch: 4 },
    { nCtx: 64, slots: 3 },
    { ropeFreqBase: 10_000, ropeFreqScale: 1 },
  ]
  test.each(contexts)('%j gives the same answer', async (spec) => {
    const context = await openPocket(spec)
    expect((await ask(context, france)).text).toBe(paris)
    await context.dispose()
  })

  const weights: Partial<WeightsSpec>[] = [{ useMmap: false }, { useMlock: true }, { nGpuLayers: -1 }]
  test.each(weights)('%j gives the same answer', async (spec) => {
    const context = await openPocket({}, spec)
    expect((await ask(context, france)).text).toBe(paris)
    await context.dispose()
  })

  test('for RoPE change the answer', async () => {
    const context = await openPocket({ ropeFreqScale: 0.2 })
    expect((await ask(context, france, { maxTokens: 20 })).text).not.toBe(paris)
    await context.dispose()
  })

  test('give each slot the whole context', async () => {
    const context = await openPocket({ nCtx: 40, slots: 2 })
    const { promptTokens, completionTokens } = await ask(context, 'Hello', {
      constraint: { kind: 'grammar', gbnf: 'root ::= "x"{500}' },
    })
    expect([context.contextSize, promptTokens + completionTokens]).toEqual([40, 40])
    await context.dispose()
  })

  test.each([
    [{}, { kvOverrides: { 'llama.context_length': 64 } }, 'modelKwargs.kvOverrides'],
    [{}, { numa: 'isolate' as const }, 'modelKwargs.numa'],
    [{ noPerf: true }, {}, 'modelKwargs.noPerf'],
    [
      { draft: { kind: 'promptLookup' as const, maxNgramSize: 2, numPredTokens: 10 } },
      {},
      'modelKwargs.draftModel',
    ],
  ])('%j %j are refused, as the other engine is needed', async (context, spec, option) => {
    const error = await failureOf(openPocket(context, spec))
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', engine: 'node-llama-cpp', option })
  })

  test('of other kinds of contexts are refused', async () => {
    const weights = await llamaNode.load(weightsSpec, {})
    const error = await failureOf(weights.openEmbedding(contextSpec, {}))
    expect(error.message).toBe(
      "Engine 'llama.node' cannot honour 'engine': it does not embed here. Engine 'node-llama-cpp' can.",
    )
    expect((await failureOf(weights.openRanking(contextSpec, {}))).code).toBe('OPTION_UNSUPPORTED')
    await weights.dispose()
  })
})

describe('loading', () => {
  test('tells of its progress, and knows the file', async () => {
    const heard: number[] = []
    const weights = await llamaNode.load(weightsSpec, {})
    expect([weights.bytes, weights.trainedContext]).toEqual([(await readFile(pocketPath)).length, 1024])
    const context = await weights.open(contextSpec, { onProgress: (fraction) => heard.push(fraction) })
    expect([heard[0], heard.at(-1)]).toEqual([0, 1])
    await context.dispose()
  })

  test('happens once, in one child, which has its own load for each component', async () => {
    const children = watchEngineChildren()
    const open = () => new LlamaCppChatGenerator({ model: pocketPath, engine: 'llama.node' })
    const generators = [open(), open()]
    await Promise.all(generators.map((generator) => generator.warmUp()))
    expect(children.length).toBe(2)
    for (const generator of generators) await generator.close()
    expect(children.every(({ signalCode }) => signalCode === 'SIGKILL')).toBe(true)
  })

  test('can be aborted, although the child hears nothing meanwhile; a later one works', async () => {
    const children = watchEngineChildren()
    const weights = await isolatedEngine('llama.node').load(weightsSpec, {})
    const controller = new AbortController()
    const opening = weights.open(contextSpec, { signal: controller.signal })
    setImmediate(() => controller.abort('enough'))
    await expect(opening).rejects.toBe('enough')
    await turnsUntil(() => children[0]?.signalCode === 'SIGKILL')
    const context = await weights.open(contextSpec, {})
    expect((await ask(context, france)).text).toBe(paris)
    expect(children.length).toBe(2)
    await context.dispose()
    await weights.dispose()
  })
})

/** As components do, with the weights closed when it fails. */
async function openInChild(spec: Partial<ContextSpec>, weights: Partial<WeightsSpec> = {}): Promise<void> {
  const loaded = await isolatedEngine('llama.node').load({ ...weightsSpec, ...weights }, {})
  try {
    await loaded.open({ ...contextSpec, ...spec }, {})
  } finally {
    await loaded.dispose()
  }
}

describe('what cannot be loaded is an error, and not the end of the process', () => {
  test('a missing file', async () => {
    const error = await failureOf(openInChild({}, { modelPath: '/nowhere/model.gguf' }))
    expect(error.code).toBe('MODEL_NOT_FOUND')
  })

  test('a file that is no GGUF, or is cut off', async () => {
    await inTemporaryFolder(async (dir) => {
      const text = join(dir, 'text.gguf')
      await writeFile(text, 'Hello')
      expect((await failureOf(openInChild({}, { modelPath: text }))).code).toBe('MODEL_NOT_GGUF')
      const cut = join(dir, 'cut.gguf')
      await writeFile(cut, (await readFile(pocketPath)).subarray(0, 900_000))
      expect((await failureOf(openInChild({}, { modelPath: cut }))).code).toBe('MODEL_TRUNCATED')
    })
  })

  test('an architecture that llama.cpp does not know', async () => {
    await inTemporaryFolder(async (dir) => {
      const bytes = await readFile(pocketPath)
      bytes.write('lhama', bytes.indexOf('llama', bytes.indexOf('general.architecture')))
      const modelPath = join(dir, 'lhama.gguf')
      await writeFile(modelPath, bytes)
      const error = await failureOf(openInChild({ nCtx: 64 }, { modelPath }))
      expect(error).toMatchObject({ code: 'MODEL_UNSUPPORTED', path: modelPath, engine: 'llama.node' })
      expect(error.message).toBe(
        `llama.cpp in engine 'llama.node' does not know the architecture 'lhama' of '${modelPath}'. A newer version of the engine may.`,
      )
      expect((await failureOf(openInChild({}, { modelPath }))).message).toBe(
        `'${modelPath}' does not say what context it was trained with. Set 'nCtx'.`,
      )
    })
  })

  test('an adapter that is none', async () => {
    const error = await failureOf(openInChild({ lora: { path: pocketPath, scale: 1 } }))
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', path: pocketPath })
    expect(error.message).toMatch(/^llama\.cpp could not load '.*pocket\.gguf': .*(lora|adapter)/i)
  })

  test('an mmproj that is none', async () => {
    const error = await failureOf(openInChild({ projector: { ...projector, path: pocketPath } }))
    expect(error).toMatchObject({ code: 'MODEL_LOAD_FAILED', path: pocketPath, engine: 'llama.node' })
    expect(error.message).toMatch(/^llama\.cpp could not load '.*pocket\.gguf': \S/)
  })

  test('a context that needs more memory than there is', async () => {
    const error = await failureOf(openInChild({ nCtx: 16_000_000 }))
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', engine: 'llama.node' })
    expect(error.message).toMatch(
      /^There is not enough memory for '.*' with a context of 16000000 tokens for 1 slot: .*\. Lower nCtx or slots, or use a smaller model\.$/s,
    )
  })

  test('a model for which the projector is asked as a model', async () => {
    const error = await failureOf(openInChild({ nCtx: 64 }, { modelPath: pocketVisionPath }))
    expect(['MODEL_UNSUPPORTED', 'MODEL_LOAD_FAILED']).toContain(error.code)
  })
})

test('a binding that is not installed is an error that says what to install', async () => {
  const manifest = await readFile(join(import.meta.dirname, '../../../package.json'), 'utf8')
  const { peerDependencies } = JSON.parse(manifest)
  const error = unavailable(new Error("Cannot find module '@fugood/llama.node'\nRequire stack: ..."))
  expect(error).toMatchObject({ code: 'ENGINE_UNAVAILABLE', engine: 'llama.node' })
  expect(error.message).toBe(
    `Engine 'llama.node' cannot start on ${process.platform}-${process.arch}: Cannot find module '@fugood/llama.node'. It is in a package of its own, with its native binary in an optional dependency of that: npm install @fugood/llama.node@${peerDependencies['@fugood/llama.node']}`,
  )
})

test('importing the engine loads no native code', async () => {
  const engine = join(import.meta.dirname, '../../../dist/engines/llama-node.js')
  const script = `import(${JSON.stringify(`file://${engine}`)}).then(() => console.log(JSON.stringify(process.report.getReport().sharedObjects)))`
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script])
  const loaded = JSON.parse(stdout) as string[]
  expect(loaded.filter((path) => path.endsWith('.node'))).toEqual([])
})
