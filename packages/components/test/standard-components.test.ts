import { describe, expect, test } from '@jest/globals'
import { Registry } from '@millrace/core'
import { checkValue } from '@millrace/core/component'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
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
      expect(fields.length > 0).toBe(component.parameters !== undefined)
      expect(fields.filter(([, field]) => field.description === undefined)).toEqual([])
    },
  )

  test.each(
    [...standardComponents.components, ...standardComponents.resources].map(
      (made) => [made.type, made] as const,
    ),
  )('%s that is made with nothing works, or says what is missing', (type, made) => {
    const declared = made.parameters?.type
    const fields = declared?.kind === 'object' ? Object.values(declared.fields) : []
    const make = () => new made()
    if (fields.every(({ optional }) => optional)) return void make()
    expect(make).toThrow(
      expect.objectContaining({
        code: 'COMPONENT_PARAMETERS',
        message: expect.stringMatching(new RegExp(`^${type} was made without '.*Write new ${type}\\(\\{ `)),
      }),
    )
  })

  test('refuses a parameter that does not exist', () => {
    const [component] = standardComponents.components
    const problems = checkValue(component?.parameters as never, { template: '', requiredVariable: [] })
    expect(problems.map(({ message }) => message)).toMatchInlineSnapshot(`
[
  "'requiredVariable' is unknown. Possible: 'template', 'requiredVariables' and 'variables'. Did you mean 'requiredVariables'?",
]
`)
  })

  test('loads prompt builders from a file, and dumps them again', () => {
    const registry = new Registry([standardComponents])
    const file = `components:
  text:
    type: PromptBuilder
    initParameters:
      template: What is {{ what }}?
  chat:
    type: ChatPromptBuilder
    initParameters:
      template:
        - role: system
          content: Be brief.
        - insert: history
        - role: user
          content:
            - "{{ question }}"
            - type: image
              variable: photo
      requiredVariables:
        - question
connections:
  - sender: text.prompt
    receiver: chat.question
`
    const pipeline = loadPipeline(file, { registry })
    const again = loadPipeline(dumpPipeline(pipeline), { registry })
    expect(again.names()).toEqual(['text', 'chat'])
    expect(again.get('chat').initParameters).toEqual(pipeline.get('chat').initParameters)
    expect(again.inputs()).toEqual(pipeline.inputs())
  })

  test('lets a file point at the template that is wrong', () => {
    const registry = new Registry([standardComponents])
    const file = `components:
  prompt:
    type: ChatPromptBuilder
    initParameters:
      template:
        - role: system
          content: Be brief.
        - role: user
          content: What is {{ the capital }}?
`
    expect(() => loadPipeline(file, { registry })).toThrow(
      expect.objectContaining({
        code: 'LOAD_COMPONENT',
        line: 9,
        path: 'components.prompt.initParameters.template[1].content',
        message: expect.stringContaining(
          "Error in 'template[1].content' at line 1, column 16: Expected an operator or '}}', not 'capital'.",
        ),
      }),
    )
  })
})
