import { describe, expect, test } from '@jest/globals'
import { LinearPattern, type PatternMatch } from '../../src/schema/linear-pattern.ts'
import { thrown } from '../component/thrown.ts'

async function all(pattern: LinearPattern, text: string): Promise<PatternMatch[]> {
  const found: PatternMatch[] = []
  for await (const match of pattern.matches(text)) found.push(match)
  return found
}

/** Each would keep a matcher that backtracks busy for longer than anyone waits. */
const endless: [source: string, text: string][] = [
  ['^(a+)+$', `${'a'.repeat(50_000)}!`],
  ['^(a|aa)+$', `${'a'.repeat(50_000)}!`],
  ['^(?:[a-z]+\\s?)+$', `${'word '.repeat(10_000)}!`],
  ['^.*.*.*.*x$', 'a'.repeat(50_000)],
  ['(?:a?){40}a{40}$', `${'a'.repeat(39)}b`],
  ['^(?!.*(?:x+x+)+y)(?:b|bb)+$', `${'b'.repeat(50_000)}!`],
  ['(?<=(?:a|aa)+)c', 'a'.repeat(50_000)],
]

describe('a pattern that a matcher with backtracking would not end with', () => {
  test.each(endless)('%s matches no text that it does not fit', async (source, text) => {
    const pattern = new LinearPattern(source)
    expect([pattern.test(text), pattern.first(text), await all(pattern, text)]).toEqual([
      false,
      undefined,
      [],
    ])
  })
})

describe('means what it means in JavaScript', () => {
  const texts = [
    '',
    'a',
    'b',
    'ab',
    'Ab',
    'é',
    '😀',
    '\ud83d',
    '\n',
    '\r',
    '\u2028',
    '\u00a0',
    '\v',
    '\b',
    '_',
    '-',
    ']',
    '[',
  ]
  texts.push(
    '\\',
    '/',
    '^',
    '7',
    '٣',
    '4-2',
    'a1',
    'aa',
    'αβ',
    'x.y',
    'a..b',
    '\u0001',
    '{',
    'a{,2}',
    '\ufeff',
    '[7]',
    'K',
  )
  test.each(
    [
      [
        '.',
        '^.$',
        '^[^]$',
        '^[^a]$',
        '^[]$',
        '[]]',
        '^[\\]]$',
        '^[[]$',
        '^[[\\]]$',
        '^[^[]$',
        '^[[^]$',
        '^\\[]$',
      ],
      [
        '^\\s$',
        '^\\S$',
        '^[\\s]$',
        '^[^\\s]$',
        '^[\\S]$',
        '^[\\s\\S]$',
        '^\\w$',
        '^\\W$',
        '^[\\w-]+$',
        '^\\d$',
        '\\bb',
        '^[\\b]$',
      ],
      [
        '^\\u00e9$',
        '^\\u{1f600}$',
        '^\\ud83d\\ude00$',
        '^[\\u{1f600}a]$',
        '^\\x61$',
        '^\\cA$',
        '^\\0$',
        '^\\/$',
        '^\\^$',
        '^\\\\$',
        '^$',
        '$',
      ],
      [
        '^\\p{L}+$',
        '^\\p{Letter}+$',
        '^\\P{Lu}$',
        '^[\\p{Script=Greek}]+$',
        '^\\p{gc=Nd}$',
        '^\\p{Emoji}$',
        '^\\p{Uppercase_Letter}\\w',
      ],
      [
        '^(?<first>\\d)-(?:\\d|x)$',
        '^a{1,2}?$',
        'a|b',
        '^(?:a|b)$',
        '(a)(b)?',
        '^[\\d-]+$',
        '^[+-]?\\d$',
        '(?<=a)b',
        '(?<!a)b',
        '^[.]$',
      ],
      [
        '^(?!a)',
        '^(?=.*b)(?!a)\\w+$',
        '^(?!\\.)(?!.*\\.\\.)[a-z.]+$',
        '^(?=a|b)(?![(?:)])a',
        '^(?!(a))b',
        '^(?=[^)]b)..',
      ],
      ['^[\\w\\-]$', '^\\-$', '^{$', '^a{,2}$', '^[a\\:]$', '\\_'],
    ].flat(),
  )('%s', (source) => {
    let native: RegExp
    try {
      native = new RegExp(source, 'u')
    } catch {
      native = new RegExp(source)
    }
    const pattern = new LinearPattern(source)
    for (const text of texts) {
      const match = native.exec(text)
      expect([text, pattern.test(text)]).toEqual([text, match !== null])
      const [whole, group] = match ?? []
      const found = { text: whole, ...(group !== undefined && { group }) }
      expect(pattern.first(text)).toEqual(match ? found : undefined)
    }
  })

  test('without regard to case', () => {
    const pattern = new LinearPattern('^(?!x)[a-z]+$', { ignoreCase: true })
    expect(['ABC', 'XA', '1'].map((text) => pattern.test(text))).toEqual([true, false, false])
  })

  test('all matches stand in the order of the text, each with its group', async () => {
    expect(await all(new LinearPattern('\\[(\\d+)\\]'), 'a [1] b [22] [x]')).toEqual([
      { text: '[1]', group: '1' },
      { text: '[22]', group: '22' },
    ])
    expect(await all(new LinearPattern('x*'), 'axa')).toEqual(['', 'x', '', ''].map((text) => ({ text })))
    expect(await all(new LinearPattern('^(?!b)a'), 'aa')).toEqual([{ text: 'a' }])
  })

  test.each([
    ['a', 0],
    ['(a)(?:b)(?<c>d)', 2],
    ['[(]\\((a)', 1],
  ])('%s has %i groups', (source, groups) => {
    expect(new LinearPattern(source).groups).toBe(groups)
  })
})

test('a signal ends a search that reads the rest of the text for each match', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  const search = async () => {
    for await (const _ of new LinearPattern('a(.*z)?').matches('a'.repeat(100_000), signal));
  }
  await expect(search()).rejects.toThrow('enough')
})

describe('refuses', () => {
  const ahead = (begin: string) =>
    `it has the look-ahead '${begin}…)'. Look-aheads are possible right behind a '^' at the start, where no '|' is outside of groups`
  test.each([
    ['a(?=b)', ahead('(?=')],
    ['(?!a)b', ahead('(?!')],
    ['^(?!a(?=b))c', ahead('(?=')],
    ['(a)\\1', "it has the back-reference '\\1'"],
    ['(?<x>a)\\k<x>', "it has the back-reference '\\k<x>'"],
    ['a{2000}', 'it repeats a part more than 1000 times'],
    ['(?:a{0,1000}){0,1000}', 'its repetitions make it too large'],
    ['\\Aa\\z', "it has '\\A', which has no meaning in JavaScript"],
    ['\\p{Script_Extensions=Greek}', 'invalid character class range: `\\p{Script_Extensions=Greek}`'],
  ])('%s, and says why', (source, reason) => {
    const error = thrown(() => new LinearPattern(source))
    expect(error).toMatch(/^PATTERN_UNSUPPORTED: The pattern /)
    expect(error).toContain(reason)
  })

  test('look-aheads beside an alternative, which they are not for', () => {
    expect(() => new LinearPattern('^(?!a)b|a')).toThrow(
      /^The pattern '\^\(\?!a\)b\|a' cannot be matched without backtracking: it has the look-ahead/,
    )
  })

  test('what is not a regular expression', () => {
    expect(() => new LinearPattern('(')).toThrow(SyntaxError)
  })
})
