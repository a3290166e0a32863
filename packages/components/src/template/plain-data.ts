import { makeValue } from './make-value.ts'
import { isArray, isObject, type RuntimeValue } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'

const MAX_DEPTH = 1000

/**
 * Turns plain data into the values of templates and back. What a template can see is decided here: own keys of
 * plain objects, elements of arrays, and nothing that runs. An object that is reached along several ways stays one.
 */
export class PlainData {
  readonly #values = new Map<object, RuntimeValue | undefined>()
  readonly #origins = new Map<RuntimeValue, unknown>()

  /** @throws TemplateFailure `TEMPLATE_FORBIDDEN` for functions, class instances, cycles and what else is no data */
  toValue(data: unknown, place: string, depth = 0): RuntimeValue {
    switch (typeof data) {
      case 'string':
        return makeValue.string(data)
      case 'number':
        return makeValue.number(data)
      case 'boolean':
        return makeValue.boolean(data)
      case 'undefined':
        return makeValue.undefined()
      case 'object':
        return data === null ? makeValue.null() : this.#objectValue(data, place, depth)
      default:
        throw forbidden(place, `a ${typeof data}`)
    }
  }

  /** The data that a value was made from, or data that is equal to a value that the template made. */
  toData(value: RuntimeValue, depth = 0): unknown {
    const origin = this.#origins.get(value)
    if (origin !== undefined) return origin
    if (depth > MAX_DEPTH) throw new TemplateFailure('TEMPLATE_FAILED', 'A value holds itself.')
    if (isArray(value)) return value.value.map((item) => this.toData(item, depth + 1))
    if (isObject(value)) {
      return Object.fromEntries([...value.value].map(([key, item]) => [key, this.toData(item, depth + 1)]))
    }
    if (value.type !== 'FunctionValue') return value.value
    throw new TemplateFailure('TEMPLATE_FORBIDDEN', 'A function is no data.')
  }

  #objectValue(data: object, place: string, depth: number): RuntimeValue {
    const known = this.#values.get(data)
    if (known !== undefined) return known
    if (this.#values.has(data)) throw forbidden(place, 'an object that holds itself')
    if (depth > MAX_DEPTH) throw forbidden(place, `more than ${MAX_DEPTH} levels`)
    this.#values.set(data, undefined)
    const value = this.#containerValue(data, place, depth)
    this.#values.set(data, value)
    this.#origins.set(value, data)
    return value
  }

  #containerValue(data: object, place: string, depth: number): RuntimeValue {
    if (Array.isArray(data)) {
      return makeValue.array(
        Array.from(data, (item, index) => this.toValue(item, `${place}[${index}]`, depth + 1)),
      )
    }
    if (!isPlain(data)) throw forbidden(place, `a ${className(data)}`)
    const entries = Object.entries(data).map(
      ([key, item]) => [key, this.toValue(item, `${place}.${key}`, depth + 1)] as const,
    )
    return makeValue.object(new Map(entries))
  }
}

function isPlain(data: object): boolean {
  const prototype = Object.getPrototypeOf(data)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function className(data: object): string {
  const { constructor: made } = data
  return typeof made === 'function' && made.name !== '' ? made.name : 'class instance'
}

function forbidden(place: string, what: string): TemplateFailure {
  return new TemplateFailure(
    'TEMPLATE_FORBIDDEN',
    `'${place}' holds ${what}. A template gets plain data only: texts, numbers, true, false, null, lists and objects of them.`,
  )
}
