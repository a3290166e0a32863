import { expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { isSocket } from '../../src/schema/socket.ts'

test('isSocket knows what t makes, and what was made from that', () => {
  const sockets = [
    t.string(),
    t.optional(t.message()),
    t.variadic(t.string()),
    { ...t.string(), optional: true },
  ]
  expect(sockets.map(isSocket)).toEqual([true, true, true, true])
  const others = [
    undefined,
    null,
    'string',
    t.string,
    { type: 'string' },
    { type: null, receives: 'one', optional: true },
  ]
  expect(others.map(isSocket)).toEqual([false, false, false, false, false, false])
})
