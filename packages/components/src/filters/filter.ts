import type { Document, JsonValue } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'

/** Whether a document has what a filter asks for. */
export type DocumentFilter = (document: Document) => boolean

const comparisons: Readonly<Record<string, (found: unknown, wanted: JsonValue) => boolean>> = {
  '==': isEqual,
  '!=': (found, wanted) => !isEqual(found, wanted),
  '>': (found, wanted) => isOrdered(found, wanted) && order(found, wanted) > 0,
  '>=': (found, wanted) => isOrdered(found, wanted) && order(found, wanted) >= 0,
  '<': (found, wanted) => isOrdered(found, wanted) && order(found, wanted) < 0,
  '<=': (found, wanted) => isOrdered(found, wanted) && order(found, wanted) <= 0,
  in: isAmong,
  'not in': (found, wanted) => !isAmong(found, wanted),
}

const combinations: Readonly<
  Record<string, (filters: readonly DocumentFilter[], document: Document) => boolean>
> = {
  AND: (filters, document) => filters.every((filter) => filter(document)),
  OR: (filters, document) => filters.some((filter) => filter(document)),
  NOT: (filters, document) => !filters.every((filter) => filter(document)),
}

const DEEPEST = 100

/**
 * A filter as Haystack writes it: `{ field, operator, value }` compares, `{ operator: AND, conditions: […] }` puts filters
 * together. A field is `meta.` with the path of a key, a field of the document, or the name of a key of its metadata.
 *
 * @param option - the parameter that has the filter, for messages
 * @throws ComponentsError `FILTER_INVALID`; the filter itself throws `FILTER_FAILED` for values without an order
 */
export function compileFilter(filter: unknown, option: string, depth = 0): DocumentFilter {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw invalid(
      `'${option}' must be a filter: { field, operator, value } or { operator, conditions }.`,
      option,
    )
  }
  if (depth > DEEPEST) throw invalid(`'${option}' is deeper than ${DEEPEST} filters.`, option)
  const entries = filter as Readonly<Record<string, JsonValue | undefined>>
  const keys = 'field' in filter ? ['field', 'operator', 'value'] : ['operator', 'conditions']
  const missing = keys.filter((key) => entries[key] === undefined)
  const unknown = Object.keys(filter).filter((key) => !keys.includes(key))
  if (missing.length > 0 || unknown.length > 0) {
    throw invalid(
      `'${option}' ${missing.length > 0 ? `lacks ${listNames(missing)}` : `has ${listNames(unknown)} besides`}: a filter is { field, operator, value } or { operator, conditions }.`,
      option,
    )
  }
  return 'field' in filter ? comparison(entries, option) : combination(entries, option, depth)
}

function comparison(
  { field, operator, value }: Readonly<Record<string, JsonValue | undefined>>,
  option: string,
): DocumentFilter {
  if (typeof field !== 'string' || field.split('.').includes('')) {
    const shown = typeof field === 'string' ? `'${field}'` : `a ${typeof field}`
    throw invalid(
      `'${option}.field' is ${shown}, which names no field. Possible: 'meta.' with a key, such as meta.language, or ${listNames(documentFields)}.`,
      `${option}.field`,
    )
  }
  const compare = known(comparisons, operator, `${option}.operator`)
  const wanted = value as JsonValue
  const fault =
    isOrder(operator) && Array.isArray(wanted)
      ? 'not be a list'
      : isMembership(operator) && !Array.isArray(wanted)
        ? 'be a list'
        : undefined
  if (fault) {
    throw invalid(`'${option}.value' must ${fault} with the operator '${operator}'.`, `${option}.value`)
  }
  return (document) => {
    try {
      return compare(fieldOf(document, field), wanted)
    } catch (error) {
      if (!(error instanceof NoOrder)) throw error
      throw new ComponentsError(
        'FILTER_FAILED',
        `'${option}' cannot compare '${field}' by '${operator}': ${error.message} The document is '${document.id}'.`,
        { option },
      )
    }
  }
}

function isOrder(operator: unknown): boolean {
  return operator === '>' || operator === '>=' || operator === '<' || operator === '<='
}

function isMembership(operator: unknown): boolean {
  return operator === 'in' || operator === 'not in'
}

function combination(
  { operator, conditions }: Readonly<Record<string, JsonValue | undefined>>,
  option: string,
  depth: number,
): DocumentFilter {
  const combine = known(combinations, operator, `${option}.operator`)
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw invalid(
      `'${option}.conditions' must be a list with at least one filter: { field, operator, value } or { operator, conditions }.`,
      `${option}.conditions`,
    )
  }
  const filters = conditions.map((condition, index) =>
    compileFilter(condition, `${option}.conditions[${index}]`, depth + 1),
  )
  return (document) => combine(filters, document)
}

function known<Value>(table: Readonly<Record<string, Value>>, name: unknown, option: string): Value {
  const found = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined
  if (found !== undefined) return found
  const shown = typeof name === 'string' ? `'${name}'` : `a ${typeof name}`
  const names = Object.keys(table)
  const near = typeof name === 'string' ? didYouMean(name, names) : ''
  throw invalid(`'${option}' is ${shown}. Possible: ${listNames(names)}.${near}`, option)
}

const documentFields = ['id', 'content', 'meta', 'score', 'embedding']

/** Undefined where the document has no such field. */
function fieldOf(document: Document, field: string): unknown {
  const path = field.split('.')
  const start: unknown = documentFields.includes(path[0] as string) ? document : document.meta
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Readonly<Record<string, unknown>>)[key]
        : undefined,
    start,
  )
}

/** What is missing is null. */
function isEqual(found: unknown, wanted: unknown): boolean {
  const value = found ?? null
  if (value === wanted) return true
  if (typeof value !== 'object' || typeof wanted !== 'object' || value === null || wanted === null)
    return false
  if (Array.isArray(value) !== Array.isArray(wanted)) return false
  const [names, others] = [Object.keys(value), Object.keys(wanted)]
  return (
    names.length === others.length &&
    names.every(
      (name) =>
        Object.hasOwn(wanted, name) &&
        isEqual((value as Record<string, unknown>)[name], (wanted as Record<string, unknown>)[name]),
    )
  )
}

function isAmong(found: unknown, wanted: JsonValue): boolean {
  return (wanted as readonly JsonValue[]).some((each) => isEqual(found, each))
}

/** Two values that are compared and cannot be. */
class NoOrder extends Error {}

function isOrdered(found: unknown, wanted: JsonValue): boolean {
  return found !== undefined && found !== null && wanted !== null
}

/** Below, at or above zero: of two numbers, or of two dates as texts. */
function order(found: unknown, wanted: JsonValue): number {
  if (typeof found === 'number' && typeof wanted === 'number') return found - wanted
  if (typeof found === 'boolean' && typeof wanted === 'boolean') return Number(found) - Number(wanted)
  if (typeof found !== 'string' || typeof wanted !== 'string') {
    throw new NoOrder(`${kindOf(found)} and ${kindOf(wanted)} have no order.`)
  }
  const [date, other] = [dateIn(found), dateIn(wanted)]
  return timeOf(date, other.zone) - timeOf(other, date.zone)
}

const DATE =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(?:(Z)|([+-]\d{2}):?(\d{2}))?)?$/i

interface DateText {
  readonly text: string
  readonly local: string
  readonly zone: string | undefined
}

function dateIn(text: string): DateText {
  const [, day, clock = '00:00', utc, hours, minutes] = DATE.exec(text) ?? []
  const zone = utc === undefined ? (hours === undefined ? undefined : `${hours}:${minutes}`) : 'Z'
  return { text, local: `${day}T${clock}`, zone }
}

/** A date without a zone is in that of the other one, or UTC. */
function timeOf({ text, local, zone }: DateText, other = 'Z'): number {
  const time = Date.parse(`${local}${zone ?? other}`)
  if (!Number.isNaN(time)) return time
  throw new NoOrder(`"${text.slice(0, 40)}" is not a date of ISO 8601, and other texts have no order.`)
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('FILTER_INVALID', message, { option })
}
