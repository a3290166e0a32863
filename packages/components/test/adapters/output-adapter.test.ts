import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Pipeline } from '@millrace/core'
import { testComponent } from '@millrace/core/testing'
import { Constant } from '../../src/adapters/constant.ts'
import { OutputAdapter } from '../../src/adapters/output-adapter.ts'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'

describe('OutputAdapter', () => {
  testComponent(
    () =>
      new OutputAdapter({
        template: '{{ texts | map("upper") }}',
        outputType: 'strings',
        inputTypes: { texts: 'strings' },
      }),
    { test },
  )

  test('gives a value of the type that it says, which the compiler knows', async () => {
    const pipeline = new Pipeline({
      words: new OutputAdapter({ template: '{{ text.split() }}', outputType: 'strings' }),
      count: new OutputAdapter({ template: '{{ words | length }}', outputType: 'integer' }),
    }).connect('words.output', 'count.words')
    const result = await pipeline.run({ words: { text: 'a b c' } })
    const count: number = result.get('count.output')
    expect(count).toBe(3)
  })

  test('makes the text of a message, and of the part of a list, for a prompt', () => {
    const adapter = new OutputAdapter({ template: '{{ replies[0] }}', outputType: 'string' })
    expect(adapter.run({ replies: [ChatMessage.assistant('Paris.')] })).toEqual({ output: 'Paris.' })
  })

  test('gives the value of a template that sets variables', () => {
    const template =
      "{% if x == 'a' %}\n {% set y = 1 %}\n{% else %}\n {% set y = 3 %}\n{% endif %}\n{{ y }}\n"
    const adapter = new OutputAdapter({ template, outputType: 'integer' })
    expect(Object.keys(adapter.inputs)).toEqual(['x'])
    expect(adapter.run({ x: 'a' })).toEqual({ output: 1 })
  })

  test('passes on an input under another type, if it is of it', () => {
    const adapter = new OutputAdapter({
      template: 'value',
      outputType: 'strings',
      inputTypes: { value: 'json' },
    })
    expect(adapter.run({ value: ['a'] })).toEqual({ output: ['a'] })
    expect(() => adapter.run({ value: 1 })).toThrow(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        message: "What 'template' gives is not of the type 'strings': expected string[], got the number 1.",
      }),
    )
  })

  test('says where in the template it failed, and not what it was given', () => {
    const adapter = new OutputAdapter({ template: 'a\n{{ x.y.z }}', outputType: 'json' })
    expect(() => adapter.run({ x: { secret: 1 } })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        line: 2,
        message: expect.not.stringContaining('secret'),
      }),
    )
    expect(() => adapter.run({})).toThrow("OutputAdapter was not given 'x'.")
  })

  test('refuses a wrong template when it is made', () => {
    expect(() => new OutputAdapter({ template: '{{ a | maap }}', outputType: 'json' })).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX', option: 'template', line: 1, column: 8 }),
    )
  })
})

describe('Constant', () => {
  testComponent(() => new Constant({ value: { a: [1] } }), { test })

  test('gives its value to all that are connected', async () => {
    const pipeline = new Pipeline({
      name: new Constant({ value: 'Ada', of: 'string' }),
      hello: new PromptBuilder({ template: 'Hello {{ name }}' }),
      bye: new PromptBuilder({ template: 'Goodbye {{ name }}' }),
    })
      .connect('name.value', 'hello.name')
      .connect('name.value', 'bye.name')
    const result = await pipeline.run({})
    expect([result.get('hello.prompt'), result.get('bye.prompt')]).toEqual(['Hello Ada', 'Goodbye Ada'])
  })

  test('gives what it was made with, which nobody can change', () => {
    const value = { a: [1] }
    const constant = new Constant({ value })
    value.a.push(2)
    const given = constant.run().value as { a: number[] }
    expect(() => given.a.push(3)).toThrow(TypeError)
    expect(constant.run()).toEqual({ value: { a: [1] } })
    expect(new Constant({ value: null }).run()).toEqual({ value: null })
  })

  test.each([
    [{}, "Constant was made without 'value'. Write new Constant({ value: … }).\n  value: JSON"],
    [{ value: () => 1 }, "'value' is not of the type 'json': expected JSON, got a function."],
    [{ value: { a: [{ 'b c': Number.NaN }] } }, `'value.a[0]["b c"]' is not of the type 'json': `],
  ])('refuses %p', (wrong, message) => {
    expect(() => new Constant(wrong as never)).toThrow(message)
  })

  test('refuses a value of another type', () => {
    expect(() => new Constant({ value: ['a', 1], of: 'strings' })).toThrow(
      expect.objectContaining({
        code: 'VALUE_INVALID',
        option: 'value[1]',
        message: "'value[1]' is not of the type 'strings': expected string, got the number 1.",
      }),
    )
  })
})
