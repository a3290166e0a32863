import { describe, expect, test } from '@jest/globals'
import { shortened } from '../../src/attributes/shortened.ts'
import { TextBudget } from '../../src/attributes/text-budget.ts'

function within(characters: number, value: unknown) {
  return shortened(value, new TextBudget(characters))
}

describe('within the budget', () => {
  test('JSON stays as it is', () => {
    const value = { text: 'a', list: [1, true, null, { deep: ['x'] }] }
    expect(within(1000, value)).toEqual(value)
  })

  test('what JSON cannot say is replaced by a note', () => {
    class Handle {}
    const callback = () => {}
    const value = {
      callback,
      bytes: new Uint8Array(3),
      date: new Date(0),
      noDate: new Date(Number.NaN),
      handle: new Handle(),
      map: new Map(),
      big: 10n,
      infinite: Number.POSITIVE_INFINITY,
      bare: Object.create(null),
    }
    expect(within(1000, value)).toEqual({
      callback: '(function callback)',
      bytes: '(3 bytes)',
      date: '1970-01-01T00:00:00.000Z',
      noDate: '(invalid date)',
      handle: '(Handle)',
      map: '(Map)',
      big: '10',
      infinite: 'Infinity',
      bare: {},
    })
  })

  test('base64 data and embeddings are replaced by their length', () => {
    expect(within(1000, { type: 'image', base64: 'AAAA', embedding: Array(768).fill(0.5) })).toEqual({
      type: 'image',
      base64: '(4 characters of base64)',
      embedding: '(768 numbers)',
    })
  })

  test('a cycle ends', () => {
    const value: Record<string, unknown> = {}
    value['self'] = value
    expect(JSON.stringify(within(1000, value))).toContain('"self":"(deeper)"')
  })
})

describe('over the budget', () => {
  test('texts are cut, and lists and objects say how much is missing', () => {
    expect(within(10, ['0123456789', 'next', 'last'])).toEqual(['012345678… (10 characters)', '(2 more)'])
    expect(within(12, { text: '0123456789', b: 1, c: 2 })).toEqual({
      text: '0123… (10 characters)',
      '…': '(2 more)',
    })
  })

  test('what is recorded of a large value is about as long as the budget', () => {
    const documents = Array.from({ length: 1000 }, (_, index) => ({
      id: `${index}`,
      content: 'word '.repeat(200),
      meta: { page: index },
    }))
    const { length } = JSON.stringify(within(5000, { documents }))
    expect(length).toBeGreaterThan(4000)
    expect(length).toBeLessThan(6000)
  })
})
