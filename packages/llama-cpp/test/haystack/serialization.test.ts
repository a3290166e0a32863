// Haystack's checklist for LlamaCppChatGenerator, 8.2: serialization. A test a line; what was a dictionary is YAML.
import { describe, expect, test } from '@jest/globals'
import { componentPackage, Pipeline, Registry, t, tool, toolset } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { llamaCppComponents } from '../../src/llama-cpp-components.ts'

const add = tool({
  name: 'add',
  description: 'Adds.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const sums = toolset({ name: 'sums', tools: [add] })
const print = () => {}
const registry = new Registry([
  llamaCppComponents,
  componentPackage({ name: 'mine', components: [], tools: [add], toolsets: [sums], callbacks: { print } }),
])

const reloaded = (text: string) =>
  loadPipeline(text, { registry }).get('llm' as never) as LlamaCppChatGenerator

describe('8.2 serialization', () => {
  test('a component is its type and exactly the parameters it was given; model stays, though modelKwargs override it', () => {
    const pipeline = new Pipeline({
      llm: new LlamaCppChatGenerator({
        model: 'test_model.gguf',
        nCtx: 8192,
        modelKwargs: { modelPath: 'other.gguf', nBatch: 64 },
        generationKwargs: { maxTokens: 128 },
        streamingCallback: print,
        tools: [add],
      }),
    })
    const text = dumpPipeline(pipeline, { registry })
    expect(text).toMatchInlineSnapshot(`
"components:
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: test_model.gguf
      nCtx: 8192
      modelKwargs:
        modelPath: other.gguf
        nBatch: 64
      generationKwargs:
        maxTokens: 128
      streamingCallback: print
      tools:
        - add
"
`)
    expect(reloaded(text).initParameters).toEqual(
      (pipeline.get('llm') as LlamaCppChatGenerator).initParameters,
    )
  })

  test('the parameters for images are kept', () => {
    const parameters = {
      model: 'a.gguf',
      chatHandlerName: 'Llava15ChatHandler',
      modelClipPath: 'mmproj.gguf',
    } as const
    const text = dumpPipeline(new Pipeline({ llm: new LlamaCppChatGenerator(parameters) }), { registry })
    expect(reloaded(text).initParameters).toEqual(parameters)
  })

  test('a toolset comes back as the toolset; without the parameters for images it loads too', () => {
    const pipeline = new Pipeline({ llm: new LlamaCppChatGenerator({ model: 'a.gguf', tools: [sums] }) })
    const { initParameters } = reloaded(dumpPipeline(pipeline, { registry }))
    expect(initParameters.tools?.[0]).toBe(sums)
    expect(initParameters).not.toHaveProperty('modelClipPath')
  })
})
