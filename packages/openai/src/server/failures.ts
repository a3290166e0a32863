import { messageOf, onOneLine, shortenEnd } from '@millrace/core/component'
import { OpenAIError, type OpenAIErrorCode } from '../errors.ts'
import { objectOf, type Server } from './server.ts'

/** An answer that is not a success: the status, and what came with it. */
export class Refusal extends Error {
  readonly status: number
  readonly headers: Headers
  readonly body: string

  constructor(status: number, headers: Headers, body: string) {
    super('refused')
    this.status = status
    this.headers = headers
    this.body = body
  }
}

interface Said {
  readonly message: string
  readonly code: string
}

/** The error of a refusal: who answered what, in which words, and what to do. */
export function refusalError({ status, headers, body }: Refusal, server: Server): OpenAIError {
  const said = saidIn(body)
  const wait = retryAfter(headers)
  const isRedirect = status >= 300 && status < 400
  const words = isRedirect
    ? ` and leads to '${headers.get('location')}'`
    : said.message && `: ${said.message}`
  const code = codeOf(status, said)
  return serverError(code, `${server.url} answered ${status}${words}`, server, {
    advice: isRedirect
      ? "Requests are not sent on: write the address where the server is as 'apiBaseUrl'"
      : adviceFor(code, status, server, wait),
    status,
    serverCode: said.code || undefined,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: wait,
  })
}

/** The error of an answer that says so in the middle of a stream. */
export function reportedError(reported: unknown, server: Server): OpenAIError {
  const said = saidOf(reported)
  const code = codeOf(400, said)
  return serverError(
    code === 'OPENAI_REFUSED' ? 'OPENAI_SERVER_FAILED' : code,
    `${server.url} ended the reply with an error${said.message && `: ${said.message}`}`,
    server,
    { advice: 'Look at the log of the server', serverCode: said.code || undefined },
  )
}

/** What fetch threw: no connection, or one that broke. */
export function connectionError(cause: unknown, server: Server): OpenAIError {
  const reason = reasonOf(cause)
  const code = codeIn(cause)
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return serverError(
      'OPENAI_TIMEOUT',
      `${server.url} sent nothing for 300 s, after which Node.js gives up`,
      server,
      {
        advice: 'Stream the reply, or give the model less to read',
        cause,
      },
    )
  }
  const isBroken = /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(code)
  const what = isBroken ? 'closed the connection before it answered' : 'cannot be reached'
  return serverError('OPENAI_UNREACHABLE', `${server.url} ${what}: ${reason}`, server, {
    advice: isBroken
      ? 'Look at the log of the server'
      : "Start the server, or correct 'apiBaseUrl'; Ollama is at http://localhost:11434/v1, llama-server at http://localhost:8080/v1",
    cause,
  })
}

/** The connection, or the stream, ended in the middle. */
export function cutError(server: Server, reason: string, cause?: unknown): OpenAIError {
  return serverError('OPENAI_STREAM_CUT', `The reply of ${server.url} broke off: ${reason}`, server, {
    advice: 'Ask again, and look at the log of the server',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** @param what as in 'a web page', or what a field lacks */
export function unreadableError(server: Server, what: string, body = ''): OpenAIError {
  const shown = body === '' ? '' : ` It begins: ${shortenEnd(onOneLine(body), 200)}`
  return serverError(
    'OPENAI_ANSWER_UNREADABLE',
    `${server.url} gave an answer that is ${what}.${shown}`,
    server,
    {
      advice: "Check that 'apiBaseUrl' is that of OpenAI's protocol: it often ends in /v1",
    },
  )
}

/** Why an answer that is no JSON of the protocol is none. */
export function kindOfBody(body: string): string {
  if (body.trim() === '') return 'empty'
  return /^\s*<(!doctype|html)/i.test(body) ? 'a web page' : 'not JSON'
}

export function timeoutError(server: Server, what: string): OpenAIError {
  return serverError('OPENAI_TIMEOUT', `${server.url} ${what}`, server, {})
}

/** How long a server asks to wait, in milliseconds. */
export function retryAfter(headers: Headers): number | undefined {
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '')
  if (milliseconds >= 0) return milliseconds
  const written = headers.get('retry-after')
  if (written === null) return undefined
  const seconds = Number(written)
  const wait = Number.isNaN(seconds) ? Date.parse(written) - Date.now() : seconds * 1000
  return Number.isNaN(wait) ? undefined : Math.max(0, wait)
}

function serverError(
  code: OpenAIErrorCode,
  what: string,
  server: Server,
  { advice, ...facts }: { readonly advice?: string } & ConstructorParameters<typeof OpenAIError>[2],
): OpenAIError {
  const sentence = /[.!?…]$/.test(what) ? what : `${what}.`
  const message = advice === undefined ? sentence : `${sentence} ${advice}.`
  const { url, model, hidden } = server
  return hidden.hideIn(new OpenAIError(code, message, { ...facts, url, model })) as OpenAIError
}

function codeOf(status: number, { message, code }: Said): OpenAIErrorCode {
  if (status === 401 || status === 403) return 'OPENAI_UNAUTHORIZED'
  if (status === 429) return 'OPENAI_RATE_LIMITED'
  if (/context_length_exceeded|exceed_context_size/.test(code) || OVERFLOW.test(message)) {
    return 'OPENAI_CONTEXT_OVERFLOW'
  }
  if (code === 'model_not_found' || (status === 404 && /\bmodel\b/i.test(message))) {
    return 'OPENAI_MODEL_NOT_FOUND'
  }
  return status >= 500 || status === 408 || status === 409 ? 'OPENAI_SERVER_FAILED' : 'OPENAI_REFUSED'
}

/** How llama-server, vLLM, Ollama, LM Studio and OpenAI say that a prompt is too long. */
const OVERFLOW =
  /maximum context length|context (length|size|window)|exceeds? the (available )?context|input is too large to process|prompt is too long/i

function adviceFor(code: OpenAIErrorCode, status: number, server: Server, wait: number | undefined): string {
  const { model, url, apiKey } = server
  switch (code) {
    case 'OPENAI_UNAUTHORIZED':
      return apiKey === undefined
        ? "No key was sent: set 'apiKey', in a file as ${env:OPENAI_API_KEY}, which --allow-env permits"
        : "Check the key in 'apiKey', and what it may do"
    case 'OPENAI_MODEL_NOT_FOUND':
      return `Set 'model', which is '${model}', to one that ${url}/models lists, or load it there (Ollama: ollama pull ${model})`
    case 'OPENAI_RATE_LIMITED':
      return wait === undefined
        ? 'Ask again later, or ask less at once'
        : `It asks to wait ${Math.ceil(wait / 1000)} s: ask again then, raise 'maxRetries' or 'timeoutMs', or ask less at once`
    case 'OPENAI_CONTEXT_OVERFLOW':
      return 'Shorten the conversation, or give the model more context on the server (llama-server: --ctx-size; Ollama: OLLAMA_CONTEXT_LENGTH)'
    case 'OPENAI_SERVER_FAILED':
      return "Look at the log of the server, or raise 'maxRetries' if it is starting"
    default:
      return status === 404 || status === 405
        ? "Check 'apiBaseUrl': it often ends in /v1"
        : "Change what it names; what the server does not know, leave out of 'generationKwargs' and 'extraBody'"
  }
}

/** The words of a body, in the forms that servers have for them. */
function saidIn(body: string): Said {
  try {
    return saidOf(JSON.parse(body))
  } catch {
    const isPage = kindOfBody(body) === 'a web page'
    const title = /<title>([^<]*)/i.exec(body)?.[1] ?? ''
    return { message: short(isPage ? `a web page${title && ` (${title})`}` : body), code: '' }
  }
}

function saidOf(value: unknown): Said {
  if (typeof value === 'string') return { message: short(value), code: '' }
  const fields = objectOf(value)
  if (typeof fields['error'] === 'string' || typeof fields['error'] === 'object') {
    if (fields['error'] !== null) return saidOf(fields['error'])
  }
  const { message, detail, code, type } = fields
  const text = [message, detail].find((part) => typeof part === 'string' && part !== '')
  const kind = [code, type].find((part) => typeof part === 'string' && part !== '')
  return { message: short(String(text ?? JSON.stringify(value) ?? '')), code: String(kind ?? '') }
}

function short(text: string): string {
  return shortenEnd(onOneLine(text.trim()), 500)
}

/** fetch says 'fetch failed', and why in the cause; several addresses of a name have a cause each. */
function reasonOf(error: unknown): string {
  const { cause, errors } = Object(error) as { readonly cause?: unknown; readonly errors?: unknown }
  if (cause !== undefined) return reasonOf(cause)
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0])
  return messageOf(error).replace(/\.$/, '')
}

/** The code of the innermost cause that has one. */
export function codeIn(error: unknown): string {
  const { cause, code, errors } = Object(error) as Readonly<Record<string, unknown>>
  const inner = cause === undefined ? '' : codeIn(cause)
  if (inner !== '') return inner
  if (typeof code === 'string') return code
  return Array.isArray(errors) && errors.length > 0 ? codeIn(errors[0]) : ''
}
