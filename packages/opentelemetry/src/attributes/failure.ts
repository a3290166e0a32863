import { otherError } from '../conventions.ts'
import { asValues } from './values.ts'

/** Whether a value is an error, also one of another realm, as a `DOMException` may be. */
export function isError(value: unknown): value is Error {
  const { name, message } = asValues(value)
  return typeof name === 'string' && typeof message === 'string'
}

/**
 * What `error.type` says: the code of an error that has one, as all of Millrace's and Node's do, else the name of its
 * class.
 */
export function errorTypeOf(error: unknown): string {
  const { code } = asValues(error)
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code
  if (!isError(error)) return otherError
  return error.name === 'Error' ? error.constructor.name : error.name
}

export function errorMessageOf(error: unknown): string {
  return isError(error) ? error.message : String(error)
}

/** The code with which the run itself, and no component, comes to an end. */
const endsOfRuns: readonly unknown[] = ['RUN_TIMEOUT', 'RUN_CLOSED']

interface Thrown {
  readonly error: unknown
}

/**
 * Whether a visit of a failed run threw because the run was stopped: by its time limit, by `close`, or because
 * another visit had failed, whose error is then the reason that it got from its signal. Such a visit did not fail by itself.
 *
 * @param first what the first visit that threw has thrown, which may be `thrown` itself
 */
export function wasStopped(thrown: Thrown, first: Thrown | undefined): boolean {
  const { code, component, cause, name } = asValues(thrown.error)
  if (endsOfRuns.includes(code) && component === undefined) return true
  if (first === undefined || thrown === first) return false
  return name === 'AbortError' || thrown.error === first.error || cause === first.error
}
