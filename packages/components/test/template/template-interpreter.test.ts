import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'

/** What happens to a template: what it prints, or the code and the text of its error. */
function outcome(source: string, x?: unknown): string {
  try {
    return compileTemplate(source).render({ x }, { optional: '*' })
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return `${code}: ${message.replace(/^.*?: /, '')}`
  }
}

const notAFunction = 'TEMPLATE_FORBIDDEN: A function can be called, but it is no value.'
const computed = 'TEMPLATE_FORBIDDEN: A call must name what it calls; a template cannot compute a function.'
const noKey = (key: string) =>
  `TEMPLATE_FORBIDDEN: '${key}' is no key of this value, and nothing else can be reached.`

describe('a template that reaches for more than data', () => {
  test.each([
    ['{{ x.constructor }}', noKey('constructor')],
    ['{{ x.__proto__ }}', noKey('__proto__')],
    ['{{ x.prototype }}', noKey('prototype')],
    ['{{ x.__class__.__mro__ }}', noKey('__class__')],
    ["{{ x['__proto__'] }}", noKey('__proto__')],
    ["{{ x['con' ~ 'structor'] }}", noKey('constructor')],
    ["{{ ''.constructor }}", noKey('constructor')],
    ['{{ [].constructor }}', noKey('constructor')],
    ['{{ 1 .constructor }}', noKey('constructor')],
    ['{{ missing.constructor }}', noKey('constructor')],
    ['{{ loop.constructor }}', noKey('constructor')],
    ['{{ namespace().constructor }}', noKey('constructor')],
    ["{{ ''.constructor.constructor('return 1')() }}", computed],
    ["{{ x['constructor']('return 1') }}", computed],
    ['{{ range }}', notAFunction],
    ['{{ range ~ "" }}', notAFunction],
    ['{{ [range] }}', notAFunction],
    ['{{ {"a": range} | tojson }}', notAFunction],
    ['{{ "".upper }}', notAFunction],
    ['{{ "".upper ~ "" }}', notAFunction],
    ['{{ x.items }}', notAFunction],
    ['{% set f = range %}{{ f }}', notAFunction],
    ['{% macro m(f) %}{{ f }}{% endmacro %}{{ m(m) }}', notAFunction],
    ['{{ namespace(f=range).f }}', notAFunction],
    ['{{ [""] | map(attribute="constructor") }}', 'TEMPLATE_FAILED: Items in map must be an object.'],
    ['{{ [x] | map(attribute="constructor.constructor") }}', '[null]'],
    ['{{ [x] | join(attribute="__proto__") }}', ''],
    ['{{ [x] | selectattr("constructor") }}', '[]'],
    ['{{ x.get("constructor") }}', ''],
    ['{{ x.get("__proto__", "none") }}', 'none'],
    ['{{ "constructor" in x }}', 'false'],
    ['{{ x | items }}', '[]'],
    ['{{ process }}{{ globalThis }}{{ require }}{{ this }}{{ self }}', ''],
    ['{{ process.env.PATH }}', ''],
  ])('%s gives nothing away', (source, expected) => {
    expect(outcome(source, {})).toBe(expected)
  })

  test.each([
    ["{{ x | attr('constructor') }}", "TEMPLATE_SYNTAX: There is no filter 'attr'."],
    ['{{ x | constructor }}', "TEMPLATE_SYNTAX: There is no filter 'constructor'."],
    ['{{ x is constructor }}', "TEMPLATE_SYNTAX: There is no test 'constructor'."],
    ['{{ x.toString() }}', "TEMPLATE_FORBIDDEN: There is no method 'toString' that a template may call."],
    ['{{ x.valueOf() }}', "TEMPLATE_FORBIDDEN: There is no method 'valueOf' that a template may call."],
    ["{{ eval('1') }}", "TEMPLATE_FORBIDDEN: There is no function 'eval' that a template may call."],
    ["{{ require('fs') }}", "TEMPLATE_FORBIDDEN: There is no function 'require' that a template may call."],
    [
      "{{ strftime_now('%Y') }}",
      "TEMPLATE_FORBIDDEN: There is no function 'strftime_now' that a template may call.",
    ],
    [
      '{% call eval() %}{% endcall %}',
      "TEMPLATE_FORBIDDEN: There is no function 'eval' that a template may call.",
    ],
    ["{% include '/etc/passwd' %}", "TEMPLATE_SYNTAX: There is no statement 'include'."],
    ["{% import 'os' as os %}", "TEMPLATE_SYNTAX: There is no statement 'import'."],
  ])('%s is refused before it runs', (source, expected) => {
    expect(outcome(source, {})).toContain(expected)
  })

  test('reads own keys of these names like any other', () => {
    const x = JSON.parse('{"constructor": "Ferrari", "__proto__": "own", "items": 3}')
    expect(outcome('{{ x.constructor }} {{ x.__proto__ }} {{ x.items }}', x)).toBe('Ferrari own 3')
  })

  test('calls no function in a value', () => {
    expect(outcome('{{ x.get }}', { get: () => 'called' })).toBe(
      "TEMPLATE_FORBIDDEN: 'x.get' holds a function. A template gets plain data only: texts, numbers, true, false, null, lists and objects of them.",
    )
    expect(outcome('{{ x.get("a") }}', { get: 'text' })).toBe(
      "TEMPLATE_FAILED: 'get' is a text here, and cannot be called.",
    )
    expect(outcome('{{ x.upper() }}', 1)).toBe("TEMPLATE_FAILED: There is no method 'upper' of a number.")
    expect(outcome('{{ caller() }}')).toBe("TEMPLATE_FAILED: 'caller' is nothing here, and cannot be called.")
  })

  test('takes no property from a changed prototype', () => {
    Object.defineProperty(Object.prototype, 'polluted', {
      value: 'leaked',
      configurable: true,
      enumerable: true,
    })
    try {
      expect(outcome('{{ x.polluted }}{{ polluted }}{{ x["polluted"] }}{{ x }}', { a: 1 })).toBe('{"a": 1}')
    } finally {
      Reflect.deleteProperty(Object.prototype, 'polluted')
    }
  })
})

const tooMuch = 'TEMPLATE_FAILED: It takes more than 5,000,000 steps. Make its loops or its values smaller.'
const tooDeep = 'TEMPLATE_FAILED: It is nested too deeply.'
const tooLong = 'TEMPLATE_FAILED: It makes a text of more than 10,000,000 characters.'
const tooMany = 'TEMPLATE_FAILED: It makes a list of more than 1,000,000 elements.'

function repeat(step: string, start: string, end: string): string {
  return `{% set ns = namespace(v=${start}) %}{% for i in range(60) %}{% set ns.v = ${step} %}{% endfor %}${end}`
}

describe('a template that takes too much', () => {
  const long = 'a'.repeat(9_000_000)

  test.each([
    [
      'a giant range',
      '{{ range(1000000000) }}',
      "TEMPLATE_FAILED: 'range' gives at most 100,000 numbers, not 1,000,000,000.",
    ],
    [
      'nested loops',
      '{% for a in range(100000) %}{% for b in range(100000) %}{{ b }}{% endfor %}{% endfor %}',
      tooMuch,
    ],
    ['a macro that calls itself', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', tooDeep],
    [
      'macros that call each other',
      '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}',
      tooDeep,
    ],
    [
      'a macro that calls itself twice',
      '{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}',
      tooMuch,
    ],
    [
      'a caller that calls its macro',
      '{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}',
      tooDeep,
    ],
    ['an endless expression', `{{ ${new Array(2000).fill('1').join(' ~ ')} }}`, tooDeep],
    ['a text that doubles', repeat('ns.v ~ ns.v', '"aaaa"', '{{ ns.v }}'), tooLong],
    ['a text that doubles as a block', repeat('[ns.v, ns.v] | join', '"aaaa"', '{{ ns.v }}'), tooLong],
    ['a list that doubles', repeat('ns.v + ns.v', '[1]', '{{ ns.v }}'), tooMany],
    ['a tree that doubles, printed', repeat('[ns.v, ns.v]', '[]', '{{ ns.v }}'), tooLong],
    ['a tree that doubles, as JSON', repeat('[ns.v, ns.v]', '[]', '{{ ns.v | tojson(indent=2) }}'), tooLong],
    ['a tree that doubles, joined', repeat('[ns.v, ns.v]', '[]', '{{ ns.v | join }}'), tooLong],
    [
      'a value that holds itself',
      '{% set ns = namespace() %}{% set ns.v = [ns] %}{{ ns }}',
      'TEMPLATE_FAILED: A value holds itself.',
    ],
    [
      'long texts changed over and over',
      '{% for i in range(100000) %}{% set y = x | upper %}{% endfor %}',
      tooMuch,
    ],
    ['a long text split', '{{ x.split("a") }}', tooMany],
    ['a long text replaced by itself', '{{ x.replace("a", x) }}', tooLong],
    ['a long text searched for a long one', '{{ "b" ~ x[:4000000] in x }}', tooMuch],
    [
      'long texts sorted',
      repeat('ns.v + ns.v', '[x]', '').replace('range(60)', 'range(14)').concat('{{ ns.v | sort }}'),
      tooMuch,
    ],
    [
      'a deep indent',
      '{{ x | indent(1000000000) }}',
      'TEMPLATE_FAILED: An indent is a whole number from 0 to 100.',
    ],
  ])('%s fails in time', (_, source, expected) => {
    const start = performance.now()
    expect(outcome(source, long)).toBe(expected)
    expect(performance.now() - start).toBeLessThan(15_000)
  })

  test('a tree that doubles can be held and compared with itself', () => {
    expect(outcome(repeat('[ns.v, ns.v]', '[]', '{{ ns.v == ns.v }}'))).toBe('true')
  })

  test('leaves room for what people do', () => {
    const documents = Array.from({ length: 5000 }, (_, id) => ({
      id,
      content: 'text '.repeat(100),
      embedding: [0.5, 0.25],
    }))
    const source =
      '{% for d in x | sort(attribute="id", reverse=true) %}{{ loop.index }}: {{ d.content | upper }}{% endfor %}'
    expect(outcome(source, documents)).toHaveLength(5000 * 502 + 18_893)
    expect(
      outcome('{% macro m(n) %}{% if n > 0 %}{{ n }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}'),
    ).toMatch(/^4039.*21$/)
  })
})
