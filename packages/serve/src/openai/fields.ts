import { describeValue, listNames } from '@millrace/core/component'
import { ServeError } from '../errors.ts'

export interface NumberRange {
  readonly least?: number
  readonly most?: number
  readonly isWhole?: boolean
}

/**
 * The fields of an object in a request. Null is absent, as in all of OpenAI's protocol. What is wrong is thrown with its
 * place.
 *
 * @throws ServeError `SERVE_INVALID_VALUE`
 */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #place: string

  /** @param place in front of the names, as in `response_format.` */
  constructor(values: Readonly<Record<string, unknown>>, place = '') {
    this.#values = values
    this.#place = place
  }

  get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined
  }

  string(name: string): string | undefined {
    const value = this.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.wrong(name, `must be a string, not ${describeValue(value)}`)
  }

  /** One that must be there, and not be empty. */
  text(name: string): string {
    const value = this.string(name)
    if (value !== undefined && value !== '') return value
    throw this.wrong(name, 'must be a text that is not empty')
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name)
    if (value === undefined || typeof value === 'boolean') return value
    throw this.wrong(name, `must be true or false, not ${describeValue(value)}`)
  }

  number(name: string, { least = -Infinity, most = Infinity, isWhole = false }: NumberRange = {}) {
    const value = this.get(name)
    if (value === undefined) return undefined
    const isNumber = typeof value === 'number' && (!isWhole || Number.isInteger(value))
    if (isNumber && value >= least && value <= most) return value
    const range = [
      ...(least === -Infinity ? [] : [`from ${least}`]),
      ...(most === Infinity ? [] : [`up to ${most}`]),
    ]
    const kind = [isWhole ? 'a whole number' : 'a number', ...range].join(' ')
    throw this.wrong(name, `must be ${kind}, not ${describeValue(value)}`)
  }

  choice<const Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const found = choices.find((choice) => choice === value)
    if (found !== undefined) return found
    throw this.wrong(name, `must be one of ${listNames(choices)}, not ${describeValue(value)}`)
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.get(name)
    if (value === undefined || Array.isArray(value)) return value
    throw this.wrong(name, `must be a list, not ${describeValue(value)}`)
  }

  object(name: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.get(name)
    if (value === undefined || isObject(value)) return value
    throw this.wrong(name, `must be an object, not ${describeValue(value)}`)
  }

  /** The fields of an object in this one. */
  within(name: string): Fields | undefined {
    const value = this.object(name)
    return value === undefined ? undefined : new Fields(value, `${this.#place}${name}.`)
  }

  wrong(name: string, what: string): ServeError {
    const param = `${this.#place}${name}`
    return new ServeError('SERVE_INVALID_VALUE', `'${param}' ${what}.`, { param })
  }

  unsupported(name: string, why: string): ServeError {
    const param = `${this.#place}${name}`
    return new ServeError('SERVE_UNSUPPORTED', `'${param}' ${why}.`, { param })
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
