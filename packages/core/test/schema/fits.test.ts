import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { t } from '../../src/component/t.ts'
import { fits } from '../../src/schema/fits.ts'
import type { Socket } from '../../src/schema/socket.ts'
import { type SocketType, typeName } from '../../src/schema/socket-type.ts'
import { checkType } from '../../src/schema/validate.ts'
import { showType, socketType, valuesOf, widerThan } from '../component/arbitraries.ts'

const cache = t.custom('Cache', () => true)
const nothing: SocketType = { kind: 'literal', values: [null] }

function rows(pairs: readonly (readonly [Socket, Socket])[]) {
  return pairs.map(
    ([sends, expects]) => [typeName(sends.type), typeName(expects.type), sends, expects] as const,
  )
}

describe('fits', () => {
  test.each(
    rows([
      // What is equal.
      [t.string(), t.string()],
      [t.string({ minLength: 1 }), t.string({ maxLength: 5 })],
      [t.message(), t.message()],
      [cache, t.custom('Cache', () => false)],
      [t.tools(), t.tools()],
      [t.object({}), t.object({})],
      // What accepts everything.
      [t.string(), t.unknown()],
      [t.unknown(), t.unknown()],
      [t.unknown(), t.union(t.unknown(), t.null())],
      [cache, t.unknown()],
      [t.union(t.string(), t.null()), t.unknown()],
      [t.literal('a'), t.union(t.unknown(), t.null())],
      [t.boolean(), t.union(t.unknown(), t.null())],
      // JSON.
      [t.json(), t.json()],
      [t.string(), t.json()],
      [t.literal('a', 1), t.json()],
      [t.message(), t.json()],
      [t.array(t.record(t.object({ a: t.optional(t.null()) }))), t.json()],
      [t.union(t.integer(), t.document()), t.json()],
      [t.array(t.json()), t.json()],
      // Numbers.
      [t.integer(), t.number()],
      [t.integer(), t.union(t.string(), t.number())],
      [t.literal(1), t.integer()],
      [t.literal(1.5), t.number()],
      // Literals.
      [t.literal('a'), t.string()],
      [t.literal('a', 'b'), t.literal('b', 'c', 'a')],
      [t.literal(true), t.boolean()],
      [t.boolean(), t.literal(true, false)],
      [t.boolean(), t.union(t.literal(true), t.literal(false))],
      [t.literal('a', 1), t.union(t.string(), t.number())],
      [t.literal('a', 'b'), t.union(t.literal('a'), t.literal('b'))],
      [t.literal('a', 1, true), t.union(t.integer(), t.literal('a'), t.boolean())],
      // Unions: each member sent fits some member expected, in whatever order.
      [t.string(), t.union(t.string(), t.null())],
      [t.union(t.string(), t.integer()), t.union(t.integer(), t.string(), t.boolean())],
      [t.union(t.integer(), t.string()), t.union(t.string(), t.number())],
      [t.union(t.literal('a'), t.null()), t.union(t.null(), t.string())],
      [t.union(t.integer(), t.number()), t.number()],
      // Lists, records and objects, by their parts.
      [t.array(t.integer()), t.array(t.number())],
      [t.array(t.integer()), t.array(t.unknown())],
      [t.array(t.unknown()), t.array(t.unknown())],
      [t.array(t.array(t.literal('a'))), t.array(t.array(t.string()))],
      [t.array(t.string()), t.union(t.array(t.string()), t.null())],
      [t.record(t.integer()), t.record(t.number())],
      [t.object({ a: t.integer() }), t.object({ a: t.number() })],
      [t.object({ a: t.integer(), b: t.string() }), t.object({ a: t.integer() })],
      [t.object({ a: t.string() }), t.object({ a: t.optional(t.string()) })],
      [t.object({}), t.object({ a: t.optional(t.string()) })],
      [t.object({ a: t.integer(), b: t.number() }), t.record(t.number())],
      [t.object({ a: t.optional(t.integer()) }), t.record(t.number())],
    ]),
  )('%s → %s', (_sends, _expects, sends, expects) => {
    expect(fits(sends.type, expects.type)).toBe(true)
  })

  test.each(
    rows([
      [t.string(), t.number()],
      [t.unknown(), t.string()],
      [t.unknown(), t.json()],
      [t.unknown(), t.union(t.string(), t.null())],
      [t.json(), t.string()],
      [t.json(), t.union(t.string(), t.number(), t.boolean(), t.null())],
      [cache, t.json()],
      [t.array(cache), t.json()],
      [t.union(t.string(), cache), t.json()],
      [t.object({ a: t.unknown() }), t.json()],
      [t.tools(), t.json()],
      [t.number(), t.integer()],
      [t.boolean(), t.integer()],
      [t.boolean(), t.literal(true)],
      [t.literal(1.5), t.integer()],
      [t.string(), t.literal('a')],
      [t.literal('a', 'b', 'c'), t.literal('a', 'b')],
      [t.literal('a', 1), t.string()],
      [t.literal('a'), t.array(t.string())],
      [t.literal('a'), t.object({})],
      [t.null(), t.string()],
      [t.union(t.string(), t.null()), t.string()],
      [t.union(t.string(), t.integer()), t.union(t.string(), t.boolean())],
      [t.string(), t.message()],
      [t.message(), t.document()],
      [cache, t.custom('Store', () => true)],
      [t.message(), t.object({ role: t.string() })],
      [t.object({}), t.message()],
      [t.array(t.number()), t.array(t.integer())],
      [t.array(t.unknown()), t.array(t.integer())],
      [t.array(t.union(t.string(), t.integer())), t.union(t.array(t.string()), t.array(t.integer()))],
      [t.string(), t.array(t.string())],
      [t.array(t.string()), t.string()],
      [t.record(t.string()), t.object({ a: t.string() })],
      [t.record(t.string()), t.object({})],
      [t.record(t.number()), t.record(t.integer())],
      [t.array(t.string()), t.record(t.string())],
      [t.object({ a: t.string() }), t.object({ a: t.integer() })],
      [t.object({ a: t.optional(t.string()) }), t.object({ a: t.string() })],
      [t.object({ a: t.string() }), t.object({ a: t.string(), b: t.string() })],
      [t.object({ a: t.string() }), t.object({ constructor: t.string() })],
      [t.object({ a: t.string(), b: t.integer() }), t.record(t.string())],
    ]),
  )('not %s → %s', (_sends, _expects, sends, expects) => {
    expect(fits(sends.type, expects.type)).toBe(false)
  })

  test('the literal null is null, and no object', () => {
    expect(fits(nothing, t.null().type)).toBe(true)
    expect(fits(nothing, t.object({}).type)).toBe(false)
  })
})

describe('for any types', () => {
  test('each fits itself, and a copy of itself', () => {
    fc.assert(
      fc.property(socketType, (type) => fits(type, type) && fits(type, JSON.parse(JSON.stringify(type)))),
    )
  })

  test('each fits a wider one, and its values are values of that', () => {
    const pairs = socketType
      .chain((sends) => fc.tuple(fc.constant(sends), widerThan(sends), valuesOf(sends)))
      .map(([sends, expects, value]) => ({ sends, expects, value }))
    fc.assert(
      fc.property(pairs, ({ sends, expects, value }) => {
        expect([showType(sends), fits(sends, expects)]).toEqual([showType(sends), true])
        expect(checkType(sends, value)).toEqual([])
        expect(checkType(expects, value)).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('where one fits another and that a third, the first fits the third', () => {
    const chains = socketType.chain((first) =>
      widerThan(first).chain((second) => widerThan(second).map((third) => [first, second, third] as const)),
    )
    fc.assert(
      fc.property(chains, ([first, second, third]) => {
        expect([fits(first, second), fits(second, third), fits(first, third)]).toEqual([true, true, true])
      }),
      { numRuns: 150 },
    )
  })

  test('where one happens to fit another, its values pass as values of that', () => {
    const pairs = fc
      .tuple(socketType, socketType)
      .filter(([sends, expects]) => fits(sends, expects))
      .chain(([sends, expects]) => fc.tuple(fc.constant(sends), fc.constant(expects), valuesOf(sends)))
    fc.assert(
      fc.property(pairs, ([sends, expects, value]) => {
        expect(checkType(expects, value, { open: true })).toEqual([])
        // Without `open` an object is refused for a field too many, although it fits.
        if (!JSON.stringify(sends).includes('"object"')) expect(checkType(expects, value)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
