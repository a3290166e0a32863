import { tokenize } from '@huggingface/jinja'
import { describe, expect, test } from '@jest/globals'
import { lexTemplate } from '../../src/template/lex-template.ts'

function plain(tokens: readonly { type: string; value: string }[]) {
  return tokens.map(({ type, value }) => ({ type, value }))
}

function textOf(template: string) {
  return lexTemplate(template)
    .map(({ value }) => value)
    .join('')
}

describe('lexTemplate', () => {
  test.each([
    'Hello {{ name }}!',
    'a\n  {%- if x == "y" and not z -%}  b\n{% elif q %}c {% else %} d {%- endif %}\n',
    '{% for k, v in d.items() if v > 1.5 %}{{ k ~ ": " ~ v[0:2] | upper }}{% endfor %}',
    "{{ {'a': {'b': [1, (2, 3)]}}['a'].b | join(', ') }}",
    '{{- x -}}   {{ y.z.0 ** 2 // 3 % 4 <= 5 != 6 }}',
    '{% set x = a | default("b", true) %}{% macro m(p, q=1) %}{{ p }}{% endmacro %}{% call(u) m(1, *r, **s) %}{% endcall %}',
  ])('gives the tokens of the library for %j', (template) => {
    expect(plain(lexTemplate(template))).toEqual(plain(tokenize(template)))
  })

  test('leaves out comments and the white space that they take', () => {
    expect(textOf('a {# {{ b }} #} c {#- d -#} e {#-#} f')).toBe('a  ce f')
  })

  test('takes what stands in a raw block as text', () => {
    expect(textOf('{% raw %}{{ x }} {% if %}{% endraw %}')).toBe('{{ x }} {% if %}')
    expect(textOf('a {%- raw -%} {{ x }} {%- endraw -%} b')).toBe('a{{ x }}b')
  })

  test('drops one line feed at the end', () => {
    expect(textOf('a\n\n')).toBe('a\n')
  })

  test('says where each text starts after white space was cut', () => {
    expect(lexTemplate('{{ x -}}  b')).toContainEqual({ type: 'Text', value: 'b', offset: 10 })
  })

  test.each([
    ['a {# b', 2, "'{#' is never closed: '#}' is missing."],
    ['a {% raw %} b', 2, "'{% raw %}' is never closed: '{% endraw %}' is missing."],
    ['a {% if', 2, "'{%' is never closed: '%}' is missing."],
  ])('refuses %j', (template, offset, message) => {
    expect(() => lexTemplate(template)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX', offset, message }),
    )
  })

  test.each([
    ['white space', ' '.repeat(900_000)],
    ['white space in a tag', `{{${' '.repeat(900_000)}x }}`],
    ['a text that is not closed', `{{ "${'a'.repeat(900_000)}`],
    ['tags that are not closed', '{{ x '.repeat(150_000)],
    ['raw tags', `{% raw %}${'{% '.repeat(250_000)}`],
  ])('takes linear time for %s', (_, template) => {
    const start = performance.now()
    try {
      lexTemplate(template)
    } catch {
      // Refused, which is as good.
    }
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
