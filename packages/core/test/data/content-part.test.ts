import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ContentPart, contentPartSchema, contentPartSchemas } from '../../src/data/content-part.ts'
import { contentPart } from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

test('a part of an unknown type is refused with the types there are', async () => {
  expect(await thrownBy(() => ContentPart.validate({ type: 'txt', text: 'x' }))).toBe(
    "DATA_INVALID_MESSAGE: Invalid content part: 'type' must be one of 'text', 'image', 'file', 'toolCall', 'toolCallResult' and 'reasoning', not 'txt'. Did you mean 'text'?",
  )
})

test('every part that a maker makes travels and is accepted by its schema alone', () => {
  fc.assert(
    fc.property(contentPart, (part) => {
      expectToTravel(part)
      expect(Object.keys(contentPartSchemas)).toContain(part.type)
    }),
  )
})

const origin = { type: 'toolCall', name: 'x', arguments: {} }

testSchemaAgreement(contentPartSchema, ContentPart.is, {
  good: [
    { type: 'text', text: '' },
    { type: 'reasoning', text: '' },
    { type: 'image', base64: 'AAAA', mimeType: 'image/png' },
    { type: 'file', base64: 'AAAA', mimeType: 'text/plain' },
    origin,
    { type: 'toolCallResult', result: '', origin, error: true },
  ],
  bad: [
    { type: 'video' },
    { text: 'x' },
    { type: ['text'], text: 'x' },
    { type: 'text', text: 'x', base64: 'AAAA' },
  ],
})
