import { describe, expect, test } from '@jest/globals'
import { checkIsFree, checkVariableName, reservedNames } from '../../src/builders/variable-name.ts'

describe('checkVariableName', () => {
  test.each(['a', '_a1', 'größe', 'constructor'])('accepts %s', (name) => {
    expect(checkVariableName(name, 'variables[0]')).toBe(name)
  })

  test.each(['', '1a', 'a b', 'a.b', 'a-b', '__proto__', 'true', 'range'])('refuses %j', (name) => {
    expect(() => checkVariableName(name, 'variables[0]')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        option: 'variables[0]',
        message: `'${name}' in 'variables[0]' is no name of a variable: it starts with a letter or '_', goes on with letters, digits and '_', and is no word of the template language.`,
      }),
    )
  })

  test('refuses what is no text', () => {
    expect(() => checkVariableName(undefined, 'insert')).toThrow(
      "A undefined in 'insert' is no name of a variable",
    )
  })
})

test('A name that a socket has is not free', () => {
  expect(checkIsFree('question', 'template')).toBe('question')
  for (const name of reservedNames) {
    expect(() => checkIsFree(name, 'template')).toThrow(expect.objectContaining({ code: 'TEMPLATE_INVALID' }))
  }
})
