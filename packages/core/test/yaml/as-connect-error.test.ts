import { expect, test } from '@jest/globals'
import { ConnectError } from '../../src/errors.ts'
import { asConnectError } from '../../src/yaml/as-connect-error.ts'

test('an error of building is handed on, any other is thrown again', () => {
  const building = new ConnectError('CONNECT_SELF', 'no')
  expect(asConnectError(building)).toBe(building)
  const other = new TypeError('a bug')
  expect(() => asConnectError(other)).toThrow(other)
})
