import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'
import { LoopControl } from '../../src/template/loop.ts'

function render(source: string, x?: unknown): string {
  return compileTemplate(source).render({ x }, { optional: '*' })
}

describe('runLoop', () => {
  test.each([
    ['a list', [1, 2], '1;2;'],
    ['the keys of an object', { a: 1, b: 2 }, 'a;b;'],
    ['the characters of a text', 'ñ😀', 'ñ;😀;'],
    ['nothing of what is missing', undefined, 'none'],
    ['nothing of an empty list', [], 'none'],
  ])('goes over %s', (_, x, printed) => {
    expect(render('{% for y in x %}{{ y }};{% else %}none{% endfor %}', x)).toBe(printed)
  })

  test('knows where it is', () => {
    const source =
      '{% for y in x %}{{ [loop.index, loop.index0, loop.revindex, loop.revindex0, loop.first, loop.last, loop.length] }}({{ loop.previtem }}<{{ loop.nextitem }}){% endfor %}'
    expect(render(source, ['a', 'b'])).toBe(
      '[1, 0, 2, 1, true, false, 2](<b)[2, 1, 1, 0, false, true, 2](a<)',
    )
  })

  test('counts what its condition lets through only', () => {
    const source =
      '{% for y in x if y.on %}{{ loop.index }}/{{ loop.length }}{{ y.n }} {% else %}none{% endfor %}'
    expect(render(source, [{ n: 'a', on: 1 }, { n: 'b', on: [] }, { n: 'c', on: 'yes' }, { n: 'd' }])).toBe(
      '1/2a 2/2c ',
    )
    expect(render(source, [{ n: 'a', on: {} }])).toBe('none')
  })

  test('unpacks pairs, also nested ones', () => {
    expect(
      render('{% for a, (b, c) in x %}{{ a }}{{ b }}{{ c }};{% endfor %}', [
        [1, [2, 3]],
        [4, [5, 6]],
      ]),
    ).toBe('123;456;')
  })

  test('keeps what was printed before break and continue', () => {
    const source =
      '{% for y in x %}a{{ y }}{% if y == 2 %}b{% continue %}{% elif y == 3 %}c{% break %}{% endif %}d{% else %}none{% endfor %}'
    expect(render(source, [1, 2, 3, 4])).toBe('a1da2ba3c')
    expect(render(source, [3])).toBe('a3c')
  })

  test('leaves nothing behind for the next element, or for what follows', () => {
    const source = '{% set z = 0 %}{% for y in x %}{{ z }}{% set z = y %}{{ z }}{% endfor %}{{ z }}{{ y }}'
    expect(render(source, [1, 2])).toBe('01020')
  })

  test('can stand in another one', () => {
    const source =
      '{% for a in x %}{% for b in a %}{{ loop.index }}{% break %}{% endfor %}{{ loop.index }}{{ b }};{% endfor %}'
    expect(render(source, [[1, 2], [3]])).toBe('11;12;')
  })

  test.each([
    [
      '{% for y in x %}{% endfor %}',
      3,
      "A 'for' goes over a list or the keys of an object, not over a number.",
    ],
    [
      '{% for y in x %}{% endfor %}',
      null,
      "A 'for' goes over a list or the keys of an object, not over none.",
    ],
    [
      '{% for a, b in x %}{% endfor %}',
      [[1, 2, 3]],
      "A 'for' with 2 variables needs lists of 2, not a list of 3.",
    ],
    ['{% for a, b in x %}{% endfor %}', ['ab'], "A 'for' with 2 variables needs lists of 2, not a text."],
  ])('refuses %s for %j', (source, x, message) => {
    expect(() => render(source, x)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: `The template failed at line 1, column 1: ${message}`,
      }),
    )
  })
})

test('A loop control starts without anything printed', () => {
  expect(new LoopControl(true)).toMatchObject({ isBreak: true, printed: '' })
})
