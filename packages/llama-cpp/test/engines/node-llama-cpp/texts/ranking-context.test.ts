// Real scores of llama.cpp, by rerankers whose weights mean nothing: a BERT, and a Qwen3 with a template.
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { EmbeddingSpec, RankingContext } from '../../../../src/engines/engine.ts'
import { failureOf } from '../../../failure-of.ts'
import { cutting, ranking, whole } from '../../../opened-texts.ts'
import { pocketPath } from '../../../pocket.ts'
import { inTemporaryFolder } from '../../../temporary-folder.ts'
import { writeBert, writeQwenRanker } from '../../../text-models.ts'

const writers = {
  bert: (path: string) => writeBert(path, { pooling: 4, head: true }),
  qwen3: (path: string) => writeQwenRanker(path),
}

const query = 'the capital of france'
const texts = ['paris is the capital of france', 'cats like fish', 'berlin', 'cats like fish', '']

async function withRanker<Result>(
  kind: keyof typeof writers,
  spec: Partial<EmbeddingSpec>,
  work: (context: RankingContext) => Promise<Result>,
): Promise<Result> {
  let result: Result | undefined
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'ranker.gguf')
    writers[kind](path)
    result = await ranking(path, spec, work)
  })
  return result as Result
}

const scores = async (context: RankingContext, given: readonly string[] = texts) =>
  (await context.rank(query, given, cutting)).map(({ score }) => score)

describe.each(['bert', 'qwen3'] as const)('the scores of a %s', (kind) => {
  test('are the same from one slot and from three, alone and in a list', async () => {
    const one = await withRanker(kind, {}, (context) => scores(context))
    const [three, alone] = await withRanker(kind, { slots: 3 }, async (context) => [
      await scores(context),
      await Promise.all(texts.map(async (text) => (await scores(context, [text]))[0])),
    ])
    expect(three).toEqual(one)
    expect(alone).toEqual(one)
    expect(one[1]).toBe(one[3])
    expect(new Set(one).size).toBe(4)
    for (const score of one) expect(score > 0 && score < 1).toBe(true)
  })

  test('hang on the query', async () => {
    const [given, other] = await withRanker(kind, {}, async (context) => [
      await scores(context),
      (await context.rank('fish', texts, cutting)).map(({ score }) => score),
    ])
    expect(other).not.toEqual(given)
  })
})

describe('a text that does not fit beside the query', () => {
  test.each([
    ['bert', 20],
    ['qwen3', 40],
  ] as const)('is cut off (%s)', async (kind, nCtx) => {
    const [cut, fitting] = await withRanker(kind, { nCtx }, (context) =>
      context.rank(query, ['fish '.repeat(50), 'fish'], cutting),
    )
    expect(cut).toMatchObject({ tokens: nCtx, truncated: true })
    expect(fitting?.truncated).toBe(false)
  })

  test('is refused with both numbers when it may not be cut off', async () => {
    const failure = await failureOf(
      withRanker('bert', { nCtx: 20 }, (context) => context.rank('fish', ['fish '.repeat(20)], whole)),
    )
    expect(failure).toMatchObject({ code: 'CONTEXT_OVERFLOW', actual: 25, expected: 20 })
    expect(failure.message).toMatchInlineSnapshot(
      `"The query with a text takes 25 tokens, and the context holds 20. Shorten it, raise nCtx and nBatch, or let it be cut off with truncate: true."`,
    )
  })

  test('is refused when the query leaves no room for any', async () => {
    const failure = await failureOf(
      withRanker('bert', { nCtx: 8 }, (context) => context.rank(query.repeat(4), ['fish'], cutting)),
    )
    expect(failure.code).toBe('CONTEXT_OVERFLOW')
    expect(failure.message).toMatchInlineSnapshot(
      `"The query takes 26 tokens with what the model puts around it, and the context holds 8: no text fits beside it. Shorten the query, or raise nCtx and nBatch."`,
    )
  })
})

test('a pooling of vectors is refused', async () => {
  const failure = await failureOf(withRanker('bert', { pooling: 'mean' }, (context) => scores(context)))
  expect(failure).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.poolingType' })
  expect(failure.message).toMatchInlineSnapshot(
    `"Option 'modelKwargs.poolingType': a ranker has scores in place of vectors, and takes no pooling by 'mean'. Leave it out."`,
  )
  expect(await withRanker('bert', { pooling: 'rank' }, (context) => scores(context))).toHaveLength(5)
})

test('a model that was not made to rank is refused', async () => {
  const failure = await failureOf(ranking(pocketPath, {}, (context) => scores(context)))
  expect(failure.code).toBe('MODEL_UNSUPPORTED')
  expect(failure.message).toMatchInlineSnapshot(
    `"The model was not made to rank: it has no classification head (a tensor 'cls.weight' or 'cls.output.weight'). Use a reranker in GGUF format, such as bge-reranker or Qwen3-Reranker."`,
  )
})
