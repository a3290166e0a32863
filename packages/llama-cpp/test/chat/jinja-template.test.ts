// What no template may do, whoever wrote it: hang, fill the memory, see more than it is given. The language itself is
// tested where it is made.
import { describe, expect, test } from '@jest/globals'
import { isExcess, jinjaTemplate, templateReason } from '../../src/chat/jinja-template.ts'
import { chatTemplates } from './chat-templates.ts'

function thrownBy(text: string, variables: Readonly<Record<string, unknown>> = {}): unknown {
  try {
    return jinjaTemplate(text)(variables)
  } catch (error) {
    return error
  }
}

describe('a template that takes too much is stopped:', () => {
  test.each([
    ['nested loops', '{% for a in range(99999) %}{% for b in range(99999) %}{{ b }}{% endfor %}{% endfor %}'],
    [
      'a text that doubles',
      '{% set ns = namespace(v="aa") %}{% for i in range(60) %}{% set ns.v = ns.v ~ ns.v %}{% endfor %}',
    ],
    ['a deep indent', '{{ x | indent(1000000000) }}'],
  ])('%s', (_, text) => {
    expect(isExcess(thrownBy(text, { x: 'a\nb' }))).toBe(true)
  })

  test('but one that calls itself may render other conversations', () => {
    const error = thrownBy('{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}')
    expect([error instanceof Error, isExcess(error)]).toEqual([true, false])
  })
})

describe('a template', () => {
  test('raises what it wants to, in its own words', () => {
    const error = thrownBy("{{ raise_exception('no system message') }}")
    expect([templateReason(error), isExcess(error)]).toEqual(['no system message', false])
    expect(templateReason(thrownBy('{{ 1 + "a" }}'))).toContain('line 1')
  })

  test('knows the date', () => {
    const text = "{{ strftime_now('%d %B %Y') }}"
    expect(jinjaTemplate(text, () => new Date(2026, 0, 2))({})).toBe('02 January 2026')
    expect(jinjaTemplate("{{ strftime_now('%Y') }}")({})).toMatch(/^20\d\d$/)
  })

  test('may be wrong where no conversation comes to', () => {
    expect(jinjaTemplate('{% if x %}{{ x | nonsense }}{% endif %}a')({})).toBe('a')
  })

  test('has room for a long conversation', () => {
    const messages = Array.from({ length: 10_000 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: 'some words '.repeat(20),
    }))
    const given = JSON.stringify(messages).length
    expect(jinjaTemplate(chatTemplates.qwen3)({ messages }, given).length).toBeGreaterThan(2_200_000)
  })
})
