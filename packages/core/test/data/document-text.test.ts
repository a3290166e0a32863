import { describe, expect, test } from '@jest/globals'
import { Document } from '../../src/data/document.ts'
import { type DocumentTextOptions, documentText } from '../../src/data/document-text.ts'

const textOf = (one: Document, options: DocumentTextOptions) =>
  documentText(one, options, (message) => new RangeError(message))

const document = Document.create({
  id: 'd',
  content: 'text',
  meta: { title: 'head', page: 3, tags: ['a', 'b'], none: null, blank: '' },
})

describe('documentText', () => {
  test('is the content when no meta fields are named', () => {
    expect(textOf(document, {})).toBe('text')
  })

  test('has the meta fields in front, in the order of their names, as JSON where they are no texts', () => {
    const metaFieldsToEmbed = ['tags', 'title', 'page']
    expect(textOf(document, { metaFieldsToEmbed })).toBe('["a","b"]\nhead\n3\ntext')
    expect(textOf(document, { metaFieldsToEmbed, embeddingSeparator: ' | ' })).toBe(
      '["a","b"] | head | 3 | text',
    )
  })

  test('leaves out what a document does not have', () => {
    const metaFieldsToEmbed = ['none', 'blank', 'missing', 'toString', 'title']
    expect(textOf(document, { metaFieldsToEmbed })).toBe('head\ntext')
    const { content: _, ...bare } = document
    expect(textOf(bare, { metaFieldsToEmbed })).toBe('head')
  })

  test('refuses a document without any text, by its id', () => {
    const bare = Document.create({ id: 'bare', content: '', meta: { none: null } })
    expect(() => textOf(bare, {})).toThrow(
      new RangeError(
        "Document 'bare' has no text: it has no content. Name keys of its meta in 'metaFieldsToEmbed', or leave it out.",
      ),
    )
    expect(() => textOf(bare, { metaFieldsToEmbed: ['none', 'title'] })).toThrow(
      new RangeError(
        "Document 'bare' has no text: it has neither content nor any of the meta fields 'none', 'title'. Leave it out.",
      ),
    )
  })
})
