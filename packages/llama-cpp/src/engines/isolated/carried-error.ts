import { isNativeError } from 'node:util/types'
import { MillraceError } from '@millrace/core'
import { LlamaCppError, type LlamaCppErrorCode, llamaCppErrorCodes } from '../../errors.ts'

/** An error as data: what is lost of one on the way to another process is its class and what it refers to. */
export interface CarriedError {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Of a MillraceError. */
  readonly code: string | undefined
  /** Its own fields that are texts, numbers and truth values. */
  readonly details: Readonly<Record<string, string | number | boolean>>
  readonly cause: CarriedError | undefined
}

/** No error refers to more causes than this. A chain that ends in itself has no end. */
const LONGEST_CHAIN = 8

export function packError(thrown: unknown, depth = 0): CarriedError {
  const error = isNativeError(thrown) ? thrown : new TypeError(String(thrown))
  const { code, ...details } = Object.fromEntries(
    Object.entries(error).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  )
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: typeof code === 'string' && MillraceError.isInstance(error) ? code : undefined,
    details,
    cause:
      error.cause === undefined || depth === LONGEST_CHAIN ? undefined : packError(error.cause, depth + 1),
  }
}

/** The error again, with the stack that it had where it was made. */
export function unpackError(carried: CarriedError): Error {
  const error = errorOf(carried)
  if (error.name !== carried.name) error.name = carried.name
  if (carried.stack !== undefined) {
    Object.defineProperty(error, 'stack', { value: carried.stack, configurable: true, writable: true })
  }
  return error
}

function errorOf({ code, message, details, cause }: CarriedError): Error {
  const given = cause ? { cause: unpackError(cause) } : {}
  if (code === undefined) return Object.assign(new Error(message, given), details)
  if (isLlamaCppCode(code)) return new LlamaCppError(code, message, { ...details, ...given })
  return Object.assign(new MillraceError(code, message, given), details)
}

function isLlamaCppCode(code: string): code is LlamaCppErrorCode {
  return Object.hasOwn(llamaCppErrorCodes, code)
}
