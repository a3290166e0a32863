import { DataError } from '../errors.ts'
import type { Check } from './check.ts'

/** The two readers of untrusted values that every type that travels has. */
export interface Guards<T> {
  /** True when `validate` would return. */
  is(value: unknown): value is T
  /**
   * Returns the value itself, not a copy.
   * @throws DataError with the place of the first thing that is wrong, as in `content[1].base64`.
   */
  validate(value: unknown): T
}

/** `noun` is what the message calls the value, as in `Invalid chat message: …`. */
export function guards<T>(noun: string, code: DataError['code'], check: Check): Guards<T> {
  return {
    is: (value): value is T => check(value, '') === undefined,
    validate(value) {
      const problem = check(value, '')
      if (problem !== undefined) throw new DataError(code, `Invalid ${noun}: ${problem}`)
      return value as T
    },
  }
}
