import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Document } from '@millrace/core'
import { deepFreeze, testComponent } from '@millrace/core/testing'
import { LlamaCppRanker } from '../../src/components/ranker.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath } from '../pocket.ts'
import { collecting } from '../scripted-generator.ts'
import { ScriptedTexts } from '../scripted-texts.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { writeBert } from '../text-models.ts'

type Parameters = ConstructorParameters<typeof LlamaCppRanker>[0]

const rankerOn = (engine: Engine, parameters: Partial<Parameters> = {}) =>
  new LlamaCppRanker({ model: pocketPath, ...parameters }, engine)

/** In the script a shorter text answers better. */
const documents = deepFreeze([
  Document.create({ id: 'long', content: 'abcdefghijkl' }),
  Document.create({ id: 'short', content: 'ab', score: 0.1, meta: { title: 'x' } }),
  Document.create({ id: 'first', content: 'abcd' }),
  Document.create({ id: 'second', content: 'efgh' }),
])

const ids = ({ documents: ranked }: { readonly documents: readonly Document[] }) => ranked.map(({ id }) => id)

describe('LlamaCppRanker', () => {
  testComponent(() => rankerOn(new ScriptedTexts()), { test, inputs: [{ query: 'q', documents }] })

  test('sorts by the score, the best first, and keeps the order of equal ones', async () => {
    expect(await rankerOn(new ScriptedTexts()).run({ query: 'q', documents })).toEqual({
      documents: [
        { ...documents[1], score: 1 / 2 },
        { ...documents[2], score: 1 / 4 },
        { ...documents[3], score: 1 / 4 },
        { ...documents[0], score: 1 / 12 },
      ],
      meta: {
        model: 'pocket.gguf',
        engine: 'node-llama-cpp',
        device: 'cpu',
        usage: { promptTokens: 20, totalTokens: 20 },
        timings: { promptMs: expect.any(Number) },
        truncated: 1,
      },
    })
  })

  test('gives ten documents unless it is told otherwise; a run has the last word', async () => {
    const many = Array.from({ length: 12 }, (_, index) => Document.create({ content: `text ${index}` }))
    const ranker = rankerOn(new ScriptedTexts())
    expect((await ranker.run({ query: 'q', documents: many })).documents).toHaveLength(10)
    const two = rankerOn(new ScriptedTexts(), { topK: 2 })
    expect(ids(await two.run({ query: 'q', documents }))).toEqual(['short', 'first'])
    expect(ids(await two.run({ query: 'q', documents, topK: 1 }))).toEqual(['short'])
  })

  test('leaves out documents below the threshold; a run has the last word', async () => {
    const ranker = rankerOn(new ScriptedTexts(), { scoreThreshold: 0.25 })
    expect(ids(await ranker.run({ query: 'q', documents }))).toEqual(['short', 'first', 'second'])
    expect(ids(await ranker.run({ query: 'q', documents, scoreThreshold: 0.4 }))).toEqual(['short'])
  })

  test('ranks one document of each id: that with the highest score so far', async () => {
    const engine = new ScriptedTexts()
    const twice = [
      Document.create({ id: 'a', content: 'unscored' }),
      Document.create({ id: 'a', content: 'better', score: 0.9 }),
      Document.create({ id: 'a', content: 'worse', score: 0.2 }),
    ]
    expect(ids(await rankerOn(engine).run({ query: 'q', documents: twice }))).toEqual(['a'])
    expect(engine.texts).toEqual(['better'])
  })

  test('puts prefixes, suffixes and meta fields around query and documents', async () => {
    const engine = new ScriptedTexts()
    await rankerOn(engine, {
      queryPrefix: 'q: ',
      querySuffix: '?',
      documentPrefix: 'd: ',
      documentSuffix: '.',
      metaFieldsToEmbed: ['title'],
      embeddingSeparator: '/',
      truncate: false,
    }).run({ query: 'who', documents: documents.slice(1, 2) })
    expect(engine.queries).toEqual(['q: who?'])
    expect(engine.texts).toEqual(['d: x/ab.'])
    expect(engine.truncates).toEqual([false])
  })

  test('gives no documents for none', async () => {
    expect((await rankerOn(new ScriptedTexts()).run({ query: 'q', documents: [] })).documents).toEqual([])
  })

  test('refuses a topK below 1, an empty query and a document without text', async () => {
    const ranker = rankerOn(new ScriptedTexts())
    const topK = await failureOf(ranker.run({ query: 'q', documents, topK: 0 }))
    expect(topK).toMatchObject({ code: 'OPTION_INVALID', option: 'topK' })
    expect(topK.message).toMatchInlineSnapshot(`"Input 'topK' is 0: it must be at least 1."`)
    const query = await failureOf(ranker.run({ query: '', documents }))
    expect(query).toMatchObject({ code: 'OPTION_INVALID', option: 'query' })
    expect(query.message).toMatchInlineSnapshot(`"Input 'query' is empty: there is nothing to rank by."`)
    const empty = await failureOf(ranker.run({ query: 'q', documents: [Document.create({ id: 'e' })] }))
    expect(empty).toMatchObject({ code: 'OPTION_INVALID', option: 'documents' })
    const made = await failureOf(() => rankerOn(new ScriptedTexts(), { topK: 0 }))
    expect(made).toMatchObject({ code: 'OPTION_INVALID', option: 'topK' })
  })

  test('ends a run whose signal aborts', async () => {
    const engine = new ScriptedTexts()
    const aborting = new AbortController()
    engine.before = () => aborting.abort(new DOMException('enough', 'AbortError'))
    const run = rankerOn(engine).run({ query: 'q', documents }, collecting(aborting.signal).context)
    await expect(run).rejects.toThrow('enough')
    expect(engine.texts).toHaveLength(1)
  })

  test('ranks with a real model as the scores of single documents say', async () => {
    await inTemporaryFolder(async (dir) => {
      const model = join(dir, 'ranker.gguf')
      writeBert(model, { pooling: 4, head: true })
      const ranker = rankerOn(nodeLlamaCpp, { model, slots: 2 })
      try {
        const query = 'the capital of france'
        const given = ['cats like fish', 'paris is the capital of france', 'berlin'].map((content) =>
          Document.create({ content }),
        )
        const { documents: ranked } = await ranker.run({ query, documents: given })
        const alone = await Promise.all(given.map((document) => ranker.run({ query, documents: [document] })))
        const best = alone
          .flatMap((result) => result.documents)
          .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
        expect(ranked).toEqual(best)
        expect(new Set(ranked.map(({ score }) => score)).size).toBe(3)
      } finally {
        await ranker.close()
      }
    })
  })

  test('refuses a chat model', async () => {
    const failure = await failureOf(rankerOn(nodeLlamaCpp).warmUp())
    expect(failure.code).toBe('MODEL_UNSUPPORTED')
  })
})
