import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PromptBuilder } from '@millrace/components'
import { Registry } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { LlamaCppChatGenerator, llamaCppComponents } from '@millrace/llama-cpp'
import { OpenAIChatGenerator } from '@millrace/openai'
import { parseModelChoice } from '../../src/arguments/model-choice.ts'
import { modelOverrides } from '../../src/commands/model-overrides.ts'
import { failureOf } from '../failure-of.ts'

const cwd = join('/', 'work')

/** What `--model` changes in a file with a prompt and chat generators of these names. */
function overridesFor(names: readonly string[], ...written: readonly string[]) {
  const overrides = modelOverrides(written.map(parseModelChoice), cwd)
  const models = names.map((name) => ({ name, class: LlamaCppChatGenerator }))
  return typeof overrides === 'function'
    ? overrides([...models, { name: 'prompt', class: PromptBuilder }])
    : overrides
}

describe('--model', () => {
  test('goes to the only component that has one, and takes away the modelPath that would win', () => {
    expect(overridesFor(['llm'], 'new.gguf')).toEqual({
      'llm.model': join(cwd, 'new.gguf'),
      'llm.modelKwargs.modelPath': undefined,
    })
  })

  test('goes to each component that is named, also in a pipeline in the pipeline', () => {
    expect(overridesFor(['one', 'two', 'sub.deep.llm'], 'one=/a.gguf', 'sub.deep.llm=npm:b/c.gguf')).toEqual({
      'one.model': '/a.gguf',
      'one.modelKwargs.modelPath': undefined,
      'sub.deep.llm.model': 'npm:b/c.gguf',
      'sub.deep.llm.modelKwargs.modelPath': undefined,
    })
  })

  test('leaves the name as it is that a model has on a server', () => {
    const overrides = modelOverrides([parseModelChoice('llm=qwen3:4b')], cwd)
    const components = [{ name: 'llm', class: OpenAIChatGenerator }]
    expect(typeof overrides === 'function' ? overrides(components) : overrides).toEqual({
      'llm.model': 'qwen3:4b',
    })
  })

  test.each([
    ['{ nCtx: 256 }', { nCtx: 256 }],
    ['{ model: a.gguf, modelKwargs: { modelPath: b.gguf, nCtx: 64 } }', { modelKwargs: { nCtx: 64 } }],
  ])('loads a file with %s, which need not name a model', (parameters, others) => {
    const pipeline = loadPipeline(
      `components: { llm: { type: LlamaCppChatGenerator, initParameters: ${parameters} } }`,
      {
        registry: new Registry([llamaCppComponents]),
        overrides: modelOverrides([parseModelChoice('new.gguf')], cwd),
      },
    )
    expect(pipeline.get('llm').initParameters).toEqual({ model: join(cwd, 'new.gguf'), ...others })
  })

  test('without a choice nothing is overridden', () => {
    expect(overridesFor(['llm'])).toEqual({})
  })

  test.each([
    [
      ['llm'],
      ['lm=a.gguf'],
      "--model: 'lm' is not a component with a model. Components with a model: 'llm'. Did you mean 'llm'?",
    ],
    [
      ['llm'],
      ['prompt=a.gguf'],
      "--model: 'prompt' is not a component with a model. Components with a model: 'llm'.",
    ],
    [['llm'], ['a.gguf', 'llm=b.gguf'], "--model gives 'llm' two models. Give one."],
    [
      ['one', 'two'],
      ['a.gguf'],
      "--model must say for which component: 'one' and 'two' have one. Write --model one=a.gguf.",
    ],
    [[], ['a.gguf'], '--model is of no use here: no component of the pipeline has a model.'],
  ])('in a file with %j, %j is refused', async (names, written, message) => {
    expect(await failureOf(() => overridesFor(names, ...written))).toBe(`USAGE_INVALID: ${message}`)
  })
})
