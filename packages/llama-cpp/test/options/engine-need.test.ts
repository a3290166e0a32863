import { describe, expect, test } from '@jest/globals'
import { engineForNeeds, needsOf } from '../../src/options/engine-need.ts'
import { generationSupport, loadSupport } from '../../src/options/option-support.ts'
import { failureOf } from '../failure-of.ts'

const generation = (given: object) => needsOf('generationKwargs', given, generationSupport)
const load = (given: object) => needsOf('modelKwargs', given, loadSupport)

describe('needsOf', () => {
  test('names what one engine alone honours', () => {
    expect(generation({ temperature: 1, mirostatMode: 2, logitBias: { 5: 1 } })).toEqual([
      { option: 'generationKwargs.mirostatMode', engine: 'llama.node' },
      { option: 'generationKwargs.logitBias', engine: 'node-llama-cpp' },
    ])
    expect(load({ nBatch: 64, kvOverrides: { a: 1 } })).toEqual([
      { option: 'modelKwargs.kvOverrides', engine: 'node-llama-cpp' },
    ])
  })

  test('passes over values that ask for nothing, unknown options and those of no engine', () => {
    expect(generation({ mirostatMode: 0, typicalP: 1, logitBias: null, nope: 1, constructor: 1 })).toEqual([])
    expect(generation({ mirostatMode: undefined, logitsProcessor: [] })).toEqual([])
  })
})

describe('engineForNeeds', () => {
  test('is the engine for text when nothing is needed', () => {
    expect(engineForNeeds([])).toBe('node-llama-cpp')
  })

  test('is the one that something needs', () => {
    expect(engineForNeeds(generation({ mirostatMode: 2 }))).toBe('llama.node')
    expect(engineForNeeds(load({ kvOverrides: {} }))).toBe('node-llama-cpp')
  })

  test('is none when both are needed', async () => {
    const needs = [...load({ kvOverrides: { a: 1 } }), ...generation({ mirostatMode: 2 })]
    const error = await failureOf(() => engineForNeeds(needs))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'generationKwargs.mirostatMode' })
    expect(error.message).toMatchInlineSnapshot(
      `"'modelKwargs.kvOverrides' needs engine 'node-llama-cpp', but 'generationKwargs.mirostatMode' needs 'llama.node': no engine honours both. Leave one of them out."`,
    )
  })
})
