import { expect, test } from '@jest/globals'
import { checkString } from '../../src/data/check.ts'
import { guards } from '../../src/data/guards.ts'
import { thrownBy } from './thrown.ts'

const label = guards<string>('label', 'DATA_INVALID_DOCUMENT', checkString)

test('validate hands back the value itself and is agrees with it', () => {
  expect(label.validate('x')).toBe('x')
  expect([label.is('x'), label.is(1)]).toEqual([true, false])
})

test('validate throws with the noun, the place and the code', async () => {
  expect(await thrownBy(() => label.validate(1))).toBe(
    'DATA_INVALID_DOCUMENT: Invalid label: it must be a string, not 1.',
  )
})
