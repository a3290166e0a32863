import { MillraceError } from '@millrace/core'

/**
 * Every code that `@millrace/openai` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const openAIErrorCodes = {
  // Parameters and inputs.
  OPENAI_OPTION_UNKNOWN:
    'A parameter or generation option does not exist. The text has what it is called here.',
  OPENAI_OPTION_INVALID:
    'An option has a value of the wrong type or outside its range, contradicts another, or is no address of a server.',
  OPENAI_INPUT_INVALID: 'A text or document that was to be embedded is empty.',

  // What a server answered in place of a reply.
  OPENAI_UNAUTHORIZED: 'The server wants a key, or refused the one it was given. Set `apiKey`.',
  OPENAI_MODEL_NOT_FOUND:
    'The server does not have the model. Its list is at the address with `/models` behind it.',
  OPENAI_RATE_LIMITED:
    'The server had too many requests, or the account has no credit left. `retryAfterMs` of the error is what the server asked to wait.',
  OPENAI_CONTEXT_OVERFLOW:
    'The conversation, or a text, is longer than the context of the model on that server.',
  OPENAI_REFUSED:
    'The server refused the request: an option, a message or a path that it does not know. The text has its words.',
  OPENAI_SERVER_FAILED:
    'The server failed, or was not ready, also in the middle of a reply and after all retries.',

  // What went wrong on the way.
  OPENAI_UNREACHABLE: 'Nothing answers at the address: the server does not run, or the address is wrong.',
  OPENAI_TIMEOUT: 'The server took longer than `timeoutMs`, or fell silent for longer than `idleTimeoutMs`.',
  OPENAI_STREAM_CUT: 'A reply broke off: the connection or the stream ended before the server said why.',
  OPENAI_ANSWER_UNREADABLE:
    "The answer is not one of OpenAI's protocol: a web page, other JSON, vectors that are missing.",
} as const

export type OpenAIErrorCode = keyof typeof openAIErrorCodes

/** The facts of an error, so that nobody has to read them out of its message. Each is set where it is known. */
export interface OpenAIErrorDetails {
  /** What was thrown below. */
  readonly cause?: unknown
  /** The name of the option, as in `generationKwargs.topP`. */
  readonly option?: string | undefined
  /** The address that was asked. */
  readonly url?: string | undefined
  readonly model?: string | undefined
  /** The HTTP status. */
  readonly status?: number | undefined
  /** The code, or else the type, that the server gave its error. */
  readonly serverCode?: string | undefined
  /** What the server calls the request, for its support. */
  readonly requestId?: string | undefined
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** A server could not be asked, or gave no usable answer. Its key is in none of these texts. See {@link openAIErrorCodes}. */
export class OpenAIError extends MillraceError<OpenAIErrorCode> {
  readonly option: string | undefined
  readonly url: string | undefined
  readonly model: string | undefined
  readonly status: number | undefined
  readonly serverCode: string | undefined
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: OpenAIErrorCode, message: string, details: OpenAIErrorDetails = {}) {
    super(code, message, 'cause' in details ? { cause: details.cause } : {})
    this.option = details.option
    this.url = details.url
    this.model = details.model
    this.status = details.status
    this.serverCode = details.serverCode
    this.requestId = details.requestId
    this.retryAfterMs = details.retryAfterMs
  }
}
