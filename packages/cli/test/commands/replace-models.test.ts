import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { PromptBuilder } from '@millrace/components'
import { Pipeline, type PipelineComponent } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { parseModelChoice } from '../../src/arguments/model-choice.ts'
import { replaceModels } from '../../src/commands/replace-models.ts'

import { failureOf } from '../failure-of.ts'

const cwd = join('/', 'work')

function sample(...names: readonly string[]): Pipeline {
  const llms = Object.fromEntries(
    names.map((name) => [name, new LlamaCppChatGenerator({ model: 'old.gguf', nCtx: 256 })]),
  )
  const prompt = new PromptBuilder({ template: '{{ text }}' })
  const pipeline: Pipeline = new Pipeline(
    { ...llms, prompt },
    {
      baseDir: '/files',
      maxRunsPerComponent: 7,
      inputs: { text: ['prompt.text'] },
      policies: { prompt: { timeoutMs: 5 } },
    },
  )
  for (const name of names) pipeline.connect('prompt.prompt', `${name}.messages`)
  return pipeline
}

const replaced = (pipeline: Pipeline, ...written: readonly string[]) =>
  replaceModels(pipeline, written.map(parseModelChoice), cwd)

const modelsOf = (pipeline: Pipeline) =>
  pipeline
    .names()
    .filter((name) => name !== 'prompt')
    .map((name) => (pipeline.get(name).initParameters as { model: string }).model)

describe('replaceModels', () => {
  test('gives the only component with a model another one, and leaves the rest as it was', () => {
    const pipeline = replaced(sample('llm'), 'new.gguf')
    expect(pipeline.get('llm').initParameters).toEqual({ model: join(cwd, 'new.gguf'), nCtx: 256 })
    expect(pipeline.names()).toEqual(['llm', 'prompt'])
    expect(pipeline.connections().map(({ receiver }) => receiver)).toEqual([
      { component: 'llm', socket: 'messages' },
    ])
    expect(pipeline.policy('prompt')).toEqual({ timeoutMs: 5 })
    expect(pipeline.options).toMatchObject({
      baseDir: '/files',
      maxRunsPerComponent: 7,
      inputs: { text: ['prompt.text'] },
    })
  })

  test('gives a model to each component that is named', () => {
    expect(modelsOf(replaced(sample('one', 'two', 'three'), 'one=/a.gguf', 'three=npm:b/c.gguf'))).toEqual([
      '/a.gguf',
      'old.gguf',
      'npm:b/c.gguf',
    ])
  })

  test('takes away the modelKwargs.modelPath that would win', () => {
    const llm = new LlamaCppChatGenerator({ model: 'a.gguf', modelKwargs: { modelPath: 'b.gguf', nCtx: 64 } })
    const pipeline = replaced(new Pipeline({ llm }) as Pipeline, '/new.gguf')
    expect(pipeline.get('llm').initParameters).toEqual({ model: '/new.gguf', modelKwargs: { nCtx: 64 } })
  })

  test('reaches into pipelines in the pipeline, and leaves those alone that it does not', () => {
    const outer = new Pipeline({
      one: new Pipeline({
        deep: sample('llm').asComponent(),
        llm: new LlamaCppChatGenerator({ model: 'a.gguf' }),
      }).asComponent({
        inputs: { text: ['deep.text'], messages: ['llm.messages'] },
        outputs: { 'llm.replies': 'x' },
      }),
      two: sample('llm').asComponent(),
    }) as unknown as Pipeline
    const two = outer.get('two')
    const pipeline = replaced(outer, 'one.deep.llm=/b.gguf')
    const modelAt = (...path: string[]) => {
      const end = path
        .slice(0, -1)
        .reduce((at, name) => (at.get(name) as PipelineComponent).pipeline, pipeline)
      return (end.get(path.at(-1) ?? '').initParameters as { model: string }).model
    }
    expect([modelAt('one', 'deep', 'llm'), modelAt('one', 'llm'), modelAt('two', 'llm')]).toEqual([
      '/b.gguf',
      'a.gguf',
      'old.gguf',
    ])
    expect(pipeline.get('two')).toBe(two)
    expect(Object.keys(pipeline.get('one').inputs)).toEqual(['text', 'messages'])
    expect(Object.keys(pipeline.get('one').outputs)).toEqual(['x'])
  })

  test('without a choice it is the same pipeline', () => {
    const pipeline = sample('llm')
    expect(replaced(pipeline)).toBe(pipeline)
  })

  test.each([
    [
      ['lm=a.gguf'],
      "--model: The pipeline has no component 'lm'. Components with a model: 'llm'. Did you mean 'llm'?",
    ],
    [['prompt=a.gguf'], "--model: 'prompt' (PromptBuilder) has no model. Components with a model: 'llm'."],
    [['a.gguf', 'llm=b.gguf'], "--model gives 'llm' two models. Give one."],
  ])('refuses %j', async (written, message) => {
    expect(await failureOf(() => replaced(sample('llm'), ...written))).toBe(`USAGE_INVALID: ${message}`)
  })

  test('wants to know which component, where several have a model or none', async () => {
    expect(await failureOf(() => replaced(sample('one', 'two'), 'a.gguf'))).toBe(
      "USAGE_INVALID: --model must say for which component: 'one' and 'two' have one. Write --model one=a.gguf.",
    )
    expect(await failureOf(() => replaced(sample(), 'a.gguf'))).toBe(
      'USAGE_INVALID: --model is of no use here: no component of the pipeline has a model.',
    )
  })
})
