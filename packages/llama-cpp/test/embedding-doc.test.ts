// docs/embedding.md is true: its pipeline gives what it says, and its tables name every parameter.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Document, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { LlamaCppDocumentEmbedder } from '../src/components/document-embedder.ts'
import { LlamaCppRanker } from '../src/components/ranker.ts'
import { LlamaCppTextEmbedder } from '../src/components/text-embedder.ts'
import { llamaCppComponents } from '../src/llama-cpp-components.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/embedding.md'), 'utf8')
const yaml = /^```yaml\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''
const registry = new Registry([llamaCppComponents])

interface Embedded {
  readonly query: { readonly embedding: readonly number[] }
  readonly documents: { readonly documents: readonly Document[] }
}

describe('docs/embedding.md', () => {
  test('its pipeline embeds a query and documents', async () => {
    await using pipeline = loadPipeline(yaml, { registry, baseDir: import.meta.dirname })
    const documents = [
      Document.create({ content: 'Alice lives in Paris.', meta: { title: 'Alice' } }),
      Document.create({ content: 'Bob likes pizza.', meta: { title: 'Bob' } }),
    ]
    const { outputs } = await pipeline.run({ query: { text: 'Where is Alice?' }, documents: { documents } })
    const { query, documents: embedded } = outputs as unknown as Embedded
    expect(Math.hypot(...query.embedding)).toBeCloseTo(1, 10)
    expect(embedded.documents.map(({ id }) => id)).toEqual(documents.map(({ id }) => id))
    for (const { embedding = [] } of embedded.documents) {
      expect(embedding).toHaveLength(128)
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 10)
    }
  })

  test('its pipeline survives a round trip', () => {
    const pipeline = loadPipeline(yaml, { registry, baseDir: import.meta.dirname })
    const again = loadPipeline(dumpPipeline(pipeline, { registry }), {
      registry,
      baseDir: import.meta.dirname,
    })
    expect(dumpPipeline(again, { registry })).toBe(dumpPipeline(pipeline, { registry }))
  })

  test('its tables name every parameter', () => {
    const written = [...page.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(
      ([, names = '']) => names.match(/\w+/g) ?? [],
    )
    const declared = [LlamaCppTextEmbedder, LlamaCppDocumentEmbedder, LlamaCppRanker].flatMap(
      ({ parameters }) => (parameters.type.kind === 'object' ? Object.keys(parameters.type.fields) : []),
    )
    const missing = [...new Set(declared)].filter((name) => name !== 'engine' && !written.includes(name))
    expect(missing).toEqual([])
  })
})
