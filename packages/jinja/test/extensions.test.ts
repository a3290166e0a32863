// What the caller adds: filters, functions, tags, objects, the time; and what a template says about its variables.
import { describe, expect, test } from '@jest/globals'
import { JinjaError, type OwnFunction, Template, TemplateObject, type TemplateOptions } from '../src/index.ts'

function rendered(
  source: string,
  options: TemplateOptions = {},
  values: Record<string, unknown> = {},
): string {
  return new Template(source, options).render(values)
}

function refused(
  source: string,
  options: TemplateOptions = {},
  values: Record<string, unknown> = {},
): string {
  try {
    return `It gives ${rendered(source, options, values)}`
  } catch (error) {
    if (error instanceof JinjaError) return error.message
    throw error
  }
}

describe('a filter of the caller', () => {
  const filters: Record<string, OwnFunction> = {
    wrap: {
      parameters: "left:str='<', right:str='>'",
      apply: (value: unknown, left: string, right: string) => `${left}${value}${right}`,
    },
    type: {
      parameters: '',
      apply: (value: unknown) =>
        Array.isArray(value) ? 'list' : value === undefined ? 'undefined' : typeof value,
    },
    same: { parameters: '', apply: (value: unknown) => JSON.stringify(value) },
    count: { parameters: '', apply: () => 'mine' },
    fail: {
      parameters: '',
      apply: () => {
        throw new Error('It broke.')
      },
    },
  }

  test('gets its arguments in order, by name, and by default', () => {
    expect(rendered("{{ 'a' | wrap }}{{ 'b' | wrap('(', right=')') }}", { filters })).toBe('<a>(b)')
  })

  test('is checked as the built-in ones are', () => {
    expect(refused('{{ 1 | wrap(2) }}', { filters })).toBe(
      "'left' of the filter 'wrap' must be a string, not an integer. (line 1, column 13)",
    )
    expect(refused("{{ 1 | wrap(rigth='x') }}", { filters })).toContain("Did you mean 'right'?")
    expect(refused('{{ 1 | wrapp }}', { filters })).toContain(
      "There is no filter 'wrapp'. Did you mean 'wrap'?",
    )
  })

  test('gets plain data', () => {
    const source =
      "{{ {'a': (1, 2.0), 'b': [x | map('upper')]} | same }}{{ nope | type }}{{ ('<' | escape) | same }}{{ {'a': 1}.items() | same }}"
    expect(rendered(source, { filters }, { x: ['a'] })).toBe(
      '{"a":[1,2],"b":[["A"]]}undefined"&lt;"[["a",1]]',
    )
  })

  test('gets the very values that were given, where they are plain', () => {
    const given = { a: [1, { b: 2 }] }
    let seen: unknown
    const look: OwnFunction = {
      parameters: '',
      apply: (value: unknown) => {
        seen = value
      },
    }
    rendered('{% set y = x | look %}', { filters: { look } }, { x: given })
    expect(seen).toBe(given)
  })

  test('pays for what is made plain', () => {
    const source =
      '{% set ns = namespace(x={}) %}{% for i in range(40) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | type }}'
    expect(refused(source, { filters })).toContain('more than 1000000 steps')
  })

  test('can take the place of a built-in one, and be applied by map', () => {
    expect(rendered("{{ 'a' | count }}{{ [1, 2] | map('wrap', '[', ']') | join }}", { filters })).toBe(
      'mine[1][2]',
    )
  })

  test('that throws is an error of the template, with its cause', () => {
    const template = new Template('a\n{{ 1 | fail }}', { filters })
    expect(() => template.render()).toThrow(
      expect.objectContaining({ line: 2, column: 8, cause: new Error('It broke.') }),
    )
  })
})

describe('a function of the caller', () => {
  const functions: Record<string, OwnFunction> = {
    add: { parameters: 'a:number, b:number=1', apply: (a: number, b: number) => a + b },
  }

  test('is called by its name', () => {
    expect(rendered('{{ add(2) }}{{ add(a=2, b=3) }}{{ add is callable }}', { functions })).toBe('35True')
  })

  test('is no variable of the template', () => {
    expect(new Template('{{ add(x) }}', { functions }).variables).toEqual(['x'])
  })

  test('is checked as the built-in ones are', () => {
    expect(refused("{{ add('2') }}", { functions })).toContain(
      "'a' of the function 'add' must be a number, not '2'.",
    )
    expect(refused('{{ ad(2) }}', { functions })).toContain("Did you mean 'add'?")
  })
})

describe('a statement of the caller', () => {
  const tags: TemplateOptions['tags'] = {
    shout: {
      parameters: "mark:str='!'",
      block: true,
      apply: (body: () => string, mark: string) => body().toUpperCase() + mark,
    },
    line: {
      parameters: 'length:int',
      block: false,
      apply: (_: () => string, length: number) => '-'.repeat(length),
    },
  }

  test('has a body, which it may render', () => {
    expect(rendered("{% shout mark='?' %}a{{ x }}{% endshout %}", { tags }, { x: 'b' })).toBe('AB?')
  })

  test('or none', () => {
    expect(rendered('{% line 3 %}', { tags })).toBe('---')
  })

  test('is checked as filters are', () => {
    expect(refused("{% line 'x' %}", { tags })).toContain("must be an integer, not 'x'.")
    expect(refused('{% shout %}a', { tags })).toContain(
      "'{% shout %}' is never closed: '{% endshout %}' is missing.",
    )
    expect(refused('{% lien 3 %}', { tags })).toContain("There is no statement 'lien'. Did you mean 'line'?")
  })

  test('is in the scope of what is around it', () => {
    expect(
      rendered('{% for i in [1, 2] %}{% shout %}{{ i }}{{ loop.last }}{% endshout %}{% endfor %}', { tags }),
    ).toBe('1FALSE!2TRUE!')
  })
})

describe('variables', () => {
  test.each<[string, readonly string[]]>([
    ['{{ b }}{{ a }}{{ b }}', ['b', 'a']],
    ['{{ a.b[c] | d(e) }}', ['a', 'c', 'e']],
    ['{% set a = b %}{{ a }}', ['b']],
    ['{{ a }}{% set a = 1 %}', ['a']],
    ['{% if c %}{% set a = 1 %}{% endif %}{{ a }}', ['c', 'a']],
    ['{% for a in b %}{{ a }}{{ loop.index }}{% endfor %}{{ a }}', ['b', 'a']],
    ['{% for a, (b, c) in d %}{{ a }}{{ b }}{{ c }}{% endfor %}', ['d']],
    ['{% for a in a if a > b %}{% else %}{{ c }}{% endfor %}', ['a', 'b', 'c']],
    ['{% macro m(a, b=c) %}{{ a }}{{ b }}{{ d }}{{ varargs }}{% endmacro %}{{ m(e) }}', ['c', 'd', 'e']],
    [
      '{% call(a) m(b) %}{{ a }}{{ c }}{% endcall %}{% macro m(x) %}{{ caller(x) }}{% endmacro %}',
      ['b', 'c', 'm'],
    ],
    ['{% with a = b %}{{ a }}{% endwith %}{{ a }}', ['b', 'a']],
    ['{% set ns = namespace(a=b) %}{% set ns.a = c %}{{ ns.a }}', ['b', 'c']],
    ['{% set a %}{{ b }}{% endset %}{{ a }}', ['b']],
    ['{% filter replace(a, b) %}{{ c }}{% endfilter %}', ['a', 'b', 'c']],
    ["{{ range(3) }}{{ strftime_now('%Y') }}{{ true }}{{ none }}{{ loop }}", ['loop']],
    [
      "{{ a is defined }}{{ b | default('x') }}{{ '{{ c }}' }}{# {{ d }} #}{% raw %}{{ e }}{% endraw %}",
      ['a', 'b'],
    ],
  ])('%s reads them', (source, names) => {
    expect([...new Template(source).variables].sort()).toEqual([...names].sort())
  })

  test('are in the order of the text', () => {
    expect(new Template('{% if z %}{{ y | join(x) }}{% endif %}{{ w }}').variables).toEqual([
      'z',
      'y',
      'x',
      'w',
    ])
  })

  test('that are undefined or missing are undefined, and null is none', () => {
    expect(
      rendered('{{ a is defined }}{{ b is defined }}{{ c is none }}', {}, { a: undefined, c: null }),
    ).toBe('FalseFalseTrue')
  })

  test('hide no function, and can be named like one', () => {
    expect(rendered('{{ dict }}', {}, { dict: 1 })).toBe('1')
  })
})

describe('uses of variables by what is the caller’s', () => {
  const image: OwnFunction = { parameters: '', apply: (value: unknown) => `[${value}]` }
  const options: TemplateOptions = {
    filters: { image },
    tags: { insert: { parameters: 'messages', block: false, apply: () => '' } },
  }

  test.each([
    ['{{ a | image }}', [{ variable: 'a', by: 'image', isElement: false }]],
    ['{% insert history %}', [{ variable: 'history', by: 'insert', isElement: false }]],
    [
      '{% for p in photos %}{{ p | image }}{% endfor %}',
      [{ variable: 'photos', by: 'image', isElement: true }],
    ],
    ['{{ a.b | image }}{{ a | upper }}{% set c = 1 %}{{ c | image }}', []],
  ])('%s', (source, uses) => {
    expect(new Template(source, options).uses).toEqual(uses)
  })
})

describe('an object of the caller', () => {
  class Message extends TemplateObject {
    override readonly typeName = 'a chat message'
    override readonly attributeNames = ['text', 'role', 'meta']
    readonly #text: string

    constructor(text: string) {
      super()
      this.#text = text
    }

    override print(): string {
      return this.#text
    }

    override attribute(name: string): unknown {
      return { text: this.#text, role: 'user' }[name]
    }

    override toJSON(): unknown {
      return { text: this.#text }
    }
  }
  const values = { m: new Message('Hi'), l: [new Message('a'), new Message('b')], one: [new Message('only')] }

  test('prints as it says, and so does a list of one', () => {
    expect(rendered("{{ m }}{{ m ~ '!' }}{{ one }}{{ [m, 1] }}", {}, values)).toBe("HiHi!only['Hi', 1]")
  })

  test('has its attributes', () => {
    expect(
      rendered(
        "{{ m.text }}{{ m['role'] }}{{ m.meta is defined }}{{ l | map(attribute='text') | join }}",
        {},
        values,
      ),
    ).toBe('HiuserFalseab')
  })

  test('and no others', () => {
    expect(refused('{{ m.txt }}', {}, values)).toBe(
      "A chat message has no 'txt'. Possible: 'text', 'role', 'meta'. Did you mean 'text'? (line 1, column 6)",
    )
    expect(refused('{{ m.constructor }}', {}, values)).toContain("A chat message has no 'constructor'.")
  })

  test('goes through filters that take a text, and tojson', () => {
    expect(
      rendered(
        "{{ m | upper }}{{ m | trim }}{{ l | join(',') }}{{ m | tojson }}{{ l | tojson }}",
        {},
        values,
      ),
    ).toBe('HIHia,b{"text": "Hi"}[{"text": "a"}, {"text": "b"}]')
  })

  test('comes to a filter of the caller as it is', () => {
    let seen: unknown
    const look: OwnFunction = {
      parameters: '',
      apply: (value: unknown) => {
        seen = value
      },
    }
    rendered('{% set y = m | look %}', { filters: { look } }, values)
    expect(seen).toBe(values.m)
  })
})

describe('the time', () => {
  const instant = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678))
  const at = (source: string, now = instant) =>
    new Template(source).render({ z: 'Asia/Tokyo' }, { now: () => now })

  test.each([
    ["{% now 'UTC' %}", 'Fri, 02 Jan 2026 03:04:05'],
    ["{% now 'UTC', '%Y-%m-%d %H:%M:%S.%f %Z %z' %}", '2026-01-02 03:04:05.678000 UTC +0000'],
    ["{% now 'Europe/Paris', '%H:%M %z' %}", '04:04 +0100'],
    ["{% now 'America/New_York', '%d %H:%M %z' %}", '01 22:04 -0500'],
    ["{% now 'Asia/Kolkata', '%H:%M %z' %}", '08:34 +0530'],
    ["{% now z, '%H' %}", '12'],
    ["{% now 'UTC' + 'hours=2', '%H:%M' %}", '05:04'],
    ["{% now 'UTC' - 'days=1', '%d %B %Y' %}", '01 January 2026'],
    ["{% now 'UTC' + 'days=1, hours=-3.5, minutes=1', '%d %H:%M' %}", '02 23:35'],
    ["{% now 'UTC' - 'months=1, weeks=1', '%F' %}", '2025-11-25'],
    ["{% now 'UTC' + 'years=2', '%F' %}", '2028-01-02'],
    ["{% now timezone='UTC', format='%Y' %}", '2026'],
  ])('%s', (source, text) => {
    expect(at(source)).toBe(text)
  })

  test('has the summer time of its zone', () => {
    expect(at("{% now 'Europe/Paris', '%H %z' %}", new Date(Date.UTC(2026, 6, 1)))).toBe('02 +0200')
  })

  test('is the local one for strftime_now, in all formats of Python', () => {
    const local = new Date(2026, 0, 2, 15, 4, 5, 678)
    const codes = '%Y %y %m %B %b %h %d %e %j %A %a %w %u %H %I %M %S %f %p %F %T %R %D %x %X %U %W %%'
    expect(at(`{{ strftime_now('${codes}') }}`, local)).toBe(
      '2026 26 01 January Jan Jan 02  2 002 Friday Fri 5 5 15 03 04 05 678000 PM 2026-01-02 15:04:05 15:04 01/02/26 01/02/26 15:04:05 00 00 %',
    )
    expect(at("{{ strftime_now('%-d %-m %-I|%z%Z|%c') }}", local)).toBe('2 1 3||Fri Jan  2 15:04:05 2026')
  })
})

describe('white space', () => {
  const source = '<\n  {% if true %}\n  a\n  {% endif %}\n>\n'

  test.each<[TemplateOptions, string]>([
    [{}, '<\n  \n  a\n  \n>'],
    [{ trimBlocks: true }, '<\n    a\n  >'],
    [{ lstripBlocks: true }, '<\n\n  a\n\n>'],
    [{ trimBlocks: true, lstripBlocks: true }, '<\n  a\n>'],
    [{ keepTrailingNewline: true }, '<\n  \n  a\n  \n>\n'],
  ])('with %j', (options, text) => {
    expect(rendered(source, options)).toBe(text)
  })
})
