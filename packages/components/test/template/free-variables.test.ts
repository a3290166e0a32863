import { describe, expect, test } from '@jest/globals'
import { isTemplateName } from '../../src/template/free-variables.ts'
import { parseTemplate } from '../../src/template/parse-template.ts'
import { TemplateSource } from '../../src/template/template-source.ts'

function variables(template: string): readonly string[] {
  return parseTemplate(new TemplateSource(template, undefined), 'parts').variables
}

describe('freeVariables', () => {
  test.each([
    ['a text', 'text', []],
    ['names in the order of the text', '{{ b }}{{ a }}{{ b }}', ['b', 'a']],
    ['the object of attributes and items', '{{ a.b.c[d].e[f:g:h] }}', ['a', 'd', 'f', 'g', 'h']],
    [
      'every part of an expression',
      '{{ [a, (b, c), {d: e}, -f, not g, h + i, j if k else l, m if n] }}',
      [...'abcdefghijklmn'],
    ],
    ['arguments, and not filters and tests', '{{ a | default(b, boolean=c) is defined }}', ['a', 'b', 'c']],
    ['objects of methods and their arguments', '{{ a.get(b) }}{{ range(c) }}', ['a', 'b', 'c']],
    ['constants', '{{ true }}{{ False }}{{ none }}{{ range }}{{ namespace(x=1) }}', []],
    ['what is set', '{% set a = b %}{{ a }}', ['b']],
    ['what is set later', '{{ a }}{% set a = 1 %}', ['a']],
    ['what is set from itself', '{% set a = a + 1 %}', ['a']],
    ['what is set as a tuple', '{% set a, b = c %}{{ a }}{{ b }}', ['c']],
    ['what is set as a block', '{% set a %}{{ b }}{% endset %}{{ a }}', ['b']],
    ['attributes that are set', '{% set a.b = c %}', ['c', 'a']],
    [
      'what is set in every branch',
      '{% if a %}{% set b = 1 %}{% else %}{% set b = 2 %}{% endif %}{{ b }}',
      ['a'],
    ],
    ['what is set in one branch', '{% if a %}{% set b = 1 %}{{ b }}{% endif %}{{ b }}', ['a', 'b']],
    [
      'what is set in one branch of several',
      '{% if a %}{% set b = 1 %}{% elif c %}{% set b = 2 %}{% endif %}{{ b }}',
      ['a', 'c', 'b'],
    ],
    ['loops', '{% for a in b %}{{ a }}{{ loop.index }}{% endfor %}{{ a }}{{ loop }}', ['b', 'a', 'loop']],
    [
      'loops over pairs with a condition',
      '{% for a, b in c if a > d %}{{ b }}{% else %}{{ a }}{% endfor %}',
      ['c', 'd', 'a'],
    ],
    ['what is set in a loop', '{% for a in b %}{% set c = a %}{% endfor %}{{ c }}', ['b', 'c']],
    [
      'macros',
      '{% macro m(a, b=c) %}{{ a }}{{ b }}{{ d }}{{ varargs }}{{ caller() }}{% endmacro %}{{ m(e) }}',
      ['c', 'd', 'e'],
    ],
    [
      'macros that are defined later',
      '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{% endmacro %}',
      [],
    ],
    ['call blocks', '{% macro m() %}{% endmacro %}{% call(a) m(b) %}{{ a }}{{ c }}{% endcall %}', ['b', 'c']],
    ['filter blocks', '{% filter indent(a) %}{{ b }}{% endfilter %}', ['a', 'b']],
    ['images', '{{ a | image }}', ['a']],
    ['what is asked whether it is defined', '{% if a is defined %}{% endif %}', ['a']],
  ])('finds %s', (_, template, expected) => {
    expect(variables(template)).toEqual(expected)
  })

  test('refuses names that start with two underscores', () => {
    expect(() => variables('a {{ __proto__ }}')).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FORBIDDEN',
        message:
          "Not allowed in the template: A variable cannot be called '__proto__': two '_' at the start are not for variables.",
      }),
    )
  })
})

test('A name of the template language is no name for a variable', () => {
  expect(['true', 'None', 'range', 'namespace'].every(isTemplateName)).toBe(true)
  expect(isTemplateName('trueish')).toBe(false)
})
