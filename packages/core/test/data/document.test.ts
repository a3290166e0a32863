import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Document } from '../../src/data/document.ts'
import { rejected } from '../component/thrown.ts'
import * as arbitrary from './arbitraries.ts'

describe('the id', () => {
  test('is the SHA-256 of content and meta as canonical JSON', () => {
    const hashed = createHash('sha256')
      .update('{"content":"é","meta":{"a":[1,{"c":null,"d":2}],"b":true}}')
      .digest('hex')
    const document = Document.create({ content: 'é', meta: { b: true, a: [1, { d: 2, c: null }] } })
    expect(document).toStrictEqual({
      id: hashed,
      content: 'é',
      meta: { b: true, a: [1, { d: 2, c: null }] },
    })
  })

  test('depends neither on the order of keys nor on score and embedding', () => {
    const one = Document.create({ content: 'x', meta: { a: 1, b: 2 } })
    const other = Document.create({ content: 'x', meta: { b: 2, a: 1 }, score: 0.5, embedding: [1, 2] })
    expect(other.id).toBe(one.id)
  })

  test('differs where content or meta differ, also between empty and absent content', () => {
    const documents = [{}, { content: '' }, { content: 'x' }, { meta: { content: 'x' } }].map(Document.create)
    expect(new Set(documents.map(({ id }) => id)).size).toBe(4)
  })

  test('is taken as given', () => {
    expect(Document.create({ id: 'mine' })).toStrictEqual({ id: 'mine', meta: {} })
  })
})

test('create refuses what is not JSON, which has no id', async () => {
  const meta = { at: new Date(0) as unknown as string }
  expect(await rejected(async () => Document.create({ meta }))).toBe(
    "DATA_INVALID_DOCUMENT: Invalid document: 'meta.at': expected JSON, got an instance of Date.",
  )
})

test('the copy of a document has the same id, in whatever order its keys are', () => {
  const reversed = (value: object) => Object.fromEntries(Object.entries(value).reverse())
  fc.assert(
    fc.property(arbitrary.documentFields, (fields) => {
      const { id, ...rest } = Document.create(fields)
      expect(Document.create({ ...rest, meta: reversed(rest.meta) }).id).toBe(id)
    }),
  )
})
