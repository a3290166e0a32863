// Every error has a position and a sentence. What can be known when a template is made is an error then.
import { describe, expect, test } from '@jest/globals'
import { JinjaError, Template, type TemplateOptions } from '../src/index.ts'

const values = { x: [1, 'a'], f: () => 1, m: new Map() }

function failure(
  source: string,
  options?: TemplateOptions,
): { when: 'made' | 'rendered'; error: JinjaError } {
  let when: 'made' | 'rendered' = 'made'
  try {
    const template = new Template(source, options)
    when = 'rendered'
    template.render(values)
  } catch (error) {
    if (error instanceof JinjaError) return { when, error }
    throw error
  }
  throw new Error(`It ends well: ${source}`)
}

describe('where an error is', () => {
  test('counts lines and characters from 1, and UTF-16 units from 0', () => {
    const source = "ä\n  {{ '😀😀' | nope }}"
    const { error } = failure(source)
    expect([error.line, error.column, error.offset]).toEqual([2, 13, source.indexOf('nope')])
    expect(error.message).toBe(`${error.reason} (line 2, column 13)`)
  })

  test('takes \\r\\n and \\r for one line break', () => {
    const { error } = failure('a\r\nb\rc {{ 1 / 0 }}')
    expect([error.line, error.column, error.offset]).toEqual([3, 8, 11])
  })

  test('is the operation that failed, not the begin of its statement', () => {
    const columns = [
      '{{ 1 + 2 / 0 }}',
      '{{ [1, a.b] }}',
      "{{ 'a' | upper | abs }}",
      '{{ x[0] + x[1] }}',
      '{{ 1 + (2 * none) }}',
    ]
    expect(columns.map((source) => failure(source).error.column)).toEqual([10, 10, 18, 9, 11])
  })

  test('is in the macro, the loop or the block where it happened', () => {
    const sources = [
      '{% macro m() %}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ m() }}',
      '{% for i in [1, 0] %}\n{{ 1 / i }}{% endfor %}',
      '{% set y %}\n{{ 1 / 0 }}{% endset %}',
      '{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}\n{{ 1 / 0 }}{% endcall %}',
    ]
    expect(sources.map((source) => failure(source).error.line)).toEqual([2, 2, 2, 2])
  })
})

describe('a sentence for what is wrong', () => {
  const noFunction = (name: string) =>
    `There is no function '${name}', and values cannot be called. Functions: 'range', 'dict', 'namespace', 'cycler', 'joiner', 'raise_exception', 'strftime_now', and the macros above.`

  test.each<[source: string, when: 'made' | 'rendered', code: string, column: number, reason: string]>([
    // How it is written
    ['{{ x', 'made', 'SYNTAX', 1, "'{{' is not closed: '}}' is missing."],
    ['{% if x', 'made', 'SYNTAX', 1, "'{%' is not closed: '%}' is missing."],
    ['{# a', 'made', 'SYNTAX', 1, "A comment is not closed: '#}' is missing."],
    ['{% raw %}a', 'made', 'SYNTAX', 1, "'{% raw %}' is not closed: '{% endraw %}' is missing."],
    ["{{ 'a }}", 'made', 'SYNTAX', 4, "A string is not closed: the second ' is missing."],
    ['{{ 1 + }}', 'made', 'SYNTAX', 8, "Expected an expression, not '}}'."],
    ['{{ (1 }}', 'made', 'SYNTAX', 7, "Unexpected '}': ')' was expected."],
    ['{{ a..b }}', 'made', 'SYNTAX', 6, "Expected a name or a number behind '.', not '.'."],
    ['{{ 1x }}', 'made', 'SYNTAX', 5, "Expected an operator or '}}', not 'x'."],
    ['{{ a = 1 }}', 'made', 'SYNTAX', 6, "Expected an operator or '}}', not '='."],
    ['{{ a ? b }}', 'made', 'SYNTAX', 6, 'Unexpected character "?".'],
    ['{{ x | }}', 'made', 'SYNTAX', 8, "Expected the name of a filter, not '}}'."],
    ['{{ x is }}', 'made', 'SYNTAX', 9, "Expected the name of a test, not '}}'."],
    ['{% if x %}', 'made', 'SYNTAX', 4, "'{% if %}' is never closed: '{% endif %}' is missing."],
    ['{% endif %}', 'made', 'SYNTAX', 4, "'{% endif %}' closes nothing: no block is open."],
    [
      '{% for a in x %}{% endif %}',
      'made',
      'SYNTAX',
      20,
      "'{% endif %}' closes nothing: the open block is '{% for %}'.",
    ],
    ['{% for x %}{% endfor %}', 'made', 'SYNTAX', 10, "Expected 'in', not '%}'."],
    ['{% break %}', 'made', 'SYNTAX', 4, "'{% break %}' is not in a '{% for %}'."],
    ['{% set 1 = 2 %}', 'made', 'SYNTAX', 8, "Expected a name to assign to, not '1'."],
    ['{% iff x %}', 'made', 'SYNTAX', 4, "There is no statement 'iff'. Did you mean 'if'?"],
    [
      "{% include 'a' %}",
      'made',
      'SYNTAX',
      4,
      "'{% include %}' reads other templates, which is not supported: a template stands alone.",
    ],
    ['{{ range(a=1, 2) }}', 'made', 'SYNTAX', 15, 'Arguments without a name stand before those with one.'],
    ['{{ dict(a=1, a=2) }}', 'made', 'SYNTAX', 14, "'a' is given twice."],
    ['{% macro m(a, a) %}{% endmacro %}', 'made', 'SYNTAX', 15, "There are two parameters named 'a'."],
    [
      '{% macro m(a=1, b) %}{% endmacro %}',
      'made',
      'SYNTAX',
      17,
      "The parameter 'b' needs a default: one before it has one.",
    ],
    // Names
    ['{{ x | upperr }}', 'made', 'UNKNOWN_NAME', 8, "There is no filter 'upperr'. Did you mean 'upper'?"],
    ['{{ x is odder }}', 'made', 'UNKNOWN_NAME', 9, "There is no test 'odder'. Did you mean 'odd'?"],
    ['{{ rnage(3) }}', 'made', 'UNKNOWN_NAME', 4, `${noFunction('rnage')} Did you mean 'range'?`],
    ["{{ ''.uper() }}", 'made', 'UNKNOWN_NAME', 7, "There is no method 'uper'. Did you mean 'upper'?"],
    ['{{ x.uper() }}', 'made', 'UNKNOWN_NAME', 6, "There is no method 'uper'. Did you mean 'upper'?"],
    [
      "{{ x | map('upperr') }}",
      'made',
      'UNKNOWN_NAME',
      12,
      "There is no filter 'upperr'. Did you mean 'upper'?",
    ],
    [
      "{{ x | selectattr('a', 'equals', 1) }}",
      'made',
      'UNKNOWN_NAME',
      24,
      "There is no test 'equals'. Did you mean 'equalto'?",
    ],
    ['{{ x.upper() }}', 'rendered', 'UNDEFINED', 6, "A list has no method 'upper'."],
    // Arguments
    [
      '{{ 3 | round(precison=1) }}',
      'made',
      'ARGUMENTS',
      8,
      "The filter 'round' takes (precision:int?=0, method:common|ceil|floor='common'): it has no 'precison'. Names: 'precision', 'method'. Did you mean 'precision'?",
    ],
    [
      "{{ x | join(delimiter=',') }}",
      'made',
      'ARGUMENTS',
      8,
      "The filter 'join' takes (d='', attribute:int|str?=none): it has no 'delimiter'. Names: 'd', 'attribute'.",
    ],
    ['{{ x | upper(1) }}', 'made', 'ARGUMENTS', 8, "The filter 'upper' takes no arguments: 1 is given."],
    [
      "{{ x | replace('b') }}",
      'made',
      'ARGUMENTS',
      8,
      "The filter 'replace' takes (old, new, count:int?=none): 'new' is missing.",
    ],
    [
      "{{ x | replace('b', new=1, old=2) }}",
      'made',
      'ARGUMENTS',
      8,
      "The filter 'replace' takes (old, new, count:int?=none): 'old' is given twice.",
    ],
    [
      "{{ x | truncate('9') }}",
      'made',
      'ARGUMENTS',
      17,
      "'length' of the filter 'truncate' must be an integer, not '9'.",
    ],
    [
      "{{ x | dictsort(by='keys') }}",
      'made',
      'ARGUMENTS',
      20,
      "'by' of the filter 'dictsort' must be 'key' or 'value', not 'keys'.",
    ],
    [
      "{{ x | map('round', precison=1) }}",
      'made',
      'ARGUMENTS',
      8,
      "The filter 'round' takes (precision:int?=0, method:common|ceil|floor='common'): it has no 'precison'. Names: 'precision', 'method'. Did you mean 'precision'?",
    ],
    [
      '{{ x is divisibleby(1, 2) }}',
      'made',
      'ARGUMENTS',
      9,
      "The test 'divisibleby' takes (num): 2 are given.",
    ],
    [
      '{{ range() }}',
      'made',
      'ARGUMENTS',
      4,
      "The function 'range' takes (start:int, stop:int=…, step:int=1, /): 'start' is missing.",
    ],
    [
      "{{ ''.split(sepp='b') }}",
      'made',
      'ARGUMENTS',
      7,
      "'split' takes (sep:str?=none, maxsplit:int=-1): it has no 'sepp'. Names: 'sep', 'maxsplit'. Did you mean 'sep'?",
    ],
    ['{{ x.items(1) }}', 'made', 'ARGUMENTS', 6, "'items' takes no arguments: 1 is given."],
    [
      '{{ x | truncate(x) }}',
      'rendered',
      'ARGUMENTS',
      17,
      "'length' of the filter 'truncate' must be an integer, not a list.",
    ],
    ['{{ x | truncate(nope) }}', 'rendered', 'UNDEFINED', 17, "'nope' is undefined."],
    [
      '{{ x | batch(0) | list }}',
      'rendered',
      'ARGUMENTS',
      19,
      "'linecount' of the filter 'batch' must be at least 1.",
    ],
    [
      '{% macro m(a) %}{% endmacro %}{{ m(b=1) }}',
      'rendered',
      'ARGUMENTS',
      34,
      "The macro 'm' has no parameter 'b'. Its parameters: a.",
    ],
    // Values
    ['{{ a.b }}', 'rendered', 'UNDEFINED', 6, "'a' is undefined."],
    ['{{ x.b.c }}', 'rendered', 'UNDEFINED', 8, "A list has no 'b'."],
    ['{{ [] | first + 1 }}', 'rendered', 'UNDEFINED', 15, "The filter 'first' was given an empty sequence."],
    [
      "{{ 'a' + 1 }}",
      'rendered',
      'TYPE',
      8,
      "'+' does not work on a string and an integer. '~' joins any two values as texts.",
    ],
    ['{{ 1 / 0 }}', 'rendered', 'TYPE', 6, "'/' divides by zero."],
    ["{{ 1 < 'a' }}", 'rendered', 'TYPE', 6, "'<' does not work between an integer and a string."],
    [
      '{{ 1 in 2 }}',
      'rendered',
      'TYPE',
      6,
      'An integer has no elements: a list, dict or string is needed here.',
    ],
    [
      '{{ [1]() }}',
      'rendered',
      'TYPE',
      4,
      'This value cannot be called: it is not a function, macro or method.',
    ],
    [
      "{{ 'x'.join([1]) }}",
      'rendered',
      'TYPE',
      8,
      "'join' puts strings together, and element 0 is an integer. The filter 'join' takes any values.",
    ],
    [
      "{{ x | map('string') }}",
      'rendered',
      'TYPE',
      8,
      'The result of this filter is a generator, which cannot be printed: add `| list` or `| join`.',
    ],
    [
      "{{ ''.upper }}",
      'rendered',
      'TYPE',
      7,
      "The method 'upper' cannot be printed: call it, as in '.upper()', or write ['upper'] for the key.",
    ],
    [
      '{% set d = {} %}{% set d.x = 1 %}',
      'rendered',
      'TYPE',
      24,
      "Only attributes of a namespace can be set, and 'd' is a dict.",
    ],
    ['{% for a, b in [[1]] %}{% endfor %}', 'rendered', 'TYPE', 8, '2 values are needed here, not 1.'],
    ["{{ ''.__class__ }}", 'rendered', 'FORBIDDEN', 7, "'__class__' cannot be read: it is not data."],
    [
      '{{ f }}',
      'rendered',
      'FORBIDDEN',
      1,
      'A JavaScript function cannot be used in a template: values are plain data, as in JSON.',
    ],
    [
      '{{ m }}',
      'rendered',
      'FORBIDDEN',
      1,
      'An object that is not plain data cannot be used in a template: values are plain data, as in JSON.',
    ],
    ["{{ raise_exception('no ' ~ 'roles') }}", 'rendered', 'RAISED', 4, 'no roles'],
    [
      "{{ strftime_now('%Q') }}",
      'rendered',
      'ARGUMENTS',
      4,
      "'%Q' is not a code of a date, as %Y, %m, %d, %H, %M, %S, %A and %B are.",
    ],
    [
      "{% now 'Mars' %}",
      'rendered',
      'ARGUMENTS',
      4,
      "'Mars' is not a time zone, as 'UTC' and 'Europe/Paris' are.",
    ],
    [
      "{% now 'UTC' + 'hours' %}",
      'rendered',
      'ARGUMENTS',
      4,
      "'hours' is not an offset, as 'hours=2' and 'days=-1' are.",
    ],
    [
      "{% now 'UTC' + 'years=900000' %}",
      'rendered',
      'ARGUMENTS',
      4,
      "'years=900000' leads beyond all dates.",
    ],
  ])('%s', (source, when, code, column, reason) => {
    const found = failure(source)
    const { error } = found
    expect([found.when, error.code, error.line, error.column, error.reason]).toEqual([
      when,
      code,
      1,
      column,
      reason,
    ])
  })
})

describe('what is wrong in a branch that never runs', () => {
  const branches = [
    (wrong: string) => `{% if false %}{{ ${wrong} }}{% endif %}`,
    (wrong: string) => `{{ 1 if true else ${wrong} }}`,
    (wrong: string) => `{{ false and ${wrong} }}`,
    (wrong: string) => `{% for y in [] %}{{ ${wrong} }}{% endfor %}`,
    (wrong: string) => `{% for y in [] if ${wrong} %}{% endfor %}`,
    (wrong: string) => `{% macro m(a=${wrong}) %}{{ ${wrong} }}{% endmacro %}`,
    (wrong: string) => `{% if false %}{% set y %}{{ ${wrong} }}{% endset %}{% endif %}`,
    (wrong: string) => `{% if false %}{% filter upper %}{{ ${wrong} }}{% endfilter %}{% endif %}`,
  ]
  const wrongs = [
    '(x | nope)',
    '(x is nope)',
    'nope()',
    "''.nope()",
    '(x | upper(1))',
    "''.upper(1)",
    "range('a')",
    'range()',
  ]

  test.each(wrongs)('is an error when the template is made: %s', (wrong) => {
    for (const branch of branches)
      expect([branch(wrong), failure(branch(wrong)).when]).toEqual([branch(wrong), 'made'])
  })

  test.each(wrongs)('is none in a template that is not strict, until it runs: %s', (wrong) => {
    for (const branch of branches) {
      expect(() => new Template(branch(wrong), { strict: false }).render(values)).not.toThrow()
    }
    expect(failure(`{{ ${wrong} }}`, { strict: false }).when).toBe('rendered')
  })

  test('may name a filter or a test that the template asks for', () => {
    const source =
      "{% if 'markdown' is filter %}{{ x | markdown }}{% else %}no{% endif %}{{ ('y' is y) if 'y' is test else 'no' }}"
    expect(new Template(source).render({ x: 'a' })).toBe('nono')
  })
})
