import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { checkIsText, compileTemplate } from '../../src/template/compile-template.ts'

/** Texts that look like templates, and any other. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '{{',
        '}}',
        '{%',
        '%}',
        '{#',
        '#}',
        ' x ',
        'raw',
        'endraw',
        '-',
        '\n',
        "'",
        '"',
        '\\',
        '\uFDD0',
        '1:0',
      ),
    )
    .map((pieces) => pieces.join('')),
)

describe('compileTemplate', () => {
  test('prints any text as it is, whatever is written in it', () => {
    const template = compileTemplate('{{ x }}')
    fc.assert(fc.property(text, (x) => expect(template.render({ x })).toBe(x)))
  })

  test('prints any text in its place within loops, macros, blocks and attributes', () => {
    const template = compileTemplate(
      '{% macro m(a) %}<{{ a }}>{% endmacro %}{% set b %}{{ x }}{% endset %}{% for y in [x, {"k": x}.k] %}{{ m(y) }}{% endfor %}{{ b }}',
    )
    fc.assert(fc.property(text, (x) => expect(template.render({ x })).toBe(`<${x}><${x}>${x}`)))
  })

  test('gives back a raw text as it is, when that ends no raw block', () => {
    fc.assert(
      fc.property(text, (raw) => {
        fc.pre(!raw.includes('endraw') && !raw.includes('\r'))
        expect(compileTemplate(`{% raw %}${raw}{% endraw %}`).render({})).toBe(raw)
      }),
    )
  })

  test('reads any template in time, or refuses it with an error of its own', () => {
    const template = fc
      .array(
        fc.constantFrom(
          '{{ ',
          ' }}',
          '{% ',
          ' %}',
          'if ',
          'for ',
          'in ',
          'endif',
          'endfor',
          'set ',
          'x',
          ' = ',
          '(',
          ')',
          '[',
          ']',
          '| ',
          'upper',
          '.',
          '1',
          "'a'",
          '{',
          ':',
          ',',
          'macro ',
          'not ',
          ' text ',
        ),
        { maxLength: 30 },
      )
      .map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(template, (source) => {
        try {
          expect(typeof compileTemplate(source).render({ x: 1 }, { optional: '*' })).toBe('string')
        } catch (error) {
          expect(error).toMatchObject({
            name: 'ComponentsError',
            code: expect.stringMatching(/^TEMPLATE_(?:SYNTAX|FORBIDDEN|FAILED)$/),
          })
        }
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['one line feed at the end goes', 'a\n\n', 'a\n'],
    ['blocks leave their lines', 'a\n{% if true %}\nb\n{% endif %}\nc', 'a\n\nb\n\nc'],
    ['a minus takes white space', 'a  {%- if true -%}  b  {%- endif -%}  c', 'abc'],
    ['a plus leaves it', 'a {%+ if true +%} b {% endif %}', 'a  b '],
    ['comments leave nothing', 'a{# b\n{{ #}c', 'ac'],
    ['carriage returns go', 'a\r\nb', 'a\nb'],
  ])('treats white space as Jinja does: %s', (_, source, printed) => {
    expect(compileTemplate(source).render({})).toBe(printed)
  })

  test.each([
    [
      '{% for d in documents %}{{ loop.index }}. {{ d.content }}{% if not loop.last %}; {% endif %}{% endfor %}',
      '1. a; 2. b',
    ],
    ['{% for d in documents if d.score > 0.3 %}{{ d.content }}{% else %}none{% endfor %}', 'b'],
    ['{% for d in [] %}{% else %}none{% endfor %}', 'none'],
    ['{% for k, v in documents[0].items() %}{{ k }}={{ v }},{% endfor %}', 'content=a,score=0.25,'],
    ['{% for c in "añ😀" %}[{{ c }}]{% endfor %}', '[a][ñ][😀]'],
    [
      '{% for d in documents %}{% if loop.first %}{% continue %}{% endif %}{{ d.content }}{% break %}{% endfor %}',
      'b',
    ],
    ['{{ documents }}', '[{"content": "a", "score": 0.25}, {"content": "b", "score": 0.5}]'],
    ['{{ documents[0].title }}{{ documents[0].a.b.c }}{{ documents[9] }}', ''],
    ['{{ documents[-1].content }}{{ "abcd"[1:3] }}{{ [1, 2, 3][::-1] }}', 'bbc[3, 2, 1]'],
    ['{% set a, b = (1, 2) %}{{ a }}{{ b }}{{ (1, (2, 3)) }}', '12[1, [2, 3]]'],
    [
      '{% set ns = namespace(n=0) %}{% for d in documents %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}',
      '2',
    ],
    [
      '{% macro m(a, b="B") %}{{ a }}{{ b }}{{ caller() if caller }}{% endmacro %}{{ m(1) }}{% call m(2, b=3) %}!{% endcall %}',
      '1B23!',
    ],
    ['{% filter upper %}a{{ documents[0].content }}{% endfilter %}', 'AA'],
    ['{% set x %}a{{ 1 + 1 }}{% endset %}{{ x }}', 'a2'],
    ['{{ "yes" if documents else "no" }}{{ "x" if false }}', 'yes'],
    ['{% for i in range(5, 0, -2) %}{{ i }}{% endfor %}', '531'],
    ['{{ [] | first }}{{ [] | last }}', ''],
  ])('renders %s', (source, printed) => {
    const documents = [
      { content: 'a', score: 0.25 },
      { content: 'b', score: 0.5 },
    ]
    expect(compileTemplate(source).render({ documents }, { optional: '*' })).toBe(printed)
  })

  test('sees what was given now, and nothing of an earlier rendering', () => {
    const template = compileTemplate('{% set a = x %}{{ a }}{{ b }}')
    expect(template.render({ x: 1, b: 2 })).toBe('12')
    expect(template.render({ x: 3 }, { optional: ['b'] })).toBe('3')
  })

  test('leaves the values as they were', () => {
    const x = Object.freeze({ list: Object.freeze([2, 1]) })
    expect(compileTemplate('{{ x.list | sort }}{{ x.list | reverse }}').render({ x })).toBe('[1, 2][1, 2]')
    expect(x).toEqual({ list: [2, 1] })
  })

  test('misses a variable that was not given, or given as undefined', () => {
    expect(() => compileTemplate('{{ name }}{{ place }}').render({ nam: 1, place: undefined })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message: "The template was not given 'name' and 'place'. Given: 'nam'. Did you mean 'nam'?",
      }),
    )
  })

  test('takes null for a value', () => {
    expect(compileTemplate('{{ x }}{{ x is none }}').render({ x: null })).toBe('true')
  })

  test('knows that an optional variable is missing', () => {
    const template = compileTemplate(
      '{{ x | default("none") }}{% if x is defined %}!{% endif %}{% for y in x %}?{% endfor %}',
    )
    expect(template.render({}, { optional: ['x'] })).toBe('none')
  })

  test('names the template by its option', () => {
    expect(() => compileTemplate('\n{{ a b }}', { option: 'template[1].content' })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_SYNTAX',
        message: "Syntax error in 'template[1].content' at line 2, column 6: '}}' was expected, not 'b'.",
        option: 'template[1].content',
        line: 2,
        column: 6,
        excerpt: '{{ a b }}\n     ^',
      }),
    )
  })

  test('points at the innermost statement that failed', () => {
    const template = compileTemplate(
      '{% for x in y %}\n  {% if x %}\n    {{ x.a | abs }}{% endif %}{% endfor %}',
    )
    expect(() => template.render({ y: [{ a: 1 }, { a: 'b' }] })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          "The template failed at line 3, column 5: The filter 'abs' does not work on a text, or not with these arguments.",
        excerpt: '    {{ x.a | abs }}{% endif %}{% endfor %}\n    ^',
      }),
    )
  })
})

describe('checkIsText', () => {
  test.each([
    [null, 'template', "'template' must be a string, not null."],
    [['a'], undefined, 'A template must be a string, not object.'],
  ])('refuses %j', (value, option, message) => {
    expect(() => checkIsText(value, option)).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID', message, option }),
    )
  })
})
