import { expect, test } from '@jest/globals'
import { differencesOf } from '../../src/testing/recording-folder.ts'

test('names the places where two values differ, and both sides', () => {
  const asked = { a: { b: [1, 2] }, c: 'x', d: null }
  const recorded = { a: { b: [1, 3, 4] }, c: 'x' }
  expect(differencesOf(asked, recorded)).toEqual([
    'a.b[1] (asked 2, recorded 3)',
    'd (asked null, recorded nothing)',
    'a.b[2] (asked nothing, recorded 4)',
  ])
  expect(differencesOf(asked, asked)).toEqual([])
})

test('shows of a long text the part where it begins to differ', () => {
  const text = 'word '.repeat(40)
  const [difference] = differencesOf({ text: `${text}yes, and on` }, { text: `${text}no, and on it goes` })
  expect(difference).toBe(
    'text (asked … word word word word word word word yes, and on", recorded …ord word word word word word no, and on it goes")',
  )
})
