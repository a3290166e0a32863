import { describe, expect, test } from '@jest/globals'
import { parseTemplate } from '../../src/template/parse-template.ts'
import { renderTemplate, type TemplateExtension } from '../../src/template/render-template.ts'
import { TemplateFailure } from '../../src/template/template-failure.ts'
import { TemplateSource } from '../../src/template/template-source.ts'

function render(
  template: string,
  values: Record<string, unknown> = {},
  extension?: TemplateExtension,
): string {
  return renderTemplate(parseTemplate(new TemplateSource(template, undefined), 'messages'), values, extension)
}

describe('renderTemplate', () => {
  test('prints nothing for a variable without a value of its own', () => {
    expect(render('[{{ a }}{{ toString }}{{ hasOwnProperty }}]')).toBe('[]')
  })

  test('gives filters of ours plain data, and prints what they return', () => {
    const seen: unknown[] = []
    const image = (value: unknown) => `<${seen.push(value)}>`
    const photo = { type: 'image' }
    expect(
      render(
        '{{ photo | image }}{{ [photo, 1] | image }}{{ none | image }}',
        { photo },
        { filters: { image } },
      ),
    ).toBe('<1><2><3>')
    expect(seen).toEqual([photo, [photo, 1], null])
    expect(seen[0]).toBe(photo)
  })

  test('gives functions of ours their arguments and the block that follows', () => {
    const message = ({ named, body }: { named: object; body: () => string }) =>
      JSON.stringify([named, body()])
    const printed = render(
      '{% message role="user" meta={"a": [x]} %}b{{ x }}{% endmessage %}',
      { x: 1 },
      { functions: { '{% message %}': message } },
    )
    expect(JSON.parse(printed)).toEqual([{ role: 'user', meta: { a: [1] } }, 'b1'])
  })

  test('places what an extension throws', () => {
    const image = () => {
      throw new TemplateFailure('TEMPLATE_FAILED', 'It is no image.')
    }
    expect(() => render('a\n{{ x | image }}', {}, { filters: { image } })).toThrow(
      expect.objectContaining({
        message: 'The template failed at line 2, column 1: It is no image.',
        line: 2,
      }),
    )
  })

  test.each([
    ['{{ range(3) }}', '[0, 1, 2]'],
    ['{{ range(1, 4) }}', '[1, 2, 3]'],
    ['{{ range(5, 0, -2) }}', '[5, 3, 1]'],
    ['{{ range(0) }}{{ range(3, 1) }}', '[][]'],
    ['{{ range(100000) | length }}', '100000'],
  ])('counts %s', (template, printed) => {
    expect(render(template)).toBe(printed)
  })

  test.each([
    ['{{ range() }}', "'range' takes one to three whole numbers: start, stop and step."],
    ['{{ range(1.5) }}', "'range' takes one to three whole numbers: start, stop and step."],
    ['{{ range("3") }}', "'range' takes one to three whole numbers: start, stop and step."],
    ['{{ range(stop=3) }}', "'range' takes one to three whole numbers: start, stop and step."],
    ['{{ range(1, 2, 0) }}', "The step of 'range' is zero."],
    ['{{ range(0, -200000, -1) }}', "'range' gives at most 100,000 numbers, not 200,000."],
    ['{{ raise_exception("There is no document.") }}', 'There is no document.'],
    ['{{ raise_exception() }}', 'It refused its values.'],
  ])('%s fails', (template, message) => {
    expect(() => render(template)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `The template failed at line 1, column 1: ${message}`,
      }),
    )
  })
})
