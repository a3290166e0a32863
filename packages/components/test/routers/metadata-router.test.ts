import { describe, expect, test } from '@jest/globals'
import { Document, Pipeline } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { MetadataRouter } from '../../src/routers/metadata-router.ts'

const rules = {
  english: { field: 'meta.language', operator: '==', value: 'en' },
  recent: { field: 'meta.date', operator: '>=', value: '2024-01-01' },
}

const documents = [
  { language: 'en', date: '2024-05-01' },
  { language: 'en', date: '2023-05-01' },
  { language: 'de', date: '2023-05-01' },
  {},
].map((meta) => Document.create({ meta }))

describe('MetadataRouter', () => {
  testComponent(() => new MetadataRouter({ rules }), { test, inputs: [{ documents }, { documents: [] }] })

  test('sends a document to each rule that matches it, and all others to unmatched', () => {
    const [both, english, german, bare] = documents
    expect(new MetadataRouter({ rules }).run({ documents })).toEqual({
      english: [both, english],
      recent: [both],
      unmatched: [german, bare],
    })
  })

  test('gives all outputs, empty ones, too', async () => {
    const pipeline = new Pipeline({ router: new MetadataRouter({ rules }) })
    const result = await pipeline.run({ router: { documents: [] } })
    const english: readonly Document[] = result.get('router.english')
    expect(english).toEqual([])
    expect(result.outputs).toEqual({ router: { english: [], recent: [], unmatched: [] } })
  })

  test.each([
    [
      {},
      'ROUTE_INVALID',
      'rules',
      "'rules' has no filter. Give one for each output: { english: { field, operator, value } }.",
    ],
    [
      { unmatched: rules.english },
      'ROUTE_INVALID',
      'rules',
      "'rules' has an output 'unmatched', which every MetadataRouter has.",
    ],
    [{ a: { field: 'x' } }, 'FILTER_INVALID', 'rules.a', /'rules\.a' lacks 'operator' and 'value'/],
  ])('refuses %j when it is made', (wrong, code, option, message) => {
    expect(() => new MetadataRouter({ rules: wrong as never })).toThrow(
      expect.objectContaining({ code, option, message: expect.stringMatching(message) }),
    )
  })
})
