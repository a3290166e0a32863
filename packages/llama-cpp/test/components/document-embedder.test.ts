import { describe, expect, test } from '@jest/globals'
import { Document } from '@millrace/core'
import { deepFreeze, testComponent } from '@millrace/core/testing'
import { LlamaCppDocumentEmbedder } from '../../src/components/document-embedder.ts'
import type { Engine } from '../../src/engines/engine.ts'
import { nodeLlamaCpp } from '../../src/engines/node-llama-cpp.ts'
import { failureOf } from '../failure-of.ts'
import { pocketPath } from '../pocket.ts'
import { collecting } from '../scripted-generator.ts'
import { ScriptedTexts } from '../scripted-texts.ts'

type Parameters = ConstructorParameters<typeof LlamaCppDocumentEmbedder>[0]

const embedderOn = (engine: Engine, parameters: Partial<Parameters> = {}) =>
  new LlamaCppDocumentEmbedder({ model: pocketPath, ...parameters }, engine)

const documentsOf = (...contents: string[]) => contents.map((content) => Document.create({ content }))

describe('LlamaCppDocumentEmbedder', () => {
  testComponent(() => embedderOn(new ScriptedTexts()), {
    test,
    inputs: [{ documents: documentsOf('Paris', 'Oslo') }],
  })

  test('gives each document its vector, and changes nothing else of it', async () => {
    const documents = deepFreeze([
      Document.create({ id: 'a', content: 'abc', meta: { page: 1 }, score: 0.5 }),
      Document.create({ id: 'b', content: 'abcdefghijklmnop', embedding: [9] }),
    ])
    const embedder = embedderOn(new ScriptedTexts(), { normalize: false })
    expect(await embedder.run({ documents })).toEqual({
      documents: [
        { ...documents[0], embedding: [3, 1] },
        { ...documents[1], embedding: [16, 1] },
      ],
      meta: {
        model: 'pocket.gguf',
        engine: 'node-llama-cpp',
        device: 'cpu',
        usage: { promptTokens: 13, totalTokens: 13 },
        timings: { promptMs: expect.any(Number) },
        truncated: 1,
      },
    })
  })

  test('gives no documents for none', async () => {
    const { documents, meta } = await embedderOn(new ScriptedTexts()).run({ documents: [] })
    expect(documents).toEqual([])
    expect(meta).toMatchObject({ usage: { promptTokens: 0 }, truncated: 0 })
  })

  test('puts meta fields, prefix and suffix around the content', async () => {
    const engine = new ScriptedTexts()
    const parameters = { prefix: '<', suffix: '>', metaFieldsToEmbed: ['title'], embeddingSeparator: ' - ' }
    const documents = [Document.create({ content: 'text', meta: { title: 'head' } })]
    await embedderOn(engine, parameters).run({ documents })
    expect(engine.texts).toEqual(['<head - text>'])
  })

  test('names the document that has no text', async () => {
    const documents = [...documentsOf('a'), Document.create({ id: 'empty-one' })]
    const engine = new ScriptedTexts()
    const failure = await failureOf(embedderOn(engine).run({ documents }))
    expect(failure).toMatchObject({ code: 'OPTION_INVALID', option: 'documents' })
    expect(failure.message).toMatchInlineSnapshot(
      `"Document 'empty-one' has no text: it has no content. Name keys of its meta in 'metaFieldsToEmbed', or leave it out."`,
    )
    expect(engine.texts).toEqual([])
  })

  test('ends at an abort within a text of a long list', async () => {
    const engine = new ScriptedTexts()
    const aborting = new AbortController()
    engine.before = (text) => {
      if (text === 'text 50') aborting.abort(new DOMException('enough', 'AbortError'))
    }
    const documents = documentsOf(...Array.from({ length: 200 }, (_, index) => `text ${index}`))
    const embedder = embedderOn(engine, { slots: 2 })
    await expect(embedder.run({ documents }, collecting(aborting.signal).context)).rejects.toThrow('enough')
    await embedder.close()
    expect(engine.texts.length).toBeLessThan(55)
  })
})

describe('the progress of a list', () => {
  test('is told with the first document, at most ten times a second, and with the last', async () => {
    const { chunks, context } = collecting()
    const documents = documentsOf(...Array.from({ length: 300 }, (_, index) => `text ${index}`))
    const started = performance.now()
    await embedderOn(new ScriptedTexts(), { slots: 4 }).run({ documents }, context)
    const mostChunks = 2 + (performance.now() - started) / 100
    const told = chunks.map(({ meta }) => meta?.['progress'])
    expect(told[0]).toEqual({ doneDocuments: 1, totalDocuments: 300 })
    expect(told.at(-1)).toEqual({ doneDocuments: 300, totalDocuments: 300 })
    expect(told.length).toBeLessThanOrEqual(mostChunks)
    expect(chunks[0]).toMatchObject({ content: '', component: context.component })
  })

  test('is not told when it is switched off', async () => {
    const { chunks, context } = collecting()
    await embedderOn(new ScriptedTexts(), { progress: false }).run({ documents: documentsOf('a') }, context)
    expect(chunks).toEqual([])
  })
})

describe('with the pocket model', () => {
  test('slots change nothing but the time, and equal texts have equal vectors', async () => {
    const documents = documentsOf(
      'Alice lives in Paris.',
      'Bob likes pizza.',
      'Carol is a doctor.',
      'Bob likes pizza.',
    )
    const [one, four] = await Promise.all(
      [1, 4].map(async (slots) => {
        const embedder = embedderOn(nodeLlamaCpp, { slots })
        const result = await embedder.run({ documents })
        await embedder.close()
        return result.documents
      }),
    )
    expect(four).toEqual(one)
    const vectors = (one ?? []).map(({ embedding = [] }) => embedding)
    expect(vectors[1]).toEqual(vectors[3])
    expect(vectors[1]).not.toEqual(vectors[0])
    for (const vector of vectors) expect(Math.hypot(...vector)).toBeCloseTo(1, 10)
  })
})
