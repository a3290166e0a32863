// Haystack's checklist for LlamaCppChatGenerator, 8.1: construction. A test a line; the names are ours.
import { describe, expect, test } from '@jest/globals'
import { t, tool, toolset } from '@millrace/core'
import { deepFreeze } from '@millrace/core/testing'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { failureOf } from '../failure-of.ts'
import { ScriptedEngine } from '../scripted-engine.ts'
import { generatorOn } from '../scripted-generator.ts'

const temperature = tool({
  name: 'get_current_temperature',
  description: 'The temperature.',
  parameters: t.object({ location: t.string() }),
  run: () => 22,
})
const population = tool({
  name: 'population',
  description: 'The population.',
  parameters: t.object({ city: t.string() }),
  run: () => 2_100_000,
})

/** What the first request asked, and what the model was opened with. */
async function opened(parameters: object) {
  const engine = new ScriptedEngine('Hello!')
  const generator = generatorOn(engine, parameters)
  await generator.run({ messages: 'Hi' })
  await generator.close()
  return { load: engine.loads[0], context: engine.opened[0], request: engine.requests[0] }
}

describe('8.1 construction', () => {
  test('the signature: model, nCtx, nBatch, modelKwargs, generationKwargs, tools, streamingCallback, chatHandlerName, modelClipPath', () => {
    const { type } = LlamaCppChatGenerator.parameters
    expect(Object.keys(type.kind === 'object' ? type.fields : {})).toEqual(
      expect.arrayContaining([
        'model',
        'nCtx',
        'nBatch',
        'modelKwargs',
        'generationKwargs',
        'tools',
        'streamingCallback',
        'chatHandlerName',
        'modelClipPath',
      ]),
    )
  })

  test('the defaults: nCtx 0, which is that of the model, and nBatch 512; custom values and the callback are kept', async () => {
    expect((await opened({})).context).toMatchObject({ nCtx: 0, nBatch: 512 })
    expect((await opened({ nCtx: 8192, nBatch: 1024 })).context).toMatchObject({ nCtx: 8192, nBatch: 1024 })
    const streamingCallback = () => {}
    const generator = generatorOn(new ScriptedEngine(), { streamingCallback })
    expect(generator.initParameters.streamingCallback).toBe(streamingCallback)
  })

  test('modelKwargs win over nCtx and nBatch; what they lack is filled in; nothing of the caller is changed', async () => {
    const modelKwargs = deepFreeze({ nCtx: 4096, nBatch: 256 })
    expect((await opened({ nCtx: 8192, nBatch: 1024, modelKwargs })).context).toMatchObject({
      nCtx: 4096,
      nBatch: 256,
    })
    const { context } = await opened({ nCtx: 8192, modelKwargs: deepFreeze({ nBatch: 64 }) })
    expect(context).toMatchObject({ nCtx: 8192, nBatch: 64 })
  })

  test('modelKwargs win over model', async () => {
    const { load } = await opened({
      model: '/nowhere/at-all.gguf',
      modelKwargs: { modelPath: 'npm:@millrace/pocket-model/pocket.gguf' },
    })
    expect(load?.modelPath).toMatch(/pocket\.gguf$/)
  })

  test('a toolset is kept as the same object, a mixed list as it is', () => {
    const set = toolset({ name: 'cities', tools: [population] })
    const tools = [temperature, set]
    const generator = generatorOn(new ScriptedEngine(), { tools })
    expect(generator.initParameters.tools).toBe(tools)
    expect(generator.initParameters.tools?.[1]).toBe(set)
  })

  test('tools with one name are refused, at construction and at a run', async () => {
    const twice = [temperature, toolset({ name: 'weather', tools: [temperature] })]
    const message = /^Several tools are called 'get_current_temperature'\./
    expect(() => generatorOn(new ScriptedEngine(), { tools: twice })).toThrow(message)
    const generator = generatorOn(new ScriptedEngine('a'))
    await expect(generator.run({ messages: 'Hi', tools: twice })).rejects.toThrow(message)
    await generator.close()
  })

  test('chatHandlerName without modelClipPath is refused', async () => {
    const attempt = () =>
      new LlamaCppChatGenerator({ model: 'a.gguf', chatHandlerName: 'Llava15ChatHandler' })
    const error = await failureOf(attempt)
    expect(error.code).toBe('OPTION_INVALID')
    expect(error.message).toMatch(/modelClipPath must be provided when chatHandlerName is specified/)
  })

  test('an unknown handler is refused by its name', async () => {
    const attempt = () =>
      new LlamaCppChatGenerator({ model: 'a.gguf', chatHandlerName: 'invalid', modelClipPath: 'b.gguf' })
    const error = await failureOf(attempt)
    expect(error.code).toBe('OPTION_INVALID')
    expect(error.message).toMatch(/'invalid'/)
  })

  test('construction loads nothing', () => {
    const engine = new ScriptedEngine()
    generatorOn(engine, { model: '/nowhere/at-all.gguf' })
    expect(engine.loads).toEqual([])
  })
})
