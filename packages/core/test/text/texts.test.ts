import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { excerptOf } from '../../src/text/excerpt.ts'
import { didYouMean, listNames, nearest, unknownName } from '../../src/text/names.ts'
import { shorten, shortenEnd, shortenMiddle } from '../../src/text/shorten.ts'
import { countOf, describeValue, formatPath, messageOf, onOneLine, printable } from '../../src/text/show.ts'
import { cellWidth } from '../../src/text/width.ts'

class Point {}

describe('describeValue', () => {
  test.each<[value: unknown, text: string]>([
    [null, 'null'],
    [undefined, 'nothing'],
    ['a "b"', '"a \\"b\\""'],
    ['x'.repeat(41), `the string "${'x'.repeat(40)}…"`],
    [1.5, 'the number 1.5'],
    [Number.NaN, 'the number NaN'],
    [10n, 'the bigint 10'],
    [true, 'the boolean true'],
    [Symbol('a'), 'the symbol Symbol(a)'],
    [() => 1, 'a function'],
    [[1, 2], 'an array of 2'],
    [{}, 'an empty object'],
    [{ a: 1, b: 2 }, "an object with 'a' and 'b'"],
    [{ a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 }, "an object with 'a', 'b', 'c', 'd', 'e' and 1 more"],
    [{ ['x'.repeat(50)]: 1 }, `an object with '${'x'.repeat(40)}…'`],
    [new Map(), 'an instance of Map'],
    [new Point(), 'an instance of Point'],
    [new (class {})(), 'an instance of a class'],
    [Object.create(Object.create(Object.create(null))), 'an instance of a class'],
  ])('of %p', (value, text) => {
    expect(describeValue(value)).toBe(text)
  })
})

test.each([
  [new Error('full'), 'full'],
  [{ message: 'of another realm' }, 'of another realm'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
  [new TypeError(''), 'TypeError without a message'],
  [
    new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
    'fetch failed: connect ECONNREFUSED',
  ],
])('messageOf %p', (thrown, text) => {
  expect(messageOf(thrown)).toBe(text)
})

test('countOf has a plural', () => {
  expect([0, 1, 2].map((number) => countOf(number, 'loop'))).toEqual(['0 loops', '1 loop', '2 loops'])
})

test.each([
  [['components', 'llm', 'initParameters', 'nCtx'], 'components.llm.initParameters.nCtx'],
  [['connections', 0, 'sender'], 'connections[0].sender'],
  [['a b', 'c'], '["a b"].c'],
  [[], ''],
])('formatPath %j', (path, text) => {
  expect(formatPath(path)).toBe(text)
})

describe('printable', () => {
  test('replaces what could change what a terminal shows', () => {
    expect(printable('\u001B[31mred\u0007\u009B \u202Eright\u2028\rback')).toBe(
      '\uFFFD[31mred\uFFFD\uFFFD \uFFFDright\uFFFD\uFFFDback',
    )
  })

  test('leaves lines, tabs and all that can be read', () => {
    const text = 'one\ttwo\nthree\r\nÄ 東京 🇫🇷'
    expect(printable(text)).toBe(text)
  })
})

describe('onOneLine', () => {
  test.each([
    ['what can be read', 'naïve 日本語 👨‍👩‍👧 مرحبا <b>&"\'', 'naïve 日本語 👨‍👩‍👧 مرحبا <b>&"\''],
    ['line breaks', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['escape sequences', '\u001b[31m', '\\u{1b}[31m'],
    ['what reorders the text', 'a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
    ['separators of lines', '\u2028\u0085', '\\u{2028}\\u{85}'],
    ['half a character', 'x\ud800', 'x\\u{d800}'],
    ['what XML cannot hold', '\u0000\uffff', '\\u{0}\\u{ffff}'],
  ])('%s', (_, text, written) => {
    expect(onOneLine(text)).toBe(written)
  })
})

describe('a name that is not known', () => {
  test.each<[name: string, candidates: string[], near: string | undefined]>([
    ['promt', ['llm', 'prompt'], 'prompt'],
    ['PROMPT', ['prompt'], 'prompt'],
    ['tempurature', ['temperature', 'topP'], 'temperature'],
    ['mesages', ['message', 'messages'], 'messages'],
    ['to', ['top'], 'top'],
    ['top', ['tops', 'stop'], 'tops'],
    ['dog', ['cat', 'bird'], undefined],
    ['ab', ['cd'], undefined],
    ['a', ['b'], undefined],
    ['a', ['ab'], 'ab'],
    ['', ['a'], undefined],
    ['a', [], undefined],
  ])('%j among %j is near %j', (name, candidates, near) => {
    expect(nearest(name, candidates)).toBe(near)
    expect(didYouMean(name, new Set(candidates))).toBe(near === undefined ? '' : ` Did you mean '${near}'?`)
  })

  test('may be as long as a file', () => {
    expect(nearest('x'.repeat(10_000_000), ['prompt', 'llm'])).toBeUndefined()
  })

  test('is named with those that are known', () => {
    expect(unknownName('component', 'promt', new Map([['prompt', 1]]).keys())).toBe(
      "There is no component 'promt'. Components: 'prompt'. Did you mean 'prompt'?",
    )
    expect(unknownName('tool', 'x', [])).toBe("There is no tool 'x'. Tools: none.")
  })

  test.each<[names: Iterable<string>, limit: number | undefined, text: string]>([
    [[], undefined, 'none'],
    [['a'], undefined, "'a'"],
    [['a', 'b'], undefined, "'a' and 'b'"],
    [new Set(['a', 'b', 'c']), undefined, "'a', 'b' and 'c'"],
    [['a', 'b', 'c'], 2, "'a', 'b' and 1 more"],
  ])('listNames %#', (names, limit, text) => {
    expect(listNames(names, limit)).toBe(text)
  })
})

describe('shortening', () => {
  test('leaves what fits', () => {
    expect(shorten('x'.repeat(40))).toBe('x'.repeat(40))
    expect(shorten('😀'.repeat(40))).toBe('😀'.repeat(40))
    expect(shortenMiddle('retriever', 9)).toBe('retriever')
    expect(shortenEnd('It broke.', 9)).toBe('It broke.')
  })

  test('takes the end, the middle of a name, or the end of a sentence', () => {
    expect(shorten('embedding_retriever', 4)).toBe('embe…')
    expect(shortenMiddle('embedding_retriever', 9)).toBe('embe…ever')
    expect(shortenEnd('The model is out of memory.', 10)).toBe('The model…')
  })

  test('measures in the unit of the limit', () => {
    expect(shortenMiddle('abcdef', 50, (text) => text.length * 10)).toBe('ab…ef')
  })

  test('keeps characters whole', () => {
    expect(shorten('😀'.repeat(41))).toBe(`${'😀'.repeat(40)}…`)
    expect(shortenMiddle('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 5)).toBe('👨‍👩‍👧…👨‍👩‍👧')
  })

  test('gives nothing wider than the limit, however long the text was', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a'.repeat(100_000), '語'.repeat(5_000), '\u0301'.repeat(5_000)),
    )
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 60 }), (long, limit) => {
        expect(cellWidth(shortenMiddle(long, limit))).toBeLessThanOrEqual(limit)
        expect(cellWidth(shortenEnd(long, limit))).toBeLessThanOrEqual(limit)
      }),
    )
  })
})

describe('an excerpt', () => {
  const at = (text: string, mark = text.indexOf('^')) =>
    excerptOf(text.replace('^', ''), { line: 7, column: mark + 1 })

  test.each([
    ['has the line with its number and a caret', 'two: ^three', '  7 | two: three\n    |      ^'],
    ['may point behind the end', 'a: [^', '  7 | a: [\n    |     ^'],
    ['may be of an empty line', '^', '  7 | \n    | ^'],
    ['keeps tabs', '\ta:\tb ^c', '  7 | \ta:\tb c\n    | \t  \t  ^'],
    ['leaves room for wide characters', '"👩‍👩‍👧漢字": ^x', '  7 | "👩‍👩‍👧漢字": x\n    |           ^'],
    ['replaces control characters', 'a\u001B[1m^b', '  7 | a\uFFFD[1mb\n    |      ^'],
    [
      'shows 100 characters in full',
      `${'a'.repeat(100)}^`,
      `  7 | ${'a'.repeat(100)}\n    | ${' '.repeat(100)}^`,
    ],
    [
      'shows of a long line the part around the place',
      `${'a'.repeat(200)}^${'b'.repeat(200)}`,
      `  7 | …${'a'.repeat(60)}${'b'.repeat(40)}…\n    | ${' '.repeat(61)}^`,
    ],
  ])('%s', (_, text, excerpt) => {
    expect(at(text)).toBe(excerpt)
  })

  test('cuts no character in half', () => {
    expect(at(`${'😀'.repeat(200)}x^${'😀'.repeat(200)}`)).not.toMatch(/\p{Surrogate}/u)
  })
})

test.each([
  ['ChatMessage[]', 13],
  ['', 0],
  ['é…→↺●█', 6],
  ['e\u0301', 1],
  ['日本', 4],
  ['👨‍👩‍👧', 2],
  ['⌚', 2],
  ['a\u00adb', 2],
  ['漢字かなカナ한글', 16],
  ['ＡＢ', 4],
  ['😀', 2],
  ['🇫🇷', 2],
  ['❤️', 2],
  ['\u200B', 0],
])('%p takes %p cells', (text, width) => {
  expect(cellWidth(text)).toBe(width)
})
