import { describe, expect, test } from '@jest/globals'
import { checkValue, Registry } from '@millrace/core'
import { standardComponents } from '../src/standard-components.ts'

describe('standardComponents', () => {
  test('gives a registry every component by its type', () => {
    const registry = new Registry([standardComponents])
    expect(registry.types()).toEqual(standardComponents.components.map(({ type }) => type))
    expect(registry.component('@millrace/components/PromptBuilder').type).toBe('PromptBuilder')
  })

  test.each(standardComponents.components.map((component) => [component.type, component] as const))(
    '%s says what it is and describes each of its parameters',
    (_, component) => {
      expect(component.description).toMatch(/\.$/)
      const type = component.parameters?.type
      const fields = type?.kind === 'object' ? Object.entries(type.fields) : []
      expect(fields).not.toEqual([])
      expect(fields.filter(([, field]) => field.description === undefined)).toEqual([])
    },
  )

  test('refuses a parameter that does not exist', () => {
    const [component] = standardComponents.components
    const problems = checkValue(component?.parameters as never, { template: '', requiredVariable: [] })
    expect(problems.map(({ message }) => message)).toMatchInlineSnapshot(`
[
  "'requiredVariable' is unknown. Possible: 'template', 'requiredVariables' and 'variables'. Did you mean 'requiredVariables'?",
]
`)
  })
})
