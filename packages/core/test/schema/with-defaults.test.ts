import { expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { withDefaults } from '../../src/schema/with-defaults.ts'

const sockets = { text: t.string(), limit: t.integer({ default: 10 }), tone: t.json({ default: null }) }

test('fills in what was not given, and what was given as undefined', () => {
  expect(withDefaults(sockets, { text: 'a' })).toEqual({ text: 'a', limit: 10, tone: null })
  expect(withDefaults(sockets, { text: 'a', limit: undefined, tone: 1 })).toEqual({
    text: 'a',
    limit: 10,
    tone: 1,
  })
})

test('leaves the values alone, and gives them back when nothing is missing', () => {
  const given = Object.freeze({ limit: 0, tone: '' })
  expect(withDefaults(sockets, given)).toBe(given)
  expect(withDefaults({}, given)).toBe(given)
})
