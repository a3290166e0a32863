// Real vectors of llama.cpp: of the pocket model, which goes on with texts, and of a BERT that sees them whole.
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { EmbeddingContext } from '../../../../src/engines/engine.ts'
import { failureOf } from '../../../failure-of.ts'
import { cutting, embedding, whole } from '../../../opened-texts.ts'
import { pocketPath } from '../../../pocket.ts'
import { inTemporaryFolder } from '../../../temporary-folder.ts'
import { writeBert } from '../../../text-models.ts'

const texts = [
  'Paris is the capital of France.',
  'Berlin is the capital of Germany.',
  'cats like fish',
  'Hi',
  'cats like fish',
]

const vectors = async (context: EmbeddingContext, given: readonly string[] = texts) =>
  (await context.embed(given, cutting)).map(({ vector }) => vector)

function cosine(a: readonly number[] = [], b: readonly number[] = []): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}

/** The same with a BERT in a file of its own. */
async function withBert<Result>(
  model: Parameters<typeof writeBert>[1],
  spec: Parameters<typeof embedding>[1],
  work: (context: EmbeddingContext) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'bert.gguf')
    writeBert(path, model)
    result = await embedding(path, spec, work)
  })
  return result as Result
}

describe('the vectors of a model that goes on with texts', () => {
  test('are the same from one slot and from four, alone and in a list', async () => {
    const one = await embedding(pocketPath, { slots: 1 }, (context) => vectors(context))
    const [four, alone] = await embedding(pocketPath, { slots: 4 }, async (context) => [
      await vectors(context),
      await Promise.all(texts.map(async (text) => (await vectors(context, [text]))[0])),
    ])
    expect(four).toEqual(one)
    expect(alone).toEqual(one)
    expect(one.map(({ length }) => length)).toEqual([128, 128, 128, 128, 128])
    expect(one[2]).toEqual(one[4])
    expect(new Set(one.map((vector) => vector[0])).size).toBe(4)
  })

  test('are those of the last token, as the file says nothing of a pooling', async () => {
    const last = { 'llama.pooling_type': 3 }
    const mean = { 'llama.pooling_type': 1 }
    const unsaid = await embedding(pocketPath, {}, (context) => vectors(context))
    expect(await embedding(pocketPath, { kvOverrides: last }, (context) => vectors(context))).toEqual(unsaid)
    expect(await embedding(pocketPath, { kvOverrides: mean }, (context) => vectors(context))).not.toEqual(
      unsaid,
    )
  })

  test('are the same when a text takes several batches', async () => {
    const long = 'the capital of France is Paris and '.repeat(20)
    const once = await embedding(pocketPath, { nBatch: 512 }, (context) =>
      vectors(context, [long, 'cats like fish']),
    )
    const sliced = await embedding(pocketPath, { nBatch: 16 }, (context) => vectors(context, [long]))
    // Batches of other sizes round otherwise.
    expect(cosine(sliced[0], once[0])).toBeGreaterThan(0.999)
    expect(cosine(sliced[0], once[1])).toBeLessThan(0.9)
  })

  test('of a mean take no text longer than a batch, for llama.cpp pools what one batch has', async () => {
    const kvOverrides = { 'llama.pooling_type': 1 }
    await embedding(pocketPath, { kvOverrides, nBatch: 16 }, async (context) => {
      expect(context.contextSize).toBe(16)
      const [cut] = await context.embed(['Hi '.repeat(40)], cutting)
      expect(cut).toMatchObject({ tokens: 16, truncated: true })
    })
  })
})

describe('the vectors of a BERT', () => {
  test('are the same from one slot and from four, and differ by the pooling', async () => {
    const one = await withBert({ pooling: 1 }, {}, (context) => vectors(context))
    expect(await withBert({ pooling: 1 }, { slots: 4 }, (context) => vectors(context))).toEqual(one)
    expect(await withBert({ pooling: 2 }, {}, (context) => vectors(context))).not.toEqual(one)
    expect(one.map(({ length }) => length)).toEqual([32, 32, 32, 32, 32])
  })

  test('of a text that the tokenizer leaves nothing of are those of its own tokens', async () => {
    await withBert({ pooling: 1 }, {}, async (context) => {
      const [blank, empty] = await context.embed(['   ', ''], whole)
      expect(blank).toMatchObject({ tokens: 2, truncated: false })
      expect(blank?.vector).toHaveLength(32)
      expect(empty).toEqual(blank)
    })
  })

  test('need a pooling that the file, or an override, names', async () => {
    const failure = await failureOf(withBert({}, {}, (context) => vectors(context)))
    expect(failure.code).toBe('MODEL_UNSUPPORTED')
    expect(failure.message).toMatchInlineSnapshot(
      `"The model gives a vector for each token, and nothing says how they become one. Set modelKwargs.poolingType: 1 for their mean, 2 for that of the first token, 3 for that of the last one."`,
    )
    const named = await withBert({}, { kvOverrides: { 'bert.pooling_type': 1 } }, (context) =>
      vectors(context),
    )
    expect(named).toEqual(await withBert({ pooling: 1 }, {}, (context) => vectors(context)))
    const tokens = await failureOf(withBert({ pooling: 0 }, {}, (context) => vectors(context)))
    expect(tokens.code).toBe('MODEL_UNSUPPORTED')
  })

  test('are none where the model was made to rank', async () => {
    const failure = await failureOf(withBert({ pooling: 4, head: true }, {}, (context) => vectors(context)))
    expect(failure.code).toBe('MODEL_UNSUPPORTED')
    expect(failure.message).toMatchInlineSnapshot(
      `"The model was made to rank: it gives a text no vector. Use LlamaCppRanker, or another model."`,
    )
  })

  test('have no more positions than it was trained with', async () => {
    const failure = await failureOf(withBert({ pooling: 1 }, { nCtx: 65 }, (context) => vectors(context)))
    expect(failure).toMatchObject({ code: 'OPTION_INVALID', option: 'nCtx', actual: 65, expected: 64 })
    expect(failure.message).toMatchInlineSnapshot(
      `"Option 'nCtx': 65 is more than the 64 tokens that a model of the kind 'bert' was trained with. Lower it, or leave it out."`,
    )
  })
})

describe('a long list', () => {
  const list = Array.from({ length: 400 }, (_, index) => `the capital number ${index} is Paris`)

  test('ends at an abort within a text, and the slots go on with others', async () => {
    await embedding(pocketPath, { slots: 2 }, async (context) => {
      const aborting = new AbortController()
      let told = 0
      const onDone = (done: number) => {
        told = done
        if (done === 10) setImmediate(() => aborting.abort(new DOMException('enough', 'AbortError')))
      }
      const options = { signal: aborting.signal, truncate: true, onDone }
      await expect(context.embed(list, options)).rejects.toThrow('enough')
      expect(told).toBeGreaterThanOrEqual(10)
      expect(told).toBeLessThan(50)
      expect(await vectors(context, ['Hi'])).toHaveLength(1)
    })
  })

  test('is CLOSED when the context is, which waits for the slots', async () => {
    const failure = await embedding(pocketPath, { slots: 2 }, async (context) => {
      const failing = failureOf(context.embed(list, cutting))
      await vectors(context, ['Hi'])
      await context.dispose()
      return failing
    })
    expect(failure.code).toBe('CLOSED')
  })
})

describe('a text that does not fit', () => {
  test.each([1, 3])('is cut off at the context, which all of is used (%i slots)', async (slots) => {
    await embedding(pocketPath, { nCtx: 8, slots }, async (context) => {
      const [exact, over] = await context.embed(
        ['Hi Hi Hi Hi', `${'Hi Hi Hi Hi'}${' Hi'.repeat(20)}`],
        cutting,
      )
      expect(exact?.truncated).toBe(false)
      expect(over).toMatchObject({ tokens: 8, truncated: true })
      expect(over?.vector).toHaveLength(128)
    })
  })

  test('keeps the tokens of a BERT at both of its ends', async () => {
    await withBert({ pooling: 1 }, { nCtx: 6 }, async (context) => {
      const [cut, fitting] = await context.embed(
        ['cats like fish of paris france', 'cats like fish of'],
        cutting,
      )
      expect(cut).toMatchObject({ tokens: 6, truncated: true })
      expect(fitting).toMatchObject({ tokens: 6, truncated: false })
      expect(cut?.vector).toEqual(fitting?.vector)
    })
  })

  test('is refused with both numbers when it may not be cut off', async () => {
    const failure = await failureOf(
      withBert({ pooling: 1 }, { nCtx: 6 }, (context) =>
        context.embed(['cats like fish of paris france'], whole),
      ),
    )
    expect(failure).toMatchObject({ code: 'CONTEXT_OVERFLOW', actual: 8, expected: 6 })
    expect(failure.message).toMatchInlineSnapshot(
      `"A text takes 8 tokens, and the context holds 6. Shorten it, raise nCtx and nBatch, or let it be cut off with truncate: true."`,
    )
  })

  test('is refused when nothing would be left of it', async () => {
    const failure = await failureOf(
      withBert({ pooling: 1 }, { nCtx: 2 }, (context) => context.embed(['cats'], cutting)),
    )
    expect(failure).toMatchObject({ code: 'CONTEXT_OVERFLOW', actual: 3, expected: 2 })
  })
})

describe('what the binding cannot do', () => {
  test('is refused: another pooling than the model has', async () => {
    const failure = await failureOf(embedding(pocketPath, { pooling: 'mean' }, (context) => vectors(context)))
    expect(failure).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'modelKwargs.poolingType' })
    expect(failure.message).toMatchInlineSnapshot(
      `"Engine 'node-llama-cpp' pools as the file of the model says, not by 'mean'. Set modelKwargs.poolingType, with which the model is loaded."`,
    )
  })

  test('is refused: flash attention', async () => {
    const failure = await failureOf(embedding(pocketPath, { flashAttn: true }, (context) => vectors(context)))
    expect(failure).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'modelKwargs.flashAttn' })
    expect(failure.message).toMatchInlineSnapshot(
      `"Engine 'node-llama-cpp' has no flash attention for embeddings. Leave 'modelKwargs.flashAttn' out."`,
    )
  })
})
