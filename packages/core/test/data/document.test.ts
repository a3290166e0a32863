import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Document, documentSchema } from '../../src/data/document.ts'
import * as arbitrary from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

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

test.each([
  [{ id: '' }, "'id' must be a string that is not empty, not ''."],
  [{ content: 1 }, "'content' must be a string, not 1."],
  [{ score: Number.NaN }, "'score' must be a finite number, not NaN."],
  [{ embedding: [1, 'x'] }, "'embedding[1]' must be a finite number, not 'x'."],
  [
    { meta: { at: new Date(0) } },
    "'meta' must be JSON. It holds something else: undefined, a function, an infinite number, a class instance, a cycle or more than 1000 levels.",
  ],
])('create refuses %p', async (fields, problem) => {
  expect(await thrownBy(() => Document.create(fields as object))).toBe(
    `DATA_INVALID_DOCUMENT: Invalid document: ${problem}`,
  )
})

test('it travels, and its copy has the same id', () => {
  fc.assert(
    fc.property(arbitrary.documentFields, (fields) => {
      const document = Document.create(fields)
      expectToTravel(document)
      const { id, ...rest } = JSON.parse(JSON.stringify(document)) as Document
      expect(Document.create(rest).id).toBe(id)
    }),
  )
})

testSchemaAgreement(documentSchema, Document.is, {
  good: [
    { id: 'a', meta: {} },
    { id: 'a', content: '', meta: { a: 1 }, score: -1, embedding: [] },
  ],
  bad: [
    { id: '', meta: {} },
    { id: 'a' },
    { meta: {} },
    { id: 'a', meta: [] },
    { id: 'a', meta: {}, content: null },
    { id: 'a', meta: {}, score: '1' },
    { id: 'a', meta: {}, embedding: [null] },
    { id: 'a', meta: {}, blob: 'x' },
  ],
})
