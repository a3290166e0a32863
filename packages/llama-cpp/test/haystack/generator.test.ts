// Haystack's checklist for LlamaCppGenerator, 8.8. A test a line; the names are ours. Its warning that the component is
// deprecated is not carried over: a completion, with infill, echo and the log probabilities of a prompt, is what the
// chat generator cannot do.
import { describe, expect, test } from '@jest/globals'
import { Pipeline, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { LlamaCppGenerator } from '../../src/components/generator.ts'
import { llamaCppComponents } from '../../src/llama-cpp-components.ts'
import { complete } from '../completing.ts'
import { pocketPath } from '../pocket.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { collectWarnings } from '../warnings.ts'

describe('8.8 LlamaCppGenerator', () => {
  test('the rules for parameters are those of the chat generator: defaults, custom values, modelKwargs win', async () => {
    const opened = async (parameters: object) => {
      const engine = new ScriptedEngine('Hello!')
      const generator = new LlamaCppGenerator({ model: pocketPath, ...parameters }, engine)
      await complete(generator, 'Hi')
      await generator.close()
      return { ...engine.opened[0], modelPath: engine.loads[0]?.modelPath }
    }
    expect(await opened({})).toMatchObject({ nCtx: 0, nBatch: 512, modelPath: pocketPath })
    expect(await opened({ nCtx: 8192, nBatch: 1024 })).toMatchObject({ nCtx: 8192, nBatch: 1024 })
    const modelKwargs = { modelPath: pocketPath, nCtx: 4096, nBatch: 256 }
    expect(await opened({ model: 'other.gguf', nCtx: 8192, modelKwargs })).toMatchObject(modelKwargs)
  })

  test('it is written to YAML as it was made, before and after it was loaded', async () => {
    const file = `components:
  llm:
    type: LlamaCppGenerator
    initParameters:
      model: ${JSON.stringify(pocketPath)}
      nCtx: 128
      generationKwargs: { temperature: 0, maxTokens: 4 }
`
    const pipeline = loadPipeline(file, { registry: new Registry([llamaCppComponents]) })
    const before = dumpPipeline(pipeline)
    await pipeline.warmUp()
    expect(dumpPipeline(pipeline)).toEqual(before)
    expect(before).toContain('nCtx: 128')
    await pipeline.close()
  })

  test('run gives one reply as text, and the meta of it; options of the run win', async () => {
    const engine = new ScriptedEngine('Paris')
    const generator = new LlamaCppGenerator({ model: pocketPath, generationKwargs: { maxTokens: 1 } }, engine)
    const outputs = await generator.run({
      prompt: 'The capital of France is',
      generationKwargs: { maxTokens: 9 },
    })
    expect(outputs).toMatchObject({ replies: ['Paris'], meta: [{ finishReason: 'stop' }] })
    expect(engine.completions[0]?.maxTokens).toBe(9)
  })

  test('an empty prompt has no replies, and nothing is loaded for it (here with meta and a warning, which is empty too)', async () => {
    const engine = new ScriptedEngine()
    const generator = new LlamaCppGenerator({ model: pocketPath }, engine)
    const said = await collectWarnings(async () =>
      expect(await generator.run({ prompt: '' })).toEqual({ replies: [], meta: [] }),
    )
    expect(said).toEqual([
      {
        code: 'MILLRACE_PROMPT_EMPTY',
        message: "There is no reply to no prompt: 'prompt' is an empty text. Look at what gives it.",
      },
    ])
    expect(engine.loads).toEqual([])
  })

  test('live, with a context of 128 tokens, in a pipeline: the text goes on', async () => {
    const pipeline = new Pipeline().add(
      'llm',
      new LlamaCppGenerator({ model: pocketPath, nCtx: 128, generationKwargs: { temperature: 0 } }),
    )
    const { outputs } = await pipeline.run({ llm: { prompt: 'Once upon a time there was' } })
    expect(outputs).toMatchObject({
      llm: { replies: [' a dentist named Zoe who lived in Mumbai. Zoe was very sad and had'] },
    })
    await pipeline.close()
  })
})
