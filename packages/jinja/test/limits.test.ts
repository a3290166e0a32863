// A template ends, whatever it does: by steps, depth and size, not by a clock. It reaches nothing but data, and changes none.
import { describe, expect, test } from '@jest/globals'
import { filters } from '../src/filters.ts'
import { defaultLimits, JinjaError, type Limits, Template } from '../src/index.ts'
import { dictMethods, listMethods, stringMethods } from '../src/methods.ts'
import type { Parameter, Signature } from '../src/signature.ts'

function failure(source: string, values: Record<string, unknown> = {}, limits: Partial<Limits> = {}) {
  try {
    new Template(source).render(values, { limits })
  } catch (error) {
    if (error instanceof JinjaError) return error
    throw error
  }
  throw new Error(`It ends well: ${source}`)
}

const often = (body: string) => `{% for i in range(100000) %}${body}{% endfor %}`
const text = "{% set s = 'a' * 9000000 %}"
const list = '{% set l = range(100000) | list %}'
const dict = '{% set d = dict(range(100000) | batch(2)) %}'
const integer = '{% set n = 2 ** 30000 + 1 %}'
/** Holds itself twice, forty times over. */
const nested =
  '{% set ns = namespace(x=(1,)) %}{% for i in range(40) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}'

test.each([
  ['statements', '{% if a %}b{% endif %}'],
  ['values', '{{a}}'],
  ['operators', '{{ 1', '+1'],
  ['texts in lists', "{{ ['a'", ",'b'"],
  ['statements that are wrong', '{% end %}'],
])('a template with too many %s is refused before it is parsed', (_, start, more = start) => {
  expect(() => new Template(start + more.repeat(100_000))).toThrow(
    expect.objectContaining({
      code: 'LIMIT',
      reason: expect.stringMatching(/at most 100000 names, signs and texts/),
    }),
  )
})

test('a template may have a text of any length', () => {
  expect(new Template('{# a #}a'.repeat(10_000)).render()).toHaveLength(10_000)
  expect(new Template('a'.repeat(5_000_000)).render()).toHaveLength(5_000_000)
})

describe('a bomb ends with the limit that it hits', () => {
  test.each<[source: string, limit: string]>([
    // Loops and recursion
    ['{% for i in range(1000000000) %}x{% endfor %}', 'valueSize'],
    [often(often('')), 'steps'],
    [often(often('{{ loop.last }}')), 'steps'],
    ['{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}', 'depth'],
    ['{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}', 'steps'],
    ['{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}', 'depth'],
    ['{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}', 'steps'],
    // Values that double
    [
      "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      'valueSize',
    ],
    [
      "{% set ns = namespace(s='a') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
      'valueSize',
    ],
    [
      '{% set ns = namespace(s=[1]) %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}',
      'valueSize',
    ],
    ['{% set l = [1] %}{% for i in range(99) %}{% do l.extend(l) %}{% endfor %}', 'valueSize'],
    [
      '{% set ns = namespace(n=3) %}{% for i in range(99) %}{% set ns.n = ns.n * ns.n %}{% endfor %}',
      'valueSize',
    ],
    [`${nested}{{ ns.x }}`, 'steps'],
    [`${nested}{{ ns.x | tojson }}`, 'steps'],
    [`${nested}{% set other = ns.x %}${nested}{{ ns.x == other }}`, 'steps'],
    [`${nested}{% set other = ns.x %}${nested}{{ ns.x < other }}`, 'steps'],
    [`${nested}{{ ns.x in {} }}`, 'valueSize'],
    // Values that are large at once
    ["{{ 'x' * 1000000000 }}", 'valueSize'],
    ['{{ [1] * 100000000 }}', 'valueSize'],
    ['{{ 2 ** 100000000 }}', 'valueSize'],
    ["{{ '%1000000000d' % 1 }}", 'valueSize'],
    ["{{ '%.1000000000f' % 1 }}", 'valueSize'],
    ["{{ '{:1000000000}'.format(1) }}", 'valueSize'],
    ["{{ '{:09000000,}'.format(1) }}", 'steps'],
    ["{{ 'a'.center(1000000000) }}", 'valueSize'],
    ["{{ 'a' | center(1000000000) }}", 'valueSize'],
    ["{{ 'a'.zfill(1000000000) }}", 'valueSize'],
    ["{{ ('\t' * 1000000).expandtabs(1000000) }}", 'valueSize'],
    ["{{ ('a\n' * 100000) | indent(1000000) }}", 'valueSize'],
    ['{{ [1] | batch(100000000, 0) | list }}', 'valueSize'],
    ['{{ [1] | slice(100000000, 0) | list }}', 'valueSize'],
    ["{{ range(100000) | join('x' * 1000) }}", 'valueSize'],
    ["{{ ('x' * 1000000).join(['a'] * 40) }}", 'valueSize'],
    [`${text}{{ range(40) | list | tojson(separators=(s, ':')) }}`, 'valueSize'],
    ['{{ range(20000) | list | tojson(indent=49000) }}', 'valueSize'],
    [`${text}{{ ('a ' * 40) | wordwrap(1, wrapstring=s) }}`, 'valueSize'],
    ["{{ ('a.com ' * 1000) | urlize(target='x' * 100000) }}", 'valueSize'],
    ["{{ ('a' * 1000000) | replace('', 'bbbbbbbbbb') }}", 'steps'],
    ["{% set s = 'a' * 1000000 %}{% for i in range(1000) %}{{ s }}{% endfor %}", 'outputSize'],
    // Work that is cheap once
    [text + often("{% set t = s | replace('', 'b', 0) %}"), 'steps'],
    [text + often("{% set t = s.split('a', 1) %}"), 'steps'],
    [text + often('{% set t = s[i] %}'), 'steps'],
    [text + often('{% set t = s is lower %}'), 'steps'],
    [text + often('{% set t = s | center %}'), 'steps'],
    [text + often('{% set t = s | int %}'), 'steps'],
    [text + often('{% set t = s | filesizeformat %}'), 'steps'],
    [text + often("{% set t = ''.strip(s) %}"), 'steps'],
    [text + often("{% set t = 'b' | trim(s) %}"), 'steps'],
    [text + often('{% set x = s is sameas t %}').replace('{%', "{% set t = 'a' * 9000000 %}{%"), 'steps'],
    [text + often("{% set t = (s | safe) == (s ~ '' | safe) %}"), 'steps'],
    [`${text}{% set t = 'a' * 100000 ~ 'b' %}${often('{{ t in s }}')}`, 'steps'],
    [list + often('{% set m = l == range(100000) | list %}'), 'steps'],
    [list + often('{% set m = l | sort %}'), 'steps'],
    [list + often('{% do l.insert(0, i) %}'), 'steps'],
    [list + often('{{ -1 in l }}'), 'steps'],
    [list + often("{% set m = ''.format(*l) %}"), 'steps'],
    [dict + often('{% for k in d %}{% break %}{% endfor %}'), 'steps'],
    [dict + often('{% set m = d | first %}'), 'steps'],
    [dict + often('{% set m = d == d.copy() %}'), 'steps'],
    [dict + often('{% set m = namespace(d) %}'), 'steps'],
    [`${dict}{% for i in range(50000) %}{% do d.popitem() %}{% endfor %}`, 'steps'],
    [integer + often('{% set m = n * n %}'), 'steps'],
    [`{% set n = 10 ** 4200 %}${often("{% set m = '{:,}'.format(n) %}")}`, 'steps'],
    [`{% set n = 10 ** 4200 %}${often('{% set m = n | tojson %}')}`, 'steps'],
    [`{% set s = ('<a>' * 1000000) | safe %}${often('{% set m = s.striptags() %}')}`, 'steps'],
    [
      `{% set s = '<' * 2000000 %}{% set e = '' | safe %}${often("{% set m = e.replace('x', s) %}")}`,
      'steps',
    ],
    [often("{% now 'UTC' %}"), 'steps'],
    ["{{ ('[' * 100000 ~ ']' * 100000) | from_json }}", 'depth'],
    // Templates
    [`{{ ${'1 + '.repeat(20_000)}1 }}`, 'depth'],
    [`{{ 1${' | string'.repeat(20_000)} }}`, 'depth'],
    ['{% if 1 %}'.repeat(5_000) + '{% endif %}'.repeat(5_000), 'depth'],
  ])('%#', (source, limit) => {
    const { code, limit: hit, line, column } = failure(source)
    expect({ source: source.slice(0, 200), code, hit }).toEqual({
      source: source.slice(0, 200),
      code: 'LIMIT',
      hit: limit,
    })
    expect([line > 0, column > 0]).toEqual([true, true])
  })

  test.each([
    ['(', ')'],
    ['[', ']'],
    ['not ', ''],
    ['- ', ''],
  ])('and one of %j in expressions is refused as it is read', (opening, closing) => {
    expect(failure(`{{ ${opening.repeat(30_000)}1${closing.repeat(30_000)} }}`).reason).toBe(
      'An expression is nested more than 200 times.',
    )
  })
})

/** A power of two that is enough. */
function stepsOf(source: string, x: unknown): number {
  const template = new Template(source)
  const isEnough = (steps: number) => {
    try {
      template.render({ x }, { limits: { steps } })
      return true
    } catch (error) {
      return !(error instanceof JinjaError && error.limit === 'steps')
    }
  }
  let steps = 1
  while (!isEnough(steps)) steps *= 2
  return steps
}

/** Arguments that the parameters take. */
function argumentsFor({ parameters }: Signature): string {
  const samples: Readonly<Record<string, string>> = { int: '3', 'int|str': "'0'" }
  const needed = parameters.filter(({ hasDefault }: Parameter) => !hasDefault)
  return needed.map(({ type }) => samples[type] ?? "'b'").join(', ')
}

describe('work that grows with a value is paid for', () => {
  const ratio = (source: string, make: (size: number) => unknown) =>
    stepsOf(source, make(16_000)) / stepsOf(source, make(250))
  const words = (size: number) => 'ab c'.repeat(size / 4)
  const numbers = (size: number) => Array.from({ length: size }, (_, index) => index)
  const entries = (size: number) => Object.fromEntries(numbers(size).map((key) => [`k${key}`, key]))

  // They leave the text alone, or do not take one, or apply what comes as an argument.
  const others =
    'abs attr d default dictsort from_json items map rejectattr round safe selectattr string sum xmlattr'
  test.each([...filters.keys()].filter((name) => !others.split(' ').includes(name)))(
    'by the filter %s',
    (name) => {
      const given = argumentsFor(filters.get(name)?.signature as Signature)
      expect(ratio(`{% set y = x | ${name}${given && `(${given})`} | list %}`, words)).toBeGreaterThan(5)
    },
  )

  test.each([
    'batch(3)',
    'slice(3)',
    'list',
    'join(1)',
    "map('string')",
    'max',
    'min',
    'pprint',
    'random',
    'reverse',
    "select('odd')",
    "rejectattr('a')",
    'sort',
    'string',
    'sum',
    'tojson',
    'unique',
    "groupby('a', 1)",
  ])('by the filter %s of a list', (filter) => {
    expect(
      ratio(
        `{% set y = x | ${filter} %}{% for z in [y] | select('iterable') | first | d([]) %}{% endfor %}`,
        numbers,
      ),
    ).toBeGreaterThan(5)
  })

  test.each([...stringMethods])('by the method %s of a text', (name, { signature }) => {
    expect(ratio(`{% set y = x.${name}(${argumentsFor(signature)}) %}`, words)).toBeGreaterThan(5)
  })

  test.each([...listMethods].filter(([name]) => name !== 'clear' && name !== 'append'))(
    'by the method %s of a list',
    (name, { signature }) => {
      expect(ratio(`{% set y = x.${name}(${argumentsFor(signature)}) %}`, numbers)).toBeGreaterThan(5)
    },
  )

  test.each(
    ['keys', 'values', 'items', 'copy', 'popitem', 'update'].map(
      (name) => [name, dictMethods.get(name)] as const,
    ),
  )('by the method %s of a dict', (name) => {
    expect(ratio(`{% set y = x.${name}() %}`, entries)).toBeGreaterThan(5)
  })
})

describe('limits of the caller', () => {
  const loop = new Template('{% for i in range(n) %}{{ i }},{% endfor %}')

  test('can be lower than the defaults', () => {
    expect(failure('{% for i in range(9) %}x{% endfor %}', {}, { steps: 5 }).reason).toBe(
      'The template takes more than 5 steps.',
    )
    expect(failure('{{ [[[1]]] }}', {}, { depth: 2 }).reason).toBe('The template goes deeper than 2 levels.')
    expect(failure("{{ 'a' * 11 }}", {}, { valueSize: 10 }).reason).toBe(
      'The template makes a string of more than 10 characters.',
    )
    expect(failure('{{ [1] * 11 }}', {}, { valueSize: 80 }).reason).toBe(
      'The template makes a list or dict of more than 10 elements.',
    )
    expect(failure('12345678901', {}, { outputSize: 10 }).reason).toBe(
      'The template prints more than 10 characters.',
    )
  })

  test('can be higher, each by itself', () => {
    const nestedLoops = new Template(`${often('{% for j in range(9) %}{% endfor %}')}done`)
    expect(() => nestedLoops.render()).toThrow('more than 1000000 steps')
    expect(nestedLoops.render({}, { limits: { steps: 1e8 } })).toBe('done')
  })

  test('of steps are higher for conversations, unless they are given, and not without an end', () => {
    const template = new Template(
      `{% for x in l %}${'{% for j in range(1000) %}{% endfor %}'}{% endfor %}done`,
    )
    const l = Array(1500).fill({ role: 'user' })
    expect(() => template.render({ l }, { limits: { steps: defaultLimits.steps } })).toThrow('1000000 steps')
    expect(template.render({ l })).toBe('done')
    expect(() => template.render({ l: Array(1500).fill(1) })).toThrow('1000000 steps')
    expect(() => template.render({ l: Array(100_000).fill({ role: 'user' }) })).toThrow('6500000 steps')
  })

  test.each([{ steps: Number.NaN }, { steps: -1 }, { step: 1 }])('of %j are refused', (limits) => {
    expect(() => loop.render({ n: 1 }, { limits })).toThrow(expect.objectContaining({ code: 'ARGUMENTS' }))
  })

  test('of what is undefined are the default', () => {
    const limits = { steps: undefined } as object
    const long = new Template('{% for i in range(9000) %}{% for j in range(9000) %}{% endfor %}{% endfor %}')
    expect(() => long.render({}, { limits })).toThrow(expect.objectContaining({ limit: 'steps' }))
  })

  test('count from the begin in each rendering', () => {
    const limits = { steps: 60 }
    const texts = [1, 2, 3].map(() => loop.render({ n: 9 }, { limits }))
    expect(texts).toEqual(Array(3).fill('0,1,2,3,4,5,6,7,8,'))
  })

  test('that are the defaults let a conversation of 2,000 messages with 50 tools through', () => {
    const template = new Template(
      '{% for tool in tools %}{{ tool | tojson(indent=2) }}\n{% endfor %}{% for m in messages %}<|{{ m.role }}|>{% if m.content is string %}{{ m.content | trim }}{% endif %}{% if loop.last %}<|assistant|>{% endif %}\n{% endfor %}',
    )
    const messages = Array.from({ length: 2000 }, (_, index) => ({
      role: index % 2 ? 'assistant' : 'user',
      content: 'words '.repeat(100),
    }))
    const parameters = { type: 'object', properties: { a: { type: 'string', description: 'what it is' } } }
    const tools = Array.from({ length: 50 }, (_, index) => ({
      function: { name: `tool${index}`, parameters },
    }))
    expect(template.render({ messages, tools }).length).toBeGreaterThan(1_000_000)
  })
})

describe('values that are given', () => {
  test('stay as they are, frozen or not', () => {
    const values = { l: [3, 1, [2]], d: { a: { b: [1] } } }
    const template = new Template(
      '{% do l.append(4) %}{% do l[2].append(5) %}{% do l.reverse() %}{% do d.update(c=1) %}{% do d.a.b.clear() %}{% do d.pop("a") %}{{ l }}{{ d }}',
    )
    const frozen = {
      l: Object.freeze([3, 1, Object.freeze([2])]),
      d: Object.freeze({ a: Object.freeze({ b: Object.freeze([1]) }) }),
    }
    expect(template.render(values)).toBe("[4, [2, 5], 1, 3]{'c': 1}")
    expect(template.render(frozen)).toBe("[4, [2, 5], 1, 3]{'c': 1}")
    expect(values).toEqual({ l: [3, 1, [2]], d: { a: { b: [1] } } })
  })

  test('are changed by no other way to a method', () => {
    const values = { l: [1] }
    for (const source of [
      '{% set f = l.append %}{{ f(2) }}',
      "{{ l['append'](2) }}",
      "{{ (l | attr('append'))(2) }}",
    ]) {
      new Template(source).render(values)
    }
    expect(values).toEqual({ l: [1] })
    expect(failure("{% set m = 'app' ~ 'end' %}{% set f = l[m] %}{{ f(2) }}", values).code).toBe('FORBIDDEN')
  })

  test('are nothing but data', () => {
    class Secret {
      readonly key = 'k'
    }
    const values = {
      f: () => 1,
      s: Symbol('s'),
      o: new Secret(),
      m: new Map(),
      d: new Date(0),
      p: Promise.resolve(),
      r: /x/,
    }
    for (const name of Object.keys(values)) {
      expect([name, failure(`{{ ${name} }}`, values).code]).toEqual([name, 'FORBIDDEN'])
      expect([name, failure(`{{ ${name}.key }}`, values).code]).toEqual([name, 'FORBIDDEN'])
      expect([name, failure(`{{ [${name}] | tojson }}`, values).code]).not.toEqual([name, 'RAISED'])
    }
  })

  test('whose getters throw are an error with a position', () => {
    const values = {
      x: {
        get y() {
          throw new Error('no')
        },
      },
    }
    expect(failure('a\n{{ x.y }}', values).message).toBe('A value cannot be read: no (line 1, column 1)')
  })
})

describe('a template that reaches for more than data', () => {
  test.each([
    'x.constructor',
    'x.__proto__',
    "x['__proto__']",
    "x['con' ~ 'structor']",
    'x.hasOwnProperty',
    'x.toString',
    "''.constructor",
    '[].constructor',
    '(1).constructor',
    "[]['constructor']",
    "'a' | attr('constructor')",
    'namespace().constructor',
    'range.constructor',
    "[x] | map(attribute='constructor') | first",
    "{}['valueOf']",
    '[].map',
    'x.valueOf',
    '[].length',
    "''.length",
    'cycler(1).next.constructor',
    "''.upper.constructor",
    'loop.constructor',
    'joiner().prototype',
  ])('finds nothing behind %s', (expression) => {
    const outcome = (() => {
      try {
        return new Template(`{% for i in [1] %}{{ (${expression}) is defined }}{% endfor %}`).render({
          x: { a: 1 },
        })
      } catch (error) {
        return (error as JinjaError).code
      }
    })()
    expect(['False', 'FORBIDDEN', 'UNDEFINED']).toContain(outcome)
  })

  test('reads keys of data that have such names', () => {
    const x = JSON.parse('{"constructor": 1, "__proto__": 2, "hasOwnProperty": 3}')
    expect(new Template("{{ x.constructor }}{{ x['__proto__'] }}{{ x.hasOwnProperty }}").render({ x })).toBe(
      '123',
    )
  })

  test('cannot name what all objects have as a variable, a filter, a test or a function', () => {
    expect(
      new Template(
        '{{ constructor is defined }}{{ __proto__ is defined }}{{ toString is defined }}',
      ).render(),
    ).toBe('FalseFalseFalse')
    for (const source of [
      '{{ 1 | constructor }}',
      '{{ 1 is toString }}',
      '{{ hasOwnProperty() }}',
      '{% valueOf %}',
    ]) {
      expect(() => new Template(source)).toThrow(/There is no/)
    }
  })

  test('sets no prototype', () => {
    const source =
      "{% set d = {'__proto__': {'a': 1}} %}{% do d.update({'__proto__': {'b': 1}}) %}{{ d.a is defined }}{{ {}.b is defined }}"
    expect(new Template(source).render()).toBe('FalseFalse')
    expect(
      new Template(
        '{% set ns = namespace(__proto__={}) %}{% set ns.constructor = 1 %}{{ ns.constructor }}',
      ).render(),
    ).toBe('1')
    expect(({} as Record<string, unknown>)['b']).toBeUndefined()
  })
})

test('no clock is read unless the template shows the time', () => {
  const now = () => {
    throw new Error('The clock was read.')
  }
  expect(
    new Template('{{ x | random }}{{ range(3) | list }}{{ strftime_now is defined }}').render(
      { x: 'aa' },
      { now },
    ),
  ).toBe('a[0, 1, 2]True')
  expect(() => new Template("{{ strftime_now('%Y') }}").render({}, { now })).toThrow('The clock was read.')
})
