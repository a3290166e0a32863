import type { JsonObject } from '@millrace/core'
import { checkCounts, countOf } from './keywords.ts'
import { type Compiling, repeated } from './rule-book.ts'

/** The body of a rule for the arrays that fit. */
export function arrayBody(schema: JsonObject, path: string, compiling: Compiling): string {
  const { book, json, refuse } = compiling
  const { prefixItems = [], items = true } = schema
  if (!Array.isArray(prefixItems)) throw refuse(path, "has 'prefixItems' that are no list")
  if (Array.isArray(items)) throw refuse(path, "has a list of 'items'. Possible: 'prefixItems'")
  const impossible = prefixItems.indexOf(false)
  const first = impossible < 0 ? prefixItems : prefixItems.slice(0, impossible)
  const closed = items === false || impossible >= 0
  const least = countOf(schema, 'minItems', 0, path, refuse)
  const most = Math.min(countOf(schema, 'maxItems', Infinity, path, refuse), closed ? first.length : Infinity)
  checkCounts(schema, { low: 'minItems', high: 'maxItems', least, most }, path, refuse)
  const ws = json.name('ws')
  if (most === 0) return `"[" ${ws} "]"`
  const bodies = first
    .slice(0, most)
    .map((item, index) => compiling.value(item, `${path}.prefixItems.${index}`, `item-${index + 1}`))
  let rest = ''
  if (most > first.length) {
    const item = compiling.value(items, `${path}.items`, 'item')
    rest = following(item, bodies.length, Math.max(0, least - first.length), most - first.length, compiling)
  }
  for (let index = bodies.length - 1; index >= 0; index -= 1) {
    const before = index === 0 ? '' : `"," ${ws} `
    const all = `${before}${bodies[index]}${rest === '' ? '' : ` ${rest}`}`
    rest = index < least ? all : `${book.add('items', all)}?`
  }
  return `"[" ${ws} ${rest} ${ws} "]"`
}

/** Items behind those that were written already. */
function following(
  item: string,
  written: number,
  least: number,
  most: number,
  { book, json }: Compiling,
): string {
  const next = book.shared('next', `"," ${json.name('ws')} ${item}`)
  if (written > 0) return repeated(book, next, least, most)
  const all = `${item} ${repeated(book, next, Math.max(0, least - 1), most - 1)}`
  return least > 0 ? all : `(${all})?`
}
