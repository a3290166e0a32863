// What no template may do, whoever wrote it: hang, fill the memory, see more than it is given.

import { Template } from '@huggingface/jinja'
import { describe, expect, test } from '@jest/globals'
import { jinjaTemplate } from '../../../../src/engines/node-llama-cpp/prompt/jinja-template.ts'
import {
  TemplateBudget,
  TemplateExcess,
} from '../../../../src/engines/node-llama-cpp/prompt/template-budget.ts'
import { chatTemplates } from '../chat-templates.ts'

function render(text: string, variables: Readonly<Record<string, unknown>> = {}): string {
  return jinjaTemplate(text)(variables, new TemplateBudget())
}

function repeated(step: string, start: string, end: string): string {
  return `{% set ns = namespace(v=${start}) %}{% for i in range(60) %}{% set ns.v = ${step} %}{% endfor %}${end}`
}

const large = 'it makes something that is too large'
const deep = 'it is nested too deeply'
const stopped = /^it takes too (many steps|long)$/

describe('a template that takes too much is stopped:', () => {
  test.each<[string, string, string | RegExp]>([
    ['a giant range', '{% for i in range(1000000000) %}a{% endfor %}', 'it counts to more than 100000'],
    ['an endless range', '{{ range(0, 10, 0) }}', 'it counts to more than 100000'],
    [
      'nested loops',
      '{% for a in range(100000) %}{% for b in range(100000) %}{{ b }}{% endfor %}{% endfor %}',
      stopped,
    ],
    ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', deep],
    [
      'a macro that calls itself twice',
      '{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}',
      stopped,
    ],
    ['an endless expression', `{{ ${new Array(2000).fill("'1'").join(' ~ ')} }}`, deep],
    ['a text that doubles', repeated('ns.v ~ ns.v', '"aaaa"', '{{ ns.v }}'), large],
    ['a text that doubles, not printed', repeated('ns.v + ns.v', '"aaaa"', ''), large],
    ['a list that doubles', repeated('ns.v + ns.v', '[1]', ''), large],
    ['a tree that doubles, printed', repeated('[ns.v, ns.v]', '[]', '{{ ns.v }}'), large],
    ['a tree that doubles, as JSON', repeated('{"a": ns.v, "b": ns.v}', '{}', '{{ ns.v | tojson }}'), large],
    [
      'a value that holds itself',
      '{% set ns = namespace() %}{% set ns.v = [ns] %}{{ ns }}',
      'it has no end: Maximum call stack size exceeded',
    ],
    [
      'a text replaced by itself',
      '{{ x.replace("a", x) }}',
      /^(it has no end: Invalid string length|it takes too long)$/,
    ],
    ['a deep indent', '{{ x | indent(1000000000) }}', 'it has no end: Invalid string length'],
    [
      'a text that is changed over and over',
      '{% for i in range(100000) %}{% set y = x | upper %}{% endfor %}',
      stopped,
    ],
    [
      'a list that is sorted over and over',
      '{% set l = x.split("") if false else range(100000) %}{% for i in range(100000) %}{% set y = l | sort %}{% endfor %}',
      stopped,
    ],
  ])('%s', (_, text, message) => {
    const started = performance.now()
    let thrown: unknown
    try {
      render(text, { x: 'a'.repeat(1_000_000) })
    } catch (cause) {
      thrown = cause
    }
    expect(thrown).toBeInstanceOf(TemplateExcess)
    expect((thrown as Error).message).toMatch(message)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test('one that cannot even be read in time', () => {
    expect(() => jinjaTemplate(`${' '.repeat(5_000_000)}x`)).toThrow('it takes too long')
  })
})

describe('a template', () => {
  const conversation = {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Bye' },
    ],
    bos_token: '<s>',
    eos_token: '</s>',
    add_generation_prompt: true,
  }

  test.each(Object.keys(chatTemplates) as (keyof typeof chatTemplates)[])(
    'of %s renders as by the library alone',
    (name) => {
      const text = chatTemplates[name]
      const own = { ...conversation, messages: conversation.messages.slice(1) }
      expect(render(text, own)).toBe(new Template(text).render(own))
    },
  )

  test('raises what it wants to', () => {
    expect(() => render("{{ raise_exception('no system message') }}")).toThrow(new Error('no system message'))
  })

  test('knows the constants, ranges and the date', () => {
    expect(render('{{ [true, True, false, False] }}{{ none }}{{ None is none }}')).toBe(
      '[true, true, false, false]true',
    )
    expect(render('{{ range(3) }}{{ range(1, 4) }}{{ range(4, 0, -2) }}{{ range(0) }}')).toBe(
      '[0, 1, 2][1, 2, 3][4, 2][]',
    )
    expect(render("{{ strftime_now('%Y') }}")).toBe(String(new Date().getFullYear()))
  })

  test.each([
    '{{ x.constructor }}',
    '{{ x.__proto__ }}',
    "{{ ''.constructor }}",
    '{{ [].constructor }}',
    '{{ process }}{{ globalThis }}{{ require }}{{ this }}{{ self }}{{ work }}',
  ])('sees nothing of the process with %s', (text) => {
    expect(render(text, { x: {} })).toBe('')
  })

  test.each([
    "{{ x['constructor']('return process')() }}",
    "{{ range.constructor('return process')() }}",
    "{{ strftime_now.constructor('return process')() }}",
    "{{ require('fs') }}",
  ])('can call nothing of the process with %s', (text) => {
    expect(() => render(text, { x: {} })).toThrow(/not a function/)
  })

  test('has room for a long conversation', () => {
    const messages = Array.from({ length: 10_000 }, (_, index) => ({
      role: index % 2 === 0 ? 'user' : 'assistant',
      content: 'some words '.repeat(20),
    }))
    const given = JSON.stringify(messages).length
    const text = jinjaTemplate(chatTemplates.qwen3)({ messages }, new TemplateBudget(given))
    expect(text.length).toBeGreaterThan(2_200_000)
  })
})
