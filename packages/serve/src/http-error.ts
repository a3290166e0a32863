import { InputError, MillraceError, RunError } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import { ServeError, type ServeErrorCode } from './errors.ts'

/** An error as the body of an answer, in the shape of OpenAI's. */
export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
  }
}

export interface HttpError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ErrorBody
}

interface Kind {
  readonly status: number
  readonly type: string
  readonly code: string | null
  /** Whether trying again soon may help. OpenAI's clients would try again after any 409 and 5xx. */
  readonly isTransient?: boolean
}

const wrong = 'invalid_request_error'

const kinds: Readonly<Record<ServeErrorCode, Kind>> = {
  SERVE_OPTION_INVALID: { status: 500, type: 'server_error', code: 'option_invalid' },
  SERVE_LISTEN_FAILED: { status: 500, type: 'server_error', code: 'listen_failed' },
  SERVE_INVALID_JSON: { status: 400, type: wrong, code: 'invalid_json' },
  SERVE_INVALID_VALUE: { status: 400, type: wrong, code: 'invalid_value' },
  SERVE_UNSUPPORTED: { status: 400, type: wrong, code: 'unsupported_parameter' },
  SERVE_CONTEXT_OVERFLOW: { status: 400, type: wrong, code: 'context_length_exceeded' },
  SERVE_UNAUTHORIZED: { status: 401, type: wrong, code: 'invalid_api_key' },
  SERVE_FORBIDDEN_HOST: { status: 403, type: 'permission_error', code: 'forbidden_host' },
  SERVE_READ_ONLY: { status: 403, type: 'permission_error', code: 'read_only' },
  SERVE_NOT_FOUND: { status: 404, type: wrong, code: null },
  SERVE_PIPELINE_UNKNOWN: { status: 404, type: wrong, code: 'model_not_found' },
  SERVE_METHOD: { status: 405, type: wrong, code: null },
  SERVE_RUN_ANSWERED: { status: 409, type: wrong, code: 'run_answered' },
  SERVE_RUN_PAUSED: { status: 409, type: wrong, code: 'run_paused' },
  SERVE_FILE_CHANGED: { status: 409, type: wrong, code: 'file_changed' },
  SERVE_TOO_LARGE: { status: 413, type: wrong, code: 'request_too_large' },
  SERVE_MEDIA_TYPE: { status: 415, type: wrong, code: 'unsupported_media_type' },
  SERVE_QUEUE_FULL: { status: 429, type: 'rate_limit_error', code: 'queue_full', isTransient: true },
  SERVE_FAILED: { status: 500, type: 'server_error', code: 'failed' },
  SERVE_BROKEN: { status: 503, type: 'unavailable_error', code: 'broken' },
  SERVE_LOADING: { status: 503, type: 'unavailable_error', code: 'loading', isTransient: true },
  SERVE_SHUTTING_DOWN: { status: 503, type: 'unavailable_error', code: 'shutting_down', isTransient: true },
  SERVE_TIMEOUT: { status: 504, type: 'server_error', code: 'timeout' },
}

/** What a component throws because of what it was given, and not because of what it is. */
const ofInputs: Readonly<Record<string, ServeErrorCode>> = {
  CONTEXT_OVERFLOW: 'SERVE_CONTEXT_OVERFLOW',
  OPENAI_CONTEXT_OVERFLOW: 'SERVE_CONTEXT_OVERFLOW',
  MODALITY_UNSUPPORTED: 'SERVE_INVALID_VALUE',
  TEMPLATE_SYNTAX: 'SERVE_INVALID_VALUE',
  TEMPLATE_INVALID: 'SERVE_INVALID_VALUE',
  TEMPLATE_FORBIDDEN: 'SERVE_INVALID_VALUE',
  TEMPLATE_FAILED: 'SERVE_INVALID_VALUE',
  TEMPLATE_VARIABLE_UNKNOWN: 'SERVE_INVALID_VALUE',
  TEMPLATE_VARIABLE_MISSING: 'SERVE_INVALID_VALUE',
  FILTER_INVALID: 'SERVE_INVALID_VALUE',
  FILTER_FAILED: 'SERVE_INVALID_VALUE',
  SCHEMA_INVALID: 'SERVE_INVALID_VALUE',
  STATE_INVALID: 'SERVE_INVALID_VALUE',
  OPTION_INVALID: 'SERVE_INVALID_VALUE',
  OPTION_UNKNOWN: 'SERVE_UNSUPPORTED',
  OPTION_UNSUPPORTED: 'SERVE_UNSUPPORTED',
  OPENAI_OPTION_INVALID: 'SERVE_INVALID_VALUE',
  OPENAI_OPTION_UNKNOWN: 'SERVE_UNSUPPORTED',
  OPENAI_INPUT_INVALID: 'SERVE_INVALID_VALUE',
}

/** How an error of any kind is answered. */
export function httpErrorOf(error: unknown): HttpError {
  const served = serveErrorOf(error)
  const { status, type, code, isTransient = false } = kinds[served.code]
  const { message, param = null, cause } = served
  const seconds = served.retryAfterS ?? (isTransient ? 1 : undefined)
  const ownCode = served.code === 'SERVE_FAILED' ? deepestCode(cause) : undefined
  return {
    status,
    headers: {
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...((status >= 500 || status === 409) && !isTransient ? { 'x-should-retry': 'false' } : {}),
      ...(served.allow.length === 0 ? {} : { allow: served.allow.join(', ') }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: { error: { message, type, param, code: ownCode ?? code } },
  }
}

/**
 * Any error as one of a server. What the caller's inputs caused is a wrong request, also where it was found by a component
 * in the middle of a run.
 */
export function serveErrorOf(error: unknown): ServeError {
  if (ServeError.isInstance(error)) return error
  const message = messageOf(error)
  if (InputError.isInstance(error)) {
    return new ServeError('SERVE_INVALID_VALUE', message, { cause: error, param: placeOf(message) })
  }
  for (const cause of causesOf(error)) {
    if (ServeError.isInstance(cause)) return cause
    if (!MillraceError.isInstance(cause)) continue
    const code = Object.hasOwn(ofInputs, cause.code) ? ofInputs[cause.code] : undefined
    if (code !== undefined) return new ServeError(code, message, { cause: error })
    if (cause.code.startsWith('DATA_'))
      return new ServeError('SERVE_INVALID_VALUE', message, { cause: error })
  }
  if (RunError.isInstance(error)) {
    if (error.code === 'RUN_TIMEOUT') return new ServeError('SERVE_TIMEOUT', message, { cause: error })
    if (error.code === 'RUN_CLOSED') return new ServeError('SERVE_SHUTTING_DOWN', message, { cause: error })
  }
  if (MillraceError.isInstance(error)) return new ServeError('SERVE_FAILED', message, { cause: error })
  // What is not Millrace's own may say what is nobody's business: a path, an address.
  return new ServeError('SERVE_FAILED', 'The server failed. What it failed with is in its log.', {
    cause: error,
  })
}

/** Where in the inputs something is wrong, as the messages of inputs say it. */
function placeOf(message: string): string | undefined {
  return /^(?:- )?Input '([^']+)'/.exec(message)?.[1]
}

function deepestCode(error: unknown): string | undefined {
  return causesOf(error)
    .filter((cause) => MillraceError.isInstance(cause))
    .at(-1)?.code
}

function causesOf(error: unknown): unknown[] {
  const causes = new Set<unknown>()
  for (let cause = error; cause instanceof Error && !causes.has(cause); cause = cause.cause) causes.add(cause)
  return [...causes]
}
