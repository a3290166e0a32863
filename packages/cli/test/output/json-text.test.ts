import { expect, test } from '@jest/globals'
import { jsonText } from '../../src/output/json-text.ts'
import { failureOf } from '../failure-of.ts'
import { Screen } from '../screen.ts'

test('is one line, or several for a terminal', () => {
  expect(jsonText({ a: 1 }, new Screen(false))).toBe('{"a":1}\n')
  expect(jsonText({ a: 1 }, new Screen(true))).toBe('{\n  "a": 1\n}\n')
})

test('refuses what JSON does not have', async () => {
  expect(await failureOf(() => jsonText({ a: 1n }, new Screen()))).toBe(
    'OUTPUT_FAILED: The output cannot be written as JSON: Do not know how to serialize a BigInt.',
  )
})
