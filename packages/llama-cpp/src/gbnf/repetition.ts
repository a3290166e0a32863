import type { RuleBook } from './rule-book.ts'

/** llama.cpp refuses 2000 repetitions and more in one place. */
const most = 1000

/**
 * A symbol so many times; without end where `max` is Infinity. The symbol is the name of a rule or one class of
 * characters, for llama.cpp multiplies what is repeated inside of what is repeated. Long repetitions are made of blocks.
 */
export function repeated(book: RuleBook, symbol: string, min: number, max: number): string {
  if (max === 0) return '""'
  if (min === 1 && max === 1) return symbol
  if (max === Infinity) return unending(book, symbol, min)
  if (max <= most) return book.shared('times', `${symbol}${times(min, max)}`)
  const blocks = Math.floor(min / most)
  const whole = blocks === 0 ? '' : `${repeated(book, block(book, symbol), blocks, blocks)} `
  const atLeast = min % most
  const further = max - min
  const rest = atLeast === 0 ? '' : `${symbol}${times(atLeast, atLeast)} `
  return book.shared('times', `${whole}${rest}${upTo(book, symbol, further)}`)
}

/** Blocks, then less than a block: no more than one way to read what there is, but for the last block. */
function upTo(book: RuleBook, symbol: string, max: number): string {
  if (max <= most) return max === 0 ? '' : `${symbol}${times(0, max)}`
  const blocks = Math.floor(max / most)
  const name = book.shared('block', `${symbol}${times(0, most - 1)}`)
  const left = max - blocks * most
  // At most `blocks` whole blocks; after fewer of them anything shorter than a block, after all of them what is left.
  const all = block(book, symbol)
  const last = left === 0 ? '' : ` ${symbol}${times(0, left)}`
  const fewer = repeated(book, all, 0, blocks - 1)
  return `(${fewer} ${name} | ${repeated(book, all, blocks, blocks)}${last})`
}

function block(book: RuleBook, symbol: string): string {
  return book.shared('block', `${symbol}${times(most, most)}`)
}

function unending(book: RuleBook, symbol: string, min: number): string {
  if (min <= 1) return `${symbol}${min === 0 ? '*' : '+'}`
  return book.shared('times', `${repeated(book, symbol, min, min)} ${symbol}*`)
}

function times(min: number, max: number): string {
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}
