import { MillraceError } from '@millrace/core'

/**
 * Every code that `@millrace/serve` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const serveErrorCodes = {
  // Starting a server.
  SERVE_OPTION_INVALID:
    'An option of a server has a value that it cannot have, or one that is not safe: a host that others reach, without a key.',
  SERVE_LISTEN_FAILED:
    'The server cannot listen there: the port is taken, or the host is not of this machine.',

  // What a request got wrong.
  SERVE_INVALID_JSON:
    'The body of a request is not JSON, is not an object, or is nested too deeply. Status 400.',
  SERVE_INVALID_VALUE: 'A field of a request has a wrong type or a value out of its range. Status 400.',
  SERVE_UNSUPPORTED: 'A request asks for what would change the answer and cannot be done. Status 400.',
  SERVE_CONTEXT_OVERFLOW: 'The messages of a request are longer than the context of the model. Status 400.',
  SERVE_UNAUTHORIZED: 'A request has no key, or a wrong one. Status 401.',
  SERVE_FORBIDDEN_HOST:
    'A request came by a host name that the server does not go by, or from a page of another origin. Status 403. Allow it with `allowHosts` or `cors`.',
  SERVE_READ_ONLY:
    'A file was to be changed, and the server does not let requests do that. Status 403. Allow it with `edit`.',
  SERVE_NOT_FOUND: 'There is nothing at the path of a request. Status 404.',
  SERVE_PIPELINE_UNKNOWN: 'No pipeline of this name is served. Status 404.',
  SERVE_METHOD: 'The path of a request has another method. Status 405.',
  SERVE_RUN_ANSWERED:
    'A run was answered that does not wait for answers: it was answered before, or asked nothing. Status 409; one that is not remembered is 404.',
  SERVE_RUN_PAUSED:
    'A run that a client of OpenAI asked for waits for a person, whom this protocol cannot ask. Status 409. Answer it on the page or at the address in the text.',
  SERVE_FILE_CHANGED: 'A file was to be saved that somebody else has changed since it was read. Status 409.',
  SERVE_TOO_LARGE:
    'The body of a request is larger than the server accepts, or has too many messages. Status 413.',
  SERVE_MEDIA_TYPE: 'The body of a request is not declared as application/json. Status 415.',
  SERVE_QUEUE_FULL:
    'More requests wait than the server lets wait, or their bodies are larger than it holds at once. Status 429; `Retry-After` says when to try again.',

  // What the server cannot do.
  SERVE_FAILED: 'A run failed. Status 500.',
  SERVE_BROKEN: 'The file of the pipeline cannot be loaded. Status 503. The text has what is wrong with it.',
  SERVE_LOADING:
    'Asked for its health, a server that loads all models at the start has not loaded them yet. Status 503. Requests are taken, and wait for their model.',
  SERVE_SHUTTING_DOWN: 'The server ends and takes no further requests. Status 503.',
  SERVE_TIMEOUT: 'A run took longer than the server lets it, waiting included. Status 504.',
} as const

export type ServeErrorCode = keyof typeof serveErrorCodes

export interface ServeErrorDetails {
  readonly cause?: unknown
  /** The field of the request that is to blame, as in `messages[2].content`. */
  readonly param?: string | undefined
  /** After how many seconds it is worth trying again. */
  readonly retryAfterS?: number
  /** The methods that the path has. */
  readonly allow?: readonly string[]
}

/** A server could not be started, or a request is answered with an error. See {@link serveErrorCodes}. */
export class ServeError extends MillraceError<ServeErrorCode> {
  readonly param: string | undefined
  readonly retryAfterS: number | undefined
  readonly allow: readonly string[]

  constructor(code: ServeErrorCode, message: string, details: ServeErrorDetails = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : {})
    this.param = details.param
    this.retryAfterS = details.retryAfterS
    this.allow = details.allow ?? []
  }
}
