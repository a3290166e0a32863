import { expect, test } from '@jest/globals'
import { PasteFilter } from '../../src/chat/paste-filter.ts'

const paste = (text: string) => `\u001B[200~${text}\u001B[201~`

/** What is typed of these pieces of input, and what the line then means. */
function fed(...pieces: string[]): readonly [typed: string, meant: string] {
  const filter = new PasteFilter()
  const typed = pieces.map((piece) => filter.feed(piece)).join('')
  return [typed, filter.expand(typed)]
}

test('a paste of several lines stands in the line as one sign, and is what was pasted', () => {
  expect(fed(`Sum up: ${paste('one\r\ntwo\rthree\n')} now\r`)).toEqual([
    'Sum up: [paste 1: 3 lines] now\r',
    'Sum up: one\ntwo\nthree now\r',
  ])
})

test('a short paste of one line stands there itself, without the keys in it', () => {
  expect(fed(paste('a\tb\u0003c\n'))[0]).toBe('a b c')
})

test('a long line is a sign, too', () => {
  const long = 'x'.repeat(501)
  expect(fed(paste(long))).toEqual(['[paste 1: 501 characters]', long])
})

test('several pastes are told apart, and a sign that nobody pasted is a text', () => {
  const [typed, meant] = fed(`${paste('a\nb')} ${paste('c\nd')} [paste 3: 2 lines]`)
  expect(typed).toBe('[paste 1: 2 lines] [paste 2: 2 lines] [paste 3: 2 lines]')
  expect(meant).toBe('a\nb c\nd [paste 3: 2 lines]')
})

test('pieces may end anywhere, also in the middle of a mark', () => {
  const whole = `a${paste('b\nc')}d\u001B[A`
  for (let cut = 1; cut < whole.length; cut += 1) {
    expect(fed(whole.slice(0, cut), whole.slice(cut))[1]).toBe('ab\ncd\u001B[A')
  }
})
