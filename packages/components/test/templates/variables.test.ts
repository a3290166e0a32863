import { describe, expect, test } from '@jest/globals'
import { t } from '@millrace/core'
import { checkVariableName, TemplateVariables, variableParameters } from '../../src/templates/variables.ts'

const needs = (...variables: string[]) => ({ variables, texts: [] })

describe('TemplateVariables', () => {
  test('requires all variables unless it is told which', () => {
    const names = (parameters: object) =>
      Object.entries(new TemplateVariables('X', parameters, needs('a', 'b')).sockets())
        .filter(([, socket]) => !socket.optional)
        .map(([name]) => name)
    expect(names({})).toEqual(['a', 'b'])
    expect(names({ requiredVariables: '*', variables: ['c'] })).toEqual(['c'])
    expect(names({ requiredVariables: ['b'] })).toEqual(['b'])
    expect(names({ requiredVariables: [] })).toEqual([])
  })

  test('keeps the types that variables have', () => {
    const variables = new TemplateVariables('X', { requiredVariables: ['a'] }, needs('a', 'b'))
    const sockets = variables.sockets(new Map([['b', t.array(t.message())]]))
    expect(sockets['a']).toMatchObject({ type: { kind: 'unknown' }, optional: false })
    expect(sockets['b']).toMatchObject({ type: { kind: 'array' }, optional: true })
  })

  test('gathers what was given, and leaves out what is undefined', () => {
    const variables = new TemplateVariables('X', { requiredVariables: [] }, needs('a', 'b', 'c'))
    expect(variables.gather({ a: 1, b: undefined, c: null }, { a: 2 })).toEqual({ a: 2, c: null })
  })

  test('asks only for what the template at hand reads', () => {
    const variables = new TemplateVariables('X', {}, needs('a', 'b'))
    expect(variables.gather({ a: 1 }, {}, needs('a'))).toEqual({ a: 1 })
    expect(() => variables.gather({ a: 1 }, {}, needs('a', 'b'))).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message:
          "X was not given 'b'. Required: 'a' and 'b'. Given: 'a'. Give what is missing, or leave it out of 'requiredVariables'.",
      }),
    )
  })

  test('refuses variables that are no list', () => {
    expect(() => new TemplateVariables('X', { variables: null as never }, needs())).toThrow(
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

describe('checkVariableName', () => {
  test.each(['a', '_a1', 'größe', 'constructor'])('accepts %s', (name) => {
    expect(checkVariableName(name, 'variables[0]')).toBe(name)
  })

  test.each(['', '1a', 'a b', 'a.b', 'a-b', '__proto__', 'true', 'loop', 'template', undefined])(
    'refuses %j',
    (name) => {
      expect(() => checkVariableName(name, 'variables[0]')).toThrow(
        expect.objectContaining({ code: 'TEMPLATE_INVALID', option: 'variables[0]' }),
      )
    },
  )
})

describe('variables in place of those of the template', () => {
  const builder = () => new TemplateVariables('X', { variables: ['documents'] }, needs('documents', 'query'))

  test('are the only inputs', () => {
    expect(Object.keys(builder().sockets())).toEqual(['documents'])
  })

  test('leave what else a template reads to templateVariables', () => {
    expect(builder().gather({ documents: [] }, { query: 'why?' })).toEqual({ documents: [], query: 'why?' })
    expect(builder().gather({ documents: [] }, {})).toEqual({ documents: [] })
    expect(() => builder().gather({}, { query: 'why?' })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_VARIABLE_MISSING' }),
    )
  })
})
