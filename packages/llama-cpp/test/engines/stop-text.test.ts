import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { StopText } from '../../src/engines/stop-text.ts'

/** What is shown of the pieces, one by one, and at the end. */
function shown(stops: readonly string[], pieces: readonly string[]): readonly string[] {
  const text = new StopText(stops)
  return [...pieces.map((piece) => text.push(piece)), text.found ? '' : text.end()]
}

describe('StopText', () => {
  test('passes everything on when there is nothing to stop at', () => {
    expect(shown([], ['a', 'b'])).toEqual(['a', 'b', ''])
  })

  test('cuts at a stop text in one piece, and shows nothing more', () => {
    expect(shown(['STOP'], ['one STOP two', ' three'])).toEqual(['one ', '', ''])
  })

  test('cuts at a stop text that comes in several pieces, none of which is shown', () => {
    expect(shown(['STOP'], ['one S', 'T', 'OP two'])).toEqual(['one ', '', '', ''])
  })

  test('shows what was held back as soon as it cannot become a stop text', () => {
    expect(shown(['STOP'], ['a ST', 'E', 'P'])).toEqual(['a ', 'STE', 'P', ''])
  })

  test('shows what was held back when the text ends', () => {
    expect(shown(['STOP'], ['a STO'])).toEqual(['a ', 'STO'])
  })

  test('holds back the beginning of the longest stop text', () => {
    expect(shown(['ab', 'abcd'], ['xabc'])).toEqual(['x', ''])
    expect(shown(['bcde', 'c!'], ['abc', 'd', '?'])).toEqual(['a', '', 'bcd?', ''])
  })

  test('cuts at the first of several stop texts', () => {
    expect(shown(['two', 'one'], ['zero one two'])).toEqual(['zero ', ''])
  })

  test('sees a stop text that begins inside a false start', () => {
    expect(shown(['aab'], ['a', 'a', 'a', 'b'])).toEqual(['', '', 'a', '', ''])
  })

  test.each([[['cbcb']], [['c', 'b', 'cb']]])(
    'cuts at the one that is complete first, in the pieces %j',
    (pieces) => {
      expect(shown(['b', 'cbcb'], pieces).join('')).toBe('c')
    },
  )

  test('cuts at stop texts of any script', () => {
    expect(shown(['。終'], ['はい。', '終わり'])).toEqual(['はい', '', ''])
  })

  test('ignores empty stop texts', () => {
    expect(shown([''], ['a'])).toEqual(['a', ''])
  })

  test('shows the text up to the stop text that is complete first, however it comes in pieces', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 })
    const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(letters), fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
        const text = pieces.join('')
        const found = stops
          .map((one) => ({ start: text.indexOf(one), end: text.indexOf(one) + one.length }))
          .filter(({ start }) => start >= 0)
        const end = Math.min(...found.map((one) => one.end))
        const starts = found.filter((one) => one.end === end).map(({ start }) => start)
        const expected = text.slice(0, starts.length === 0 ? undefined : Math.min(...starts))
        expect(shown(stops, pieces).join('')).toBe(expected)
      }),
    )
  })
})
