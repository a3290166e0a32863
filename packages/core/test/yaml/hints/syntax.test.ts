import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { unquoted } from '../../../src/yaml/hints/syntax.ts'

describe('a text that needs quotes', () => {
  test.each<[line: string, text: string]>([
    ['template: {{ y }}', '{{ y }}'],
    ['template: Say: {{ y }}', 'Say: {{ y }}'],
    ['template: {% if y %}x{% endif %}', '{% if y %}x{% endif %}'],
    ['  - {{ y }} is it', '{{ y }} is it'],
    ['initParameters: { template: Hello {{ y }} }', 'Hello {{ y }}'],
    ['initParameters: { template: {{ y }}, other: 1 }', '{{ y }}'],
    ['a: { type: X, initParameters: { template: Hello {{ y }}! } }', 'Hello {{ y }}!'],
    ['template: "{{ y }}" is it', '"{{ y }}" is it'],
    [`template: "{{ y }}" is 'it'`, `"{{ y }}" is 'it'`],
    ["template: 'don't {{ y }}'", "don't {{ y }}"],
    [`template: 'don't "{{ y }}"'`, `don't "{{ y }}"`],
    ["initParameters: { template: 'don't {{ y }}' }", "don't {{ y }}"],
    ['a: { template: "{{ y }}" is it }', '"{{ y }}" is it'],
  ])('%s', (line, text) => {
    const { message = '', offset = 0 } = unquoted(`components:\n${line}\n`, 12 + line.length) ?? {}
    const [, written = ''] = /^.* in quotes: (.*)\.$/.exec(message) ?? []
    expect(parse(written)).toBe(text)
    // It points at the value as it is written.
    expect(`components:\n${line}`.slice(offset)).toMatch(/^["']?(.)/)
    expect(
      line
        .slice(offset - 12)
        .replace(/^'don/, 'don')
        .startsWith(text.slice(0, 4)),
    ).toBe(true)
  })

  test.each([
    'a: "x"',
    "a: 'it''s'",
    'a: { b: "x", c: 1 }',
    'a: [1, "x"]',
    'a: b',
    '"a": 1',
    'a: "x" # said',
  ])('is not found in %s', (line) => expect(unquoted(line, 3)).toBeUndefined())
})
