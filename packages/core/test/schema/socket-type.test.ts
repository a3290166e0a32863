import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { typeName } from '../../src/schema/socket-type.ts'

describe('typeName', () => {
  const rows: [name: string, socket: Socket][] = [
    ['string[][]', t.array(t.array(t.string()))],
    ['(string | null)[]', t.array(t.union(t.string(), t.null()))],
    ["('a' | 'b')[]", t.array(t.literal('a', 'b'))],
    ["'a | b'[]", t.array(t.literal('a | b'))],
    ['({ a: string } | null)[]', t.array(t.union(t.object({ a: t.string() }), t.null()))],
    ['{ a: string | null }[]', t.array(t.object({ a: t.union(t.string(), t.null()) }))],
    ['Record<string, string | null>[]', t.array(t.record(t.union(t.string(), t.null())))],
    ['Record<string, ChatMessage[]>', t.record(t.array(t.message()))],
    ['{ a?: { b: integer } }', t.object({ a: t.optional(t.object({ b: t.integer() })) })],
    ["'it' | 1 | true", t.literal('it', 1, true)],
  ]

  test.each(rows)('%s', (name, socket) => {
    expect(typeName(socket.type)).toBe(name)
  })

  test('cuts objects of many fields', () => {
    const fields = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`f${index}`, t.null()]))
    expect(typeName(t.object(fields).type)).toBe(
      '{ f0: null, f1: null, f2: null, f3: null, f4: null, f5: null, … }',
    )
  })
})
