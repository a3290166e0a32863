import { expect, test } from '@jest/globals'
import { t } from '@millrace/core'
import { checkValue } from '@millrace/core/component'
import { sampleOf } from '../../src/output/sample-of.ts'

test('makes a value that fits, with nothing in it that need not be', () => {
  const socket = t.object({
    text: t.string(),
    count: t.integer({ minimum: 5 }),
    mode: t.literal('a', 'b'),
    list: t.array(t.string()),
    either: t.union(t.record(t.string()), t.string()),
    inside: t.object({ flag: t.boolean(), nothing: t.null() }),
    tools: t.tools(),
    left: t.optional(t.string()),
  })
  const sample = sampleOf(socket.type)
  expect(checkValue(socket, sample)).toEqual([])
  expect(sample).toEqual({
    text: 'sample',
    count: 5,
    mode: 'a',
    list: [],
    either: {},
    inside: { flag: false, nothing: null },
    tools: [],
  })
})
