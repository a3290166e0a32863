import { describe, expect, test } from '@jest/globals'
import { t } from '@millrace/core'
import { TemplateVariables, variableParameters } from '../../src/builders/template-variables.ts'

describe('TemplateVariables', () => {
  test('requires all variables unless it is told which', () => {
    const names = (parameters: object) =>
      Object.entries(new TemplateVariables('X', parameters, ['a', 'b']).sockets())
        .filter(([, socket]) => !socket.optional)
        .map(([name]) => name)
    expect(names({})).toEqual(['a', 'b'])
    expect(names({ requiredVariables: '*', variables: ['c'] })).toEqual(['a', 'b', 'c'])
    expect(names({ requiredVariables: ['b'] })).toEqual(['b'])
    expect(names({ requiredVariables: [] })).toEqual([])
  })

  test('keeps the types that variables have', () => {
    const variables = new TemplateVariables('X', { requiredVariables: ['a'] }, ['a', 'b'])
    const sockets = variables.sockets(new Map([['b', t.array(t.message())]]))
    expect(sockets['a']).toMatchObject({ type: { kind: 'unknown' }, optional: false })
    expect(sockets['b']).toMatchObject({ type: { kind: 'array' }, optional: true })
  })

  test('gathers what was given, and leaves out what is undefined', () => {
    const variables = new TemplateVariables('X', { requiredVariables: [] }, ['a', 'b', 'c'])
    expect(variables.gather({ a: 1, b: undefined, c: null }, { a: 2 }, ['a'])).toEqual({ a: 2, c: null })
  })

  test('asks only for what the template at hand reads', () => {
    const variables = new TemplateVariables('X', {}, ['a', 'b'])
    expect(variables.gather({ a: 1 }, {}, ['a'])).toEqual({ a: 1 })
    expect(() => variables.gather({ a: 1 }, {}, ['a', 'b'])).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message:
          "X was not given 'b'. Required: 'a' and 'b'. Given: 'a'. Give what is missing, or leave it out of 'requiredVariables'.",
      }),
    )
  })

  test('refuses variables that are no list', () => {
    expect(() => new TemplateVariables('X', { variables: null as never }, [])).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        option: 'variables',
        message: "'variables' must be a list of names, not null.",
      }),
    )
  })
})

test('The parameters of variables have the default that the code has', () => {
  expect(variableParameters.requiredVariables).toMatchObject({ optional: true, default: '*' })
  expect(variableParameters.variables).toMatchObject({ optional: true })
})
