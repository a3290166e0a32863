import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TextContent, textContentSchema } from '../../src/data/text-content.ts'
import { textContent } from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

test('create makes a part, also of an empty text', () => {
  expect(TextContent.create('')).toStrictEqual({ type: 'text', text: '' })
})

test('a text that is no string is refused', async () => {
  expect(await thrownBy(() => TextContent.create(undefined as unknown as string))).toBe(
    "DATA_INVALID_MESSAGE: Invalid text part: 'text' must be a string, not undefined.",
  )
})

test('it travels', () => {
  fc.assert(fc.property(textContent, expectToTravel))
})

testSchemaAgreement(textContentSchema, TextContent.is, {
  good: [{ type: 'text', text: 'x' }],
  bad: [
    { type: 'reasoning', text: 'x' },
    { type: 'text' },
    { text: 'x' },
    { type: 'text', text: 'x', meta: {} },
  ],
})
