import { describe, expect, test } from '@jest/globals'
import { parseTemplate } from '../../src/template/parse-template.ts'
import { TemplateSource } from '../../src/template/template-source.ts'
import { templateLimits } from '../../src/template/work-budget.ts'

function parse(template: string) {
  return parseTemplate(new TemplateSource(template, undefined), 'text')
}

describe('parseTemplate', () => {
  test('knows where each statement and each printed expression starts', () => {
    const template = [
      'a {{ b }}',
      '{% if c %}d{% elif e %}{{ f }}{% else %}{% set g = 1 %}{% endif %}',
      '{% for h in i %}{{ j }}{% else %}{% macro k() %}l{% endmacro %}{% endfor %}',
      '{% call k() %}m{% endcall %}{% filter upper %}n{% endfilter %}{% set o %}p{% endset %}{{ q }}',
    ].join('\n')
    const { offsets } = parse(template)
    const places = [...offsets].map(([node, offset]) => [
      node.type,
      template.slice(offset).split(/\W+/).find(Boolean),
    ])
    expect(places).toEqual([
      ['StringLiteral', 'a'],
      ['Identifier', 'b'],
      ['StringLiteral', 'if'],
      ['If', 'if'],
      ['StringLiteral', 'd'],
      ['If', 'elif'],
      ['Identifier', 'f'],
      ['Set', 'set'],
      ['StringLiteral', 'for'],
      ['For', 'for'],
      ['Identifier', 'j'],
      ['Macro', 'macro'],
      ['StringLiteral', 'l'],
      ['StringLiteral', 'call'],
      ['CallStatement', 'call'],
      ['StringLiteral', 'm'],
      ['FilterStatement', 'filter'],
      ['StringLiteral', 'n'],
      ['Set', 'set'],
      ['StringLiteral', 'p'],
      ['Identifier', 'q'],
    ])
  })

  test.each([
    ['{{ a b }}', "Syntax error in the template at line 1, column 6: '}}' was expected, not 'b'."],
    [
      '{% if a b %}{% endif %}',
      "Syntax error in the template at line 1, column 9: '%}' was expected, not 'b'.",
    ],
    ['{{ }}', "Syntax error in the template at line 1, column 4: '}}' cannot stand here."],
    ['\n\n  {{ a + }}', "Syntax error in the template at line 3, column 10: '}}' cannot stand here."],
    ['{{ (a }}', "Syntax error in the template at line 1, column 7: Expected closing parenthesis, not '}}'."],
    ['{{ [a, }}', "Syntax error in the template at line 1, column 8: '}}' cannot stand here."],
    [
      '{% for a %}{% endfor %}',
      "Syntax error in the template at line 1, column 10: Expected `in` keyword following loop variable, not '%}'.",
    ],
    ['{% set 1 = %}', "Syntax error in the template at line 1, column 12: '%}' cannot stand here."],
    [
      '{{ a | 1 }}',
      "Syntax error in the template at line 1, column 8: Expected identifier for the filter, not '1'.",
    ],
    [
      '{% macro m(a, a) %}{% endmacro %}',
      'Syntax error in the template at line 1, column 16: Duplicate parameter name: a.',
    ],
  ])('refuses %j', (template, message) => {
    expect(() => parse(template)).toThrow(expect.objectContaining({ code: 'TEMPLATE_SYNTAX', message }))
  })

  test('refuses a template that is nested too deeply', () => {
    expect(() => parse(`{{ ${'('.repeat(50_000)}a${')'.repeat(50_000)} }}`)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_SYNTAX',
        message: 'Syntax error in the template: It is nested too deeply.',
      }),
    )
  })

  test('refuses a template that is too long', () => {
    expect(() => parse('a'.repeat(templateLimits.sourceLength + 1))).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_SYNTAX',
        message: 'Syntax error in the template: It is longer than 1,000,000 characters.',
      }),
    )
  })
})
