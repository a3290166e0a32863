import { describe, expect, test } from '@jest/globals'
import { parseTemplate, type TemplateDialect } from '../../src/template/parse-template.ts'
import { TemplateSource } from '../../src/template/template-source.ts'

function parse(template: string, dialect: TemplateDialect = 'text') {
  return parseTemplate(new TemplateSource(template, undefined), dialect)
}

function messageOf(template: string, dialect?: TemplateDialect): string {
  try {
    parse(template, dialect)
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code} ${message}`
  }
  return 'accepted'
}

describe('checkNames', () => {
  test.each([
    '{{ a | upper | join(", ") | default("b") | tojson(indent=2) }}',
    '{{ a is defined and b is not none }}',
    '{{ a.upper() }}{{ a.b.split(",") }}{{ range(3) }}{{ namespace(a=1).a }}',
    '{% macro m(a) %}{{ caller() if caller }}{% endmacro %}{{ m(*b, **c) }}{% call m(1) %}{% endcall %}',
  ])('accepts %s', (template) => {
    expect(messageOf(template)).toBe('accepted')
  })

  test('gives filters the one form that the library runs', () => {
    const [node] = parse('{{ a | count() }}').program.body
    expect(node).toMatchObject({ filter: { type: 'Identifier', value: 'length' } })
    const [called] = parse('{{ a | d }}').program.body
    expect(called).toMatchObject({
      filter: { type: 'CallExpression', callee: { value: 'default' }, args: [] },
    })
  })

  test('suggests a filter that exists, and points at the one that does not', () => {
    expect(messageOf('{{ name }}\n{{ name | uper }}')).toMatchInlineSnapshot(
      `"TEMPLATE_SYNTAX Syntax error in the template at line 2, column 11: There is no filter 'uper'. Possible: 'abs', 'bool', 'capitalize', 'default', 'dictsort', 'first', 'float', 'indent', 'int', 'items', 'join', 'last', 'length', 'list', 'lower', 'map', 'rejectattr', 'replace', 'reverse', 'round', 'safe', 'selectattr', 'sort', 'string', 'title', 'tojson', 'trim', 'truncate', 'unique' and 'upper'. Did you mean 'upper'?"`,
    )
  })

  test('suggests a test that exists', () => {
    expect(messageOf('{{ name is defnied }}')).toMatchInlineSnapshot(
      `"TEMPLATE_SYNTAX Syntax error in the template at line 1, column 12: There is no test 'defnied'. Possible: 'boolean', 'defined', 'even', 'false', 'integer', 'iterable', 'lower', 'mapping', 'none', 'number', 'odd', 'sequence', 'string', 'true', 'undefined' and 'upper'. Did you mean 'defined'?"`,
    )
  })

  test('refuses functions that are none of the template', () => {
    expect(messageOf('{% macro greet() %}{% endmacro %}{{ gret() }}')).toMatchInlineSnapshot(
      `"TEMPLATE_FORBIDDEN Not allowed in the template at line 1, column 37: There is no function 'gret' that a template may call. Possible: 'namespace', 'raise_exception', 'range' and 'greet'. Did you mean 'greet'?"`,
    )
  })

  test('refuses methods that could be anything', () => {
    expect(messageOf('{{ a.uper() }}')).toMatchInlineSnapshot(
      `"TEMPLATE_FORBIDDEN Not allowed in the template at line 1, column 6: There is no method 'uper' that a template may call. Possible: 'capitalize', 'dictsort', 'endswith', 'get', 'items', 'keys', 'lower', 'lstrip', 'replace', 'rstrip', 'split', 'startswith', 'strip', 'title', 'upper' and 'values'. Did you mean 'upper'?"`,
    )
  })

  test('refuses calls of what was computed', () => {
    const message =
      'TEMPLATE_FORBIDDEN Not allowed in the template at line 1, column 1: A call must name what it calls; a template cannot compute a function.'
    for (const template of [
      '{{ a["upper"]() }}',
      '{{ a()() }}'.replace('a()', 'range(1)'),
      '{{ (a or b)() }}',
      '{{ [a][0]() }}',
    ]) {
      expect(messageOf(template)).toBe(message)
    }
  })

  test.each([
    [
      '{{ a | join(*b) }}',
      "TEMPLATE_SYNTAX Syntax error in the template at line 1, column 8: The filter 'join' takes no '*' or '**' arguments.",
    ],
    [
      '{{ a | tojson(2) }}',
      "TEMPLATE_SYNTAX Syntax error in the template at line 1, column 8: The filter 'tojson' takes its arguments by name, as in tojson(indent=2).",
    ],
    [
      '{{ a.split(**b) }}',
      "TEMPLATE_SYNTAX Syntax error in the template at line 1, column 6: The method 'split' takes no '*' or '**' arguments.",
    ],
    [
      '{{ a | image }}',
      "TEMPLATE_SYNTAX Syntax error in the template at line 1, column 8: The filter 'image' works in the user messages of a ChatPromptBuilder only.",
    ],
  ])('refuses %s', (template, message) => {
    expect(messageOf(template)).toBe(message)
  })

  test.each([
    [
      '{% message "user" %}a{% endmessage %}',
      `TEMPLATE_SYNTAX Syntax error in the template at line 1, column 1: A message block starts with {% message role="user" %}; 'name' and 'meta' may follow.`,
    ],
    [
      '{% message name="x" %}a{% endmessage %}',
      `TEMPLATE_SYNTAX Syntax error in the template at line 1, column 1: A message block starts with {% message role="user" %}; 'name' and 'meta' may follow.`,
    ],
    [
      '{% message role="user" nmae="x" %}a{% endmessage %}',
      "TEMPLATE_SYNTAX Syntax error in the template at line 1, column 24: A message has no 'nmae'. Possible: 'role', 'name' and 'meta'. Did you mean 'name'?",
    ],
    [
      '{% insert %}',
      'TEMPLATE_SYNTAX Syntax error in the template at line 1, column 1: What is inserted is one value, as in {% insert messages %}.',
    ],
    [
      '{% insert a, b %}',
      'TEMPLATE_SYNTAX Syntax error in the template at line 1, column 1: What is inserted is one value, as in {% insert messages %}.',
    ],
  ])('refuses the tag %s', (template, message) => {
    expect(messageOf(template, 'messages')).toBe(message)
  })
})
