import { describe, expect, test } from '@jest/globals'
import { Document } from '@millrace/core'
import { documentText } from '../../src/requests/document-text.ts'
import { failureOf } from '../failure-of.ts'

const document = Document.create({
  id: 'd',
  content: 'text',
  meta: { title: 'head', page: 3, tags: ['a', 'b'], none: null, blank: '' },
})

describe('documentText', () => {
  test('is the content when no meta fields are named', () => {
    expect(documentText(document, {})).toBe('text')
  })

  test('has the meta fields in front, in the order of their names, as JSON where they are no texts', () => {
    const metaFieldsToEmbed = ['tags', 'title', 'page']
    expect(documentText(document, { metaFieldsToEmbed })).toBe('["a","b"]\nhead\n3\ntext')
    expect(documentText(document, { metaFieldsToEmbed, embeddingSeparator: ' | ' })).toBe(
      '["a","b"] | head | 3 | text',
    )
  })

  test('leaves out what a document does not have', () => {
    const metaFieldsToEmbed = ['none', 'blank', 'missing', 'toString', 'title']
    expect(documentText(document, { metaFieldsToEmbed })).toBe('head\ntext')
    const { content: _, ...bare } = document
    expect(documentText(bare, { metaFieldsToEmbed })).toBe('head')
  })

  test('refuses a document without any text, by its id', async () => {
    const bare = Document.create({ id: 'bare', content: '', meta: { none: null } })
    const nothing = await failureOf(() => documentText(bare, {}))
    expect(nothing).toMatchObject({ code: 'OPTION_INVALID', option: 'documents' })
    expect(nothing.message).toMatchInlineSnapshot(
      `"Document 'bare' has no text: it has no content. Name keys of its meta in 'metaFieldsToEmbed', or leave it out."`,
    )
    const fields = await failureOf(() => documentText(bare, { metaFieldsToEmbed: ['none', 'title'] }))
    expect(fields.message).toMatchInlineSnapshot(
      `"Document 'bare' has no text: it has neither content nor any of the meta fields 'none', 'title'. Leave it out."`,
    )
  })
})
