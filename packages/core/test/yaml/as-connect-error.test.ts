import { expect, test } from '@jest/globals'
import { DefinitionError } from '../../src/errors.ts'
import { asDefinitionError } from '../../src/yaml/as-definition-error.ts'

test('an error of building is handed on, any other is thrown again', () => {
  const building = new DefinitionError('CONNECT_SELF', 'no')
  expect(asDefinitionError(building)).toBe(building)
  const other = new TypeError('a bug')
  expect(() => asDefinitionError(other)).toThrow(other)
})
