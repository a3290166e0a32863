import { describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { checkGenerationOptions, checkLoadOptions, checkParameters } from '../../src/options/check-options.ts'
import type { GenerationOptions } from '../../src/options/generation-options.ts'
import type { LoadOptions } from '../../src/options/options.ts'
import { failureOf } from '../failure-of.ts'
import { collectWarnings } from '../warnings.ts'

const load = (given: object, warned = new Set<string>()) =>
  checkLoadOptions(given as LoadOptions, { engine: 'node-llama-cpp', warned })
const generation = (given: object, warned = new Set<string>()) =>
  checkGenerationOptions(given as GenerationOptions, { engine: 'node-llama-cpp', warned })

describe('an unknown option', () => {
  test('is refused with all that there are', async () => {
    const error = await failureOf(() => generation({ warmth: 1 }))
    expect(error).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'generationKwargs.warmth' })
    expect(error.message).toMatchInlineSnapshot(
      `"'generationKwargs.warmth' is unknown. Possible: 'temperature', 'topP', 'topK', 'minP', 'typicalP', 'maxTokens', 'stop', 'seed', 'frequencyPenalty', 'presencePenalty', 'repeatPenalty', 'tfsZ', 'mirostatMode', 'mirostatTau', 'mirostatEta', 'grammar', 'logitBias', 'logitsProcessor', 'model', 'stream', 'contextShift', 'responseFormat', 'logprobs', 'topLogprobs', 'toolChoice', 'parallelToolCalls', 'functions', 'functionCall', 'enableThinking', 'reasoningBudget', 'reasoningFormat' and 'chatTemplateKwargs'."`,
    )
  })

  test('is answered with the one that was probably meant', async () => {
    const error = await failureOf(() => load({ nGpuLayer: 1 }))
    expect(error.message).toMatch(/^'modelKwargs\.nGpuLayer' is unknown\. .* Did you mean 'nGpuLayers'\?$/)
  })

  test("is answered with its name here when it has llama-cpp-python's", async () => {
    expect((await failureOf(() => load({ n_gpu_layers: 1 }))).message).toMatch(
      / It is written 'nGpuLayers' here\.$/,
    )
    expect((await failureOf(() => generation({ max_tokens: 1 }))).message).toMatch(
      / It is written 'maxTokens' here\.$/,
    )
  })

  test('is refused even without a value', async () => {
    expect(await failureOf(() => generation({ warmth: undefined }))).toMatchObject({ code: 'OPTION_UNKNOWN' })
  })

  test('is not found among the keys that every object has', async () => {
    expect(await failureOf(() => generation({ constructor: 1 }))).toMatchObject({ code: 'OPTION_UNKNOWN' })
  })
})

describe('a value of the wrong type', () => {
  test.each([
    { option: 'temperature', value: 'hot' },
    { option: 'temperature', value: Number.NaN },
    { option: 'temperature', value: null },
    { option: 'topP', value: 1.5 },
    { option: 'topK', value: 1.5 },
    { option: 'minP', value: -0.1 },
    { option: 'maxTokens', value: '10' },
    { option: 'maxTokens', value: 1.5 },
    { option: 'stop', value: '' },
    { option: 'stop', value: ['a', ''] },
    { option: 'stop', value: 5 },
    { option: 'seed', value: -1 },
    { option: 'seed', value: 2 ** 32 },
    { option: 'repeatPenalty', value: -1 },
    { option: 'grammar', value: '' },
    { option: 'responseFormat', value: 'json' },
    { option: 'responseFormat', value: { type: 'json_object' } },
    { option: 'responseFormat', value: { type: 'jsonObject', schemas: {} } },
    { option: 'logitBias', value: { 5: 'never' } },
    { option: 'contextShift', value: 1 },
  ])('is refused: generationKwargs.$option $value', async ({ option, value }) => {
    const error = await failureOf(() => generation({ [option]: value }))
    expect(error.code).toBe('OPTION_INVALID')
    expect(error.option).toMatch(new RegExp(`^generationKwargs\\.${option}(\\.|$)`))
  })

  test.each([
    { option: 'nCtx', value: -1 },
    { option: 'nBatch', value: 0 },
    { option: 'nGpuLayers', value: -2 },
    { option: 'nThreads', value: 0 },
    { option: 'numa', value: 5 },
    { option: 'numa', value: 'everywhere' },
    { option: 'typeK', value: 'Q2_K' },
    { option: 'typeK', value: 10 },
    { option: 'kvOverrides', value: { a: [1] } },
    { option: 'kvOverrides', value: { 'llama.block_count': 2 ** 31 - 1 } },
    { option: 'kvOverrides', value: { 'llama.attention.layer_norm_rms_epsilon': Number.NaN } },
    { option: 'useMmap', value: 'yes' },
    { option: 'lastNTokensSize', value: -1 },
  ])('is refused: modelKwargs.$option $value', async ({ option, value }) => {
    const error = await failureOf(() => load({ [option]: value }))
    expect(error.code).toBe('OPTION_INVALID')
    expect(error.option).toMatch(new RegExp(`^modelKwargs\\.${option}(\\.|$)`))
  })

  test.each([
    ['{% for m in messages %}\n{{ m.content }', 'line 2, column 14'],
    ['{{ raise_exception("not this one") }}', 'not this one'],
  ])('is refused: the chat template %j', async (chatTemplate, reason) => {
    const error = await failureOf(() => load({ chatTemplate }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.chatTemplate' })
    expect(error.message).toContain(reason)
  })

  test('is named with its place, and what would be right', async () => {
    const error = await failureOf(() => generation({ stop: ['a', 5] }))
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'generationKwargs.stop.1': expected string, got the number 5."`,
    )
    expect((await failureOf(() => load({ typeK: 'q8_0' }))).message).toMatchInlineSnapshot(
      `"Option 'modelKwargs.typeK': expected one of "F32", "F16", "BF16", "Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "IQ4_NL", 0, 1, 2, 3, 6, 7, 8, 20, 30, got "q8_0". Did you mean 'Q8_0'?"`,
    )
  })
})

describe('options that are right', () => {
  test.each([
    { maxTokens: null, seed: null, stop: null, grammar: null, responseFormat: null, logitBias: null },
    { maxTokens: -1, topK: -1, temperature: -1, stop: 'one', seed: 2 ** 32 - 1 },
    { stop: [], logitBias: {}, responseFormat: { type: 'text' }, grammar: 'root ::= "a"' },
    { temperature: undefined },
  ])('pass: generationKwargs %j', (given) => {
    expect(() => generation(given)).not.toThrow()
  })

  test.each([
    { nGpuLayers: -1, nCtx: 0, numa: true, typeK: 8 },
    { numa: 4, typeK: 'Q8_0', typeV: 'BF16', kvOverrides: { a: true, b: 1.5, c: 'x' } },
    { typeV: 'Q8_0', flashAttn: true },
    { typeV: 1 },
    // What is meant is known when the model is opened.
    { chatTemplate: '${env:TEMPLATE}' },
  ])('pass: modelKwargs %j', (given) => {
    expect(() => load(given)).not.toThrow()
  })
})

describe('options that contradict each other', () => {
  test('are a grammar and a response format', async () => {
    const error = await failureOf(() =>
      generation({ grammar: 'root ::= "a"', responseFormat: { type: 'jsonObject' } }),
    )
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.grammar' })
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'generationKwargs.grammar': it excludes 'responseFormat': the reply can obey one of them. Set the other to null."`,
    )
  })

  test('are a schema and plain text', async () => {
    const error = await failureOf(() => generation({ responseFormat: { type: 'text', schema: {} } }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.responseFormat' })
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'generationKwargs.responseFormat': a 'schema' needs the type "jsonObject"."`,
    )
  })

  test.each(['Q8_0', 8])('are a quantized value cache (%j) and no flash attention', async (typeV) => {
    const error = await failureOf(() => load({ typeV }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.typeV' })
    expect(error.message).toBe(
      `Option 'modelKwargs.typeV': ${JSON.stringify(typeV)} needs modelKwargs.flashAttn: true.`,
    )
  })
})

describe('options that need another', () => {
  test('are the strength of an adapter, and the adapter', async () => {
    const error = await failureOf(() => load({ loraScale: 0.5 }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.loraScale' })
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'modelKwargs.loraScale': it needs 'loraPath', the adapter whose strength it is."`,
    )
    expect(() => load({ loraScale: 1 })).not.toThrow()
    expect(() => load({ loraScale: 0.5, loraPath: 'adapter.gguf' })).not.toThrow()
  })

  test('are alternatives to tokens, and log probabilities; a run may switch these off', async () => {
    const error = await failureOf(() => generation({ topLogprobs: 2 }))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.topLogprobs' })
    expect(error.message).toMatchInlineSnapshot(
      `"Option 'generationKwargs.topLogprobs': it needs 'logprobs: true', of whose tokens it is."`,
    )
    for (const others of [{ logprobs: true }, { logprobs: false }, { topLogprobs: 0 }]) {
      expect(() => generation({ topLogprobs: 2, ...others })).not.toThrow()
    }
  })
})

describe('an option without effect', () => {
  test('is reported once for each component, with the reason', async () => {
    const warned = new Set<string>()
    const warnings = await collectWarnings(() => {
      generation({ tfsZ: 0.9, stream: true }, warned)
      generation({ tfsZ: 0.8 }, warned)
      generation({ tfsZ: 0.9 })
    })
    expect(warnings.map(({ code }) => code)).toEqual(Array.from({ length: 3 }, () => 'MILLRACE_OPTION_INERT'))
    expect(warnings.map(({ message }) => message)).toMatchInlineSnapshot(`
[
  "'generationKwargs.tfsZ' has no effect: llama-cpp-python accepts and ignores it too. Leave it out.",
  "'generationKwargs.stream' has no effect: whoever listens gets a stream. Leave it out.",
  "'generationKwargs.tfsZ' has no effect: llama-cpp-python accepts and ignores it too. Leave it out.",
]
`)
  })
})

describe('checkParameters', () => {
  const check = (given: object) => checkParameters(LlamaCppChatGenerator.parameters, given, 'Generator')

  test('refuses an unknown parameter, with its name here', async () => {
    const error = await failureOf(() => check({ model: 'a.gguf', n_ctx: 1 }))
    expect(error).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'n_ctx' })
    expect(error.message).toMatchInlineSnapshot(
      `"'n_ctx' is unknown. Possible: 'model', 'nCtx', 'nBatch', 'modelKwargs', 'engine', 'isolation', 'stateFolder', 'idleUnloadMs', 'checkMemory', 'slots', 'chatHandlerName', 'modelClipPath', 'generationKwargs', 'tools' and 'streamingCallback'. It is written 'nCtx' here."`,
    )
  })

  test('refuses values of the wrong type, and missing ones', async () => {
    expect((await failureOf(() => check({ model: '' }))).message).toMatchInlineSnapshot(
      `"Option 'model': must have at least 1 character, got ""."`,
    )
    expect((await failureOf(() => check({ model: 'a.gguf', slots: 0 }))).message).toMatchInlineSnapshot(
      `"Option 'slots': must be >= 1, got the number 0."`,
    )
    expect((await failureOf(() => check({}))).message).toMatchInlineSnapshot(
      `"Generator: 'model' is missing."`,
    )
  })
})
