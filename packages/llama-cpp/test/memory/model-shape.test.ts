import { describe, expect, test } from '@jest/globals'
import type { GgufValue } from '../../src/gguf/gguf-metadata.ts'
import { modelShape } from '../../src/memory/model-shape.ts'

/** A model of four layers with eight heads of 16 values, and further metadata without the name of the architecture. */
function shapeOf(extra: Readonly<Record<string, GgufValue>> = {}, architecture = 'made-up') {
  const metadata: Readonly<Record<string, GgufValue>> = {
    block_count: 4,
    context_length: 2048,
    embedding_length: 128,
    'attention.head_count': 8,
    ...extra,
  }
  const values = Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [`${architecture}.${key}`, value]),
  )
  return modelShape({ architecture, vocabularySize: 100, values })
}

const slides = (shape: ReturnType<typeof shapeOf>) => shape.cache?.layers.map((layer) => layer.slides)
const heads = (shape: ReturnType<typeof shapeOf>) => shape.cache?.layers.map((layer) => layer.heads)

describe('the shape of a model', () => {
  test('has as many heads for the cache as for the rest, and of their length, where nothing else is said', () => {
    expect(shapeOf()).toEqual({
      trainedContext: 2048,
      layers: 4,
      width: 128,
      heads: 8,
      vocabularySize: 100,
      cache: {
        layers: Array.from({ length: 4 }, () => ({ heads: 8, slides: false })),
        keyLength: 16,
        valueLength: 16,
        window: 0,
      },
    })
  })

  test('has what the metadata say of heads and their length', () => {
    const extra = { 'attention.head_count_kv': 2, 'attention.key_length': 64, 'attention.value_length': 32 }
    const shape = shapeOf(extra)
    expect(heads(shape)).toEqual([2, 2, 2, 2])
    expect(shape.cache).toMatchObject({ keyLength: 64, valueLength: 32 })
  })

  test('can differ from layer to layer', () => {
    expect(heads(shapeOf({ 'attention.head_count_kv': [4, 0, 2, 4] }))).toEqual([4, 0, 2, 4])
  })

  test('is without the layers that only guess ahead', () => {
    expect(heads(shapeOf({ nextn_predict_layers: 1 }))).toHaveLength(3)
  })

  test('slides in all layers where a window is all that is known', () => {
    expect(slides(shapeOf({ 'attention.sliding_window': 512 }))).toEqual([true, true, true, true])
  })

  test.each([
    ['the architecture', {}, 'gemma2'],
    ['a number', { 'attention.sliding_window_pattern': 2 }, 'made-up'],
    ['a list', { 'attention.sliding_window_pattern': [1, 0, 1, 0] }, 'made-up'],
  ] as const)('slides in every other layer by %s', (_by, extra, architecture) => {
    const shape = shapeOf({ 'attention.sliding_window': 512, ...extra }, architecture)
    expect(slides(shape)).toEqual([true, false, true, false])
  })

  test('has no cache in an encoder', () => {
    expect(shapeOf({ 'attention.causal': false }).cache?.layers).toEqual([])
  })

  test.each([
    ['ssm.state_size', 16],
    ['wkv.head_size', 64],
    ['shortconv.l_cache', 3],
    ['attention.kv_lora_rank', 512],
    ['attention.shared_kv_layers', 10],
    ['attention.chunk_size', 8192],
    ['decoder_block_count', 6],
  ])('has a cache that is not known where there is %s', (key, value) => {
    expect(shapeOf({ [key]: value }).cache).toBeUndefined()
  })

  test('is not known where the metadata do not say it', () => {
    const shape = modelShape({ architecture: undefined, vocabularySize: 0, values: {} })
    expect(shape).toMatchObject({ layers: 0, heads: 0, cache: undefined })
    expect(shapeOf({ 'attention.head_count': [8, 8, 4, 4] }).cache).toBeUndefined()
  })

  test('is what the overrides say', () => {
    const values = { 'a.block_count': 2, 'a.context_length': 10 }
    const shape = modelShape({ architecture: 'a', vocabularySize: 0, values }, { 'a.context_length': 20 })
    expect(shape.trainedContext).toBe(20)
  })
})
