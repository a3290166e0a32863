// The value of a template, in place of its text.
import { describe, expect, test } from '@jest/globals'
import { JinjaError, Template, TemplateObject } from '../src/index.ts'

class Named extends TemplateObject {
  override readonly typeName = 'a named thing'
  override readonly attributeNames = ['name']
  override attribute(): unknown {
    return 'Ada'
  }
  override print(): string {
    return 'Ada!'
  }
  override toJSON(): unknown {
    return { name: 'Ada' }
  }
}

const documents = [{ content: 'a' }, { content: 'b' }]
const values = { n: 3, documents, who: new Named(), digits: '42', none: null, nested: { list: [1, [2]] } }

describe('evaluate', () => {
  test.each([
    ['{{ n }}', 3],
    ['{{ n + 0.5 }}', 3.5],
    ['{{ 4 / 2 }}', 2],
    ['{{ 2 ** 60 }}', 2 ** 60],
    ['{{ n > 2 }}', true],
    ['{{ none }}', null],
    ['{{ missing }}', undefined],
    ['{{ [missing] }}', [undefined]],
    ['{{ digits }}', '42'],
    ["{{ '[1, 2]' }}", '[1, 2]'],
    ['{{ nested.list }}', [1, [2]]],
    ['{{ (1, (2, 3)) }}', [1, [2, 3]]],
    ['{{ range(3) }}', [0, 1, 2]],
    ["{{ documents | map(attribute='content') }}", ['a', 'b']],
    ["{{ {'a': 1.0, 2: ('b',)} }}", { a: 1, 2: ['b'] }],
    ['{{ {}.keys() }}', []],
    ["{{ '<' | escape }}", '&lt;'],
    ['{{ who }}', { name: 'Ada' }],
    ['{{ [who] }}', [{ name: 'Ada' }]],
    ['{{ (who,) }}', [{ name: 'Ada' }]],
    ['{{ who.name }}', 'Ada'],
  ])('%s is a value', (source, expected) => {
    expect(new Template(source).evaluate(values)).toEqual(expected)
  })

  test('gives the very list that it was given', () => {
    expect(new Template('{{ documents }}').evaluate({ documents })).toBe(documents)
  })

  test.each([
    [' {{ n }}\n', 3],
    ['{# what it is #}\n{% set m = n * 2 %}\n{{ m }}', 6],
    ["{% if n > 5 %}{{ 'many' }}{% else %}{{ documents }}{% endif %}", documents],
    ['{% for d in documents %}{% if loop.last %}{{ d }}{% endif %}{% endfor %}', { content: 'b' }],
    ['{% if n > 5 %}{{ n }}{% endif %}', ''],
  ])('%j is the one value that it comes to', (source, expected) => {
    expect(new Template(source).evaluate(values)).toEqual(expected)
  })

  test.each([
    ['{{ n }}.', '3.'],
    ['n = {{ n }} ', 'n = 3 '],
    [' {{ n }}\n{{ who }}', ' 3\nAda!'],
    ['{{ n }}{{ missing }}', '3'],
    ['{% for d in documents %}{{ d.content }}{% endfor %}', 'ab'],
    ['{% set text %}{{ n }}{% endset %}{{ text }}', '3'],
    ['{% macro m() %}{{ n }}{% endmacro %}{{ m() }}', '3'],
    ['{% filter upper %}{{ digits }}{% endfilter %}', '42'],
    ['[1, 2]', '[1, 2]'],
    ['', ''],
  ])('%j is a text, as it is printed', (source, expected) => {
    const template = new Template(source)
    expect(template.evaluate(values)).toBe(expected)
    expect(template.render(values)).toBe(expected)
  })

  test.each([
    ['{{ range }}', "The function 'range' cannot be used"],
    ['a{{ [1].append }}', "The method 'append' cannot"],
    ['{{ namespace(a=1) }}', 'A namespace cannot be used'],
  ])('%s has no value', (source, message) => {
    expect(() => new Template(source).evaluate()).toThrow(message)
  })

  test('fails where rendering fails, at the same place', () => {
    const failure = (run: () => unknown) => {
      try {
        run()
      } catch (error) {
        if (error instanceof JinjaError) return [error.code, error.line, error.column]
      }
      return undefined
    }
    const template = new Template('\n{{ n + missing.a }}')
    expect(failure(() => template.evaluate(values))).toEqual(['UNDEFINED', 2, 16])
    expect(failure(() => template.evaluate(values))).toEqual(failure(() => template.render(values)))
  })

  test('is bounded: a value that holds itself, and one that is too much', () => {
    const endless: unknown[] = []
    endless.push(endless)
    expect(() => new Template('{{ x }}').evaluate({ x: endless })).toThrow('deeper than 200 levels')
    const limits = { steps: 50 }
    expect(() => new Template('{{ x }}').evaluate({ x: new Array(100).fill([]) }, { limits })).toThrow(
      '50 steps',
    )
  })
})
