import { describe, expect, test } from '@jest/globals'
import { checkBlocks, hasMessageBlocks } from '../../src/template/check-blocks.ts'
import { lexTemplate } from '../../src/template/lex-template.ts'

function check(template: string, messages = false) {
  checkBlocks(lexTemplate(template), { messages })
}

describe('checkBlocks', () => {
  test.each([
    '{% if a %}{% elif b %}{% else %}{% endif %}',
    '{% for a in b %}{% if c %}{% break %}{% endif %}{% continue %}{% else %}{% endfor %}',
    '{% set x = 1 %}{% set y %}{% endset %}{% set ns.z = {"a": 1} %}',
    '{% macro m() %}{% endmacro %}{% call m() %}{% endcall %}{% filter upper %}{% endfilter %}',
  ])('accepts %s', (template) => {
    expect(() => check(template)).not.toThrow()
  })

  test('accepts message blocks with nothing but white space between them', () => {
    expect(() => check(' {% message role="user" %}a{% endmessage %}\n{% insert b %} ', true)).not.toThrow()
  })

  test.each([
    ['{% if a %}', 0, "'{% if %}' is never closed: '{% endif %}' is missing."],
    [
      '{% for a in b %}{% if c %}{% endfor %}',
      26,
      "'{% endfor %}' closes nothing: the open block is '{% if %}'.",
    ],
    ['{% endset %}', 0, "'{% endset %}' closes nothing: no block is open."],
    ['{% else %}', 0, "'{% else %}' stands in no '{% if %}' or '{% for %}'."],
    ['{% for a in b %}{% elif c %}{% endfor %}', 16, "'{% elif %}' stands in no '{% if %}'."],
    ['{% break %}', 0, "'{% break %}' stands in no '{% for %}'."],
    [
      '{% for a in b %}{% macro m() %}{% continue %}{% endmacro %}{% endfor %}',
      31,
      "'{% continue %}' stands in no '{% for %}'.",
    ],
    [
      '{% include "x" %}',
      0,
      "There is no statement 'include'. Possible: 'break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw' and 'set'.",
    ],
    [
      '{% forr a in b %}',
      0,
      "There is no statement 'forr'. Possible: 'break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw' and 'set'. Did you mean 'for'?",
    ],
    [
      '{% %}',
      0,
      "'{%' is followed by no statement. Possible: 'break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw' and 'set'.",
    ],
    [
      '{% constructor %}',
      0,
      "There is no statement 'constructor'. Possible: 'break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw' and 'set'.",
    ],
    [
      '{% message role="user" %}a{% endmessage %}',
      0,
      "'{% message %}' makes messages. It stands in a template of a ChatPromptBuilder that is one string.",
    ],
    [
      'a{% insert b %}',
      1,
      "'{% insert %}' makes messages. It stands in a template of a ChatPromptBuilder that is one string.",
    ],
  ])('refuses %s', (template, offset, message) => {
    expect(() => check(template)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX', offset, message }),
    )
  })

  test.each([
    [
      '{% insert a %} text',
      15,
      "This text stands outside of the '{% message %}' blocks, so it belongs to no message.",
    ],
    [
      '{% message role="user" %}{% message role="user" %}{% endmessage %}{% endmessage %}',
      25,
      "A '{% message %}' block cannot stand in another one.",
    ],
    [
      '{% message role="user" %}{% insert a %}{% endmessage %}',
      25,
      "'{% insert %}' cannot stand in a '{% message %}' block: it inserts whole messages.",
    ],
    [
      '{% mesage role="user" %}{% endmessage %}',
      0,
      "There is no statement 'mesage'. Possible: 'break', 'call', 'continue', 'filter', 'for', 'if', 'macro', 'raw', 'set', 'message' and 'insert'. Did you mean 'message'?",
    ],
  ])('refuses %s where messages are made', (template, offset, message) => {
    expect(() => check(template, true)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_SYNTAX', offset, message }),
    )
  })
})

describe('hasMessageBlocks', () => {
  test.each([
    ['{% message role="user" %}{% endmessage %}', true],
    ['{% insert a %}', true],
    ['{{ message }} {% raw %}{% message %}{% endraw %}', false],
  ])('is right about %s', (template, expected) => {
    expect(hasMessageBlocks(lexTemplate(template))).toBe(expected)
  })
})
