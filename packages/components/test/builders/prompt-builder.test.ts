import { describe, expect, test } from '@jest/globals'
import { Document, type InputsOf, Pipeline, type ValueOf } from '@millrace/core'
import { checkValue } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'

describe('PromptBuilder', () => {
  testComponent(() => new PromptBuilder({ template: 'a {{ b }}{{ c }}', requiredVariables: ['b'] }), {
    test,
    inputs: [{ b: 1 }, { b: 'x', templateVariables: { c: [1] } }, { b: 1, template: '{{ b }}!' }],
  })

  test('makes a text of its template and the values', () => {
    const builder = new PromptBuilder({
      template: 'Documents:\n{% for d in documents %}- {{ d.content }}\n{% endfor %}\nQuestion: {{ query }}',
    })
    const documents = [Document.create({ content: 'a' }), Document.create({ content: 'b' })]
    expect(builder.run({ documents, query: 'why?' })).toEqual({
      prompt: 'Documents:\n- a\n- b\n\nQuestion: why?',
    })
  })

  test('has an input for each variable, beside its own two', () => {
    const { inputs, outputs } = new PromptBuilder({ template: '{{ b }}{{ a }}' })
    expect(Object.entries(inputs).map(([name, socket]) => [name, socket.type.kind, socket.optional])).toEqual(
      [
        ['b', 'unknown', false],
        ['a', 'unknown', false],
        ['template', 'string', true],
        ['templateVariables', 'record', true],
      ],
    )
    expect(Object.keys(outputs)).toEqual(['prompt'])
    expect(inputs['b']?.description).toBe("The variable 'b' of the template.")
  })

  test('keeps its parameters as they were given', () => {
    const parameters = { template: '{{ a }}', requiredVariables: ['a'], variables: ['b', 'a'] } as const
    const builder = new PromptBuilder(parameters)
    expect(builder.initParameters).toBe(parameters)
    expect(checkValue(PromptBuilder.parameters, builder.initParameters)).toEqual([])
    const again = new PromptBuilder(JSON.parse(JSON.stringify(builder.initParameters)))
    expect(again.inputs).toEqual(builder.inputs)
  })

  test('lists what is missing, what is required and what was given', () => {
    const builder = new PromptBuilder({ template: '{{ a }}{{ b }}{{ c }}' })
    expect(() => builder.run({ b: 1, c: undefined })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message:
          "PromptBuilder was not given 'a' and 'c'. Required: 'a', 'b' and 'c'. Given: 'b'. Give what is missing, or leave it out of 'requiredVariables'.",
      }),
    )
  })

  test('prints nothing for a variable that is missing and not required', () => {
    const builder = new PromptBuilder({
      template: '{{ a }}{{ b }}{{ c | default("C") }}',
      requiredVariables: ['a'],
    })
    expect(builder.run({ a: 1 })).toEqual({ prompt: '1C' })
    expect(builder.inputs['b']?.optional).toBe(true)
    expect(() => builder.run({ b: 1 })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_VARIABLE_MISSING' }),
    )
    expect(new PromptBuilder({ template: '{{ a }}', requiredVariables: [] }).run({})).toEqual({ prompt: '' })
  })

  test('takes another template for one run', () => {
    const builder = new PromptBuilder({
      template: '{{ a }}',
      variables: ['a', 'b'],
      requiredVariables: ['a'],
    })
    expect(builder.run({ a: 1, b: 2, template: '{{ b }}{{ c }}!', templateVariables: { c: 3 } })).toEqual({
      prompt: '23!',
    })
    expect(builder.run({ a: 1 })).toEqual({ prompt: '1' })
  })

  test('needs all variables of a template that is given at run time', () => {
    const builder = new PromptBuilder({ template: '{{ a }}' })
    expect(() => builder.run({ a: 1, template: '{{ z }}' })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message:
          "PromptBuilder was not given 'z'. Required: 'z'. Given: 'a'. Give what is missing, or leave it out of 'requiredVariables'.",
      }),
    )
    expect(() => builder.run({ template: '{{' })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX' }),
    )
  })

  test('lets templateVariables win over inputs', () => {
    const builder = new PromptBuilder({ template: '{{ a }}{{ b }}' })
    expect(builder.run({ a: 1, b: 2, templateVariables: { b: 3 } })).toEqual({ prompt: '13' })
  })

  test.each([{ nmae: 1 }, { templateVariables: { nmae: 1 } }])(
    'refuses %j, which nothing reads',
    (inputs) => {
      const builder = new PromptBuilder({ template: '{{ name }}', requiredVariables: [] })
      expect(() => builder.run(inputs)).toThrow(
        expect.objectContaining({
          code: 'TEMPLATE_VARIABLE_UNKNOWN',
          message:
            "PromptBuilder was given 'nmae', which its template does not read. Variables: 'name'. Did you mean 'name'?",
        }),
      )
    },
  )

  test.each([
    [
      { template: 'a\n{{ b c }}' },
      'TEMPLATE_SYNTAX',
      'template',
      "Error in 'template' at line 2, column 6: Expected an operator or '}}', not 'c'.",
    ],
    [
      { template: '{{ ask(x) }}' },
      'TEMPLATE_SYNTAX',
      'template',
      "Error in 'template' at line 1, column 4: There is no function 'ask', and values cannot be called. Functions: 'range', 'dict', 'namespace', 'cycler', 'joiner', 'raise_exception', 'strftime_now', and the macros above.",
    ],
    [{ template: ['a'] }, 'TEMPLATE_INVALID', 'template', "'template' must be a string, not object."],
    [
      { template: '{{ template }}' },
      'TEMPLATE_INVALID',
      'template',
      "A variable cannot be called 'template' ('template'): the builder has inputs 'template' and 'templateVariables' of its own. Rename the variable.",
    ],
    [
      { template: '', variables: ['a', 'templateVariables'] },
      'TEMPLATE_INVALID',
      'variables[1]',
      "A variable cannot be called 'templateVariables' ('variables[1]'): the builder has inputs 'template' and 'templateVariables' of its own. Rename the variable.",
    ],
    [
      { template: '{{ country }}', requiredVariables: ['country', 'countri'] },
      'TEMPLATE_VARIABLE_UNKNOWN',
      'requiredVariables[1]',
      "'requiredVariables' names 'countri', which is not a variable of the builder. Variables: 'country'. Did you mean 'country'?",
    ],
    [
      { template: '', requiredVariables: 'all' },
      'TEMPLATE_INVALID',
      'requiredVariables',
      "'requiredVariables' must be '*' or a list of names, not string.",
    ],
  ])('refuses %j when it is made', (parameters, code, option, message) => {
    expect(() => new PromptBuilder(parameters as never)).toThrow(
      expect.objectContaining({ code, option, message }),
    )
  })

  test('takes any variable for the compiler, and its own two with their types', () => {
    type Inputs = InputsOf<PromptBuilder>
    const given: Inputs['anything'] = 1
    const template: ValueOf<PromptBuilder['inputs']['template']> = 'a'
    // @ts-expect-error a template is a string
    const wrong: ValueOf<PromptBuilder['inputs']['template']> = 1
    expect([given, template, wrong]).toEqual([1, 'a', 1])
  })

  test('works in a pipeline', async () => {
    const pipeline = new Pipeline({
      first: new PromptBuilder({ template: 'What is {{ what }}?' }),
      second: new PromptBuilder({
        template: 'Q: {{ question }} ({{ tone }})',
        requiredVariables: ['question'],
      }),
    }).connect('first.prompt', 'second.question')
    const result = await pipeline.run({ first: { what: '{{ 7 * 7 }}' }, second: { tone: 'dry' } })
    expect(result.get('second.prompt')).toBe('Q: What is {{ 7 * 7 }}? (dry)')
    await expect(pipeline.run({ second: { tone: 'dry' } })).rejects.toMatchObject({ code: 'INPUT_MISSING' })
  })
})
