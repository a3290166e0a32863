import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ReasoningContent, reasoningContentSchema } from '../../src/data/reasoning-content.ts'
import { reasoningContent } from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

test('create makes a part', () => {
  expect(ReasoningContent.create('so')).toStrictEqual({ type: 'reasoning', text: 'so' })
})

test('a text that is no string is refused', async () => {
  expect(await thrownBy(() => ReasoningContent.create(1 as unknown as string))).toBe(
    "DATA_INVALID_MESSAGE: Invalid reasoning part: 'text' must be a string, not 1.",
  )
})

test('it travels', () => {
  fc.assert(fc.property(reasoningContent, expectToTravel))
})

testSchemaAgreement(reasoningContentSchema, ReasoningContent.is, {
  good: [{ type: 'reasoning', text: '' }],
  bad: [{ type: 'text', text: 'x' }, { type: 'reasoning' }, { type: 'reasoning', text: null }],
})
