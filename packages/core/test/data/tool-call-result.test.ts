import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TextContent } from '../../src/data/text-content.ts'
import { ToolCall } from '../../src/data/tool-call.ts'
import { ToolCallResult, toolCallResultSchema } from '../../src/data/tool-call-result.ts'
import { toolCallResult } from './arbitraries.ts'
import { testSchemaAgreement } from './schema-agreement.ts'
import { thrownBy } from './thrown.ts'
import { expectToTravel } from './travels.ts'

const origin = ToolCall.create({ name: 'clock' })
const base = { type: 'toolCallResult', origin, error: false }

test('a result is no error unless it is said to be one', () => {
  expect(ToolCallResult.create({ result: 'noon', origin })).toStrictEqual({ ...base, result: 'noon' })
  expect(ToolCallResult.create({ result: 'broken', origin, error: true }).error).toBe(true)
})

test('a result that is neither text nor parts is refused', async () => {
  expect(await thrownBy(() => ToolCallResult.create({ result: 12 as unknown as string, origin }))).toBe(
    "DATA_INVALID_MESSAGE: Invalid tool call result: 'result' must be a string or an array of text, image and file parts, not 12.",
  )
})

test('it travels', () => {
  fc.assert(fc.property(toolCallResult, expectToTravel))
})

testSchemaAgreement(toolCallResultSchema, ToolCallResult.is, {
  good: [
    { ...base, result: '' },
    { ...base, result: [] },
    { ...base, result: [TextContent.create('x')] },
    { ...base, result: [{ type: 'image', base64: 'AAAA', mimeType: 'image/png' }] },
    { ...base, result: [{ type: 'file', base64: '', mimeType: 'text/plain' }] },
  ],
  bad: [
    base,
    { ...base, result: null },
    { ...base, result: ['x'] },
    { ...base, result: [origin] },
    { ...base, result: [{ type: 'image', base64: '', mimeType: 'image/png' }] },
    { ...base, result: 'x', error: 'no' },
    { ...base, result: 'x', origin: { name: 'clock' } },
    { type: 'toolCallResult', result: 'x', origin },
  ],
})
