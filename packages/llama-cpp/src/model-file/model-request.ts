import { STATUS_CODES } from 'node:http'
import { messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../errors.ts'
import { errnoOf } from '../model-unreadable.ts'

/** What every request for a model needs besides its URL. */
export interface Access {
  /** The model as the user named it, for messages; without secrets. */
  readonly model: string
  readonly fetch: typeof globalThis.fetch
  readonly signal?: AbortSignal | undefined
  /** How long a host may send nothing, or next to nothing, in milliseconds. */
  readonly silenceMs: number
  /** The hub, and the token that goes there and nowhere else. */
  readonly hub: { readonly endpoint: URL; readonly token: string | undefined }
}

export interface Answer {
  readonly response: Response
  /** What the hub says the file's checksum is, before it redirects to the server that has the file. */
  readonly sha256: string | undefined
  /** Closes the connection, also in the middle of the body. */
  readonly stop: () => void
}

const mostRedirects = 10

/**
 * What a host sends, or an error when it sends nothing for too long.
 *
 * @param left of the milliseconds that it may be silent
 */
export async function unlessSilent<T>(sending: Promise<T>, left: number, silenceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    const error = new TypeError(`it sent nothing for ${silenceMs / 1000} s`)
    timer = setTimeout(() => reject(error), Math.max(0, left))
  })
  try {
    return await Promise.race([sending, silence])
  } finally {
    clearTimeout(timer)
  }
}

/** https, or http on this very machine: everything else could be read and changed on its way. */
export function isAllowedUrl(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

/** A URL for messages: its query may hold a key, and does on every signed URL. */
export function shownUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`
}

/**
 * Sends a GET and follows redirects: by hand, because the hub tells the checksum on the way, and because the token
 * must stay with the hub. Any status but a redirect is an answer.
 *
 * @throws LlamaCppError `MODEL_DOWNLOAD_FAILED` when nobody answers or a redirect leads astray; the reason of the signal
 */
export async function request(
  start: URL,
  headers: Readonly<Record<string, string>>,
  access: Access,
): Promise<Answer> {
  let url = start
  let sha256: string | undefined
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const { response, stop } = await send(url, headers, access)
    sha256 ??= checksumOf(response.headers.get('x-linked-etag'))
    const location = response.headers.get('location')
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null)
      return { response, sha256, stop }
    await response.body?.cancel()
    url = redirected(start, url, location, access)
  }
  throw failure(access, `'${shownUrl(start)}' redirects more than ${mostRedirects} times.`)
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  access: Access,
): Promise<Pick<Answer, 'response' | 'stop'>> {
  const { endpoint, token } = access.hub
  const authorization =
    token !== undefined && url.origin === endpoint.origin ? { authorization: `Bearer ${token}` } : {}
  access.signal?.throwIfAborted()
  const stop = new AbortController()
  // As long as the answer is read. A model takes few requests.
  access.signal?.addEventListener('abort', () => stop.abort(access.signal?.reason), { once: true })
  const answer = access.fetch(url, {
    headers: { 'user-agent': 'millrace', 'accept-encoding': 'identity', ...headers, ...authorization },
    redirect: 'manual',
    signal: stop.signal,
  })
  try {
    const response = await unlessSilent(answer, access.silenceMs, access.silenceMs)
    return { response, stop: () => stop.abort() }
  } catch (error) {
    stop.abort(error)
    access.signal?.throwIfAborted()
    throw unreachable(url, error, access)
  }
}

function checksumOf(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(etag ?? '')?.[1]?.toLowerCase()
}

function redirected(start: URL, from: URL, location: string, access: Access): URL {
  const url = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  // A server elsewhere has no business sending us to the services of this machine.
  const isSafe = url !== undefined && isAllowedUrl(url) && (!isLoopback(url) || isLoopback(start))
  if (isSafe) return url
  const target = url === undefined ? location : shownUrl(url)
  throw failure(access, `'${shownUrl(from)}' redirects to '${target}'. Only https URLs are followed.`)
}

function unreachable(url: URL, error: unknown, access: Access): LlamaCppError {
  const code = errnoOf(error)
  const reason = code ?? messageOf(error)
  const advice =
    'Check the connection; behind a proxy, pass a `fetch` that knows it. A model that is in the cache needs no network.'
  return failure(
    access,
    `Cannot reach '${url.host}' for the model '${access.model}' (${reason}). ${advice}`,
    error,
  )
}

function failure({ model }: Access, message: string, cause?: unknown): LlamaCppError {
  return new LlamaCppError('MODEL_DOWNLOAD_FAILED', message, {
    model,
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The error for an answer that is not the file: what the status means for a model, and what to do. */
export function refused(url: URL, { status }: Response, access: Access): LlamaCppError {
  const { model, hub } = access
  const isHub = url.origin === hub.endpoint.origin
  const name = STATUS_CODES[status]
  const said = `${status}${name === undefined ? '' : ` ${name}`}`
  if (status === 404 || status === 410) {
    const message = `There is no model '${model}': '${shownUrl(url)}' answers ${said}.`
    return new LlamaCppError('MODEL_NOT_FOUND', message, { model, status })
  }
  const message = `The model '${model}' could not be downloaded: '${shownUrl(url)}' answers ${said}. ${advise(status, isHub, hub)}`
  return new LlamaCppError('MODEL_DOWNLOAD_FAILED', message, { model, status })
}

function advise(status: number, isHub: boolean, { token }: Access['hub']): string {
  if (status === 401 || status === 403) {
    if (!isHub) return 'The URL needs a login, or has expired.'
    const repository = 'The repository is private, or gated, or does not exist.'
    return token === undefined
      ? `${repository} Accept its terms on its page, and set HF_TOKEN to an access token.`
      : `${repository} The token in use does not open it: accept its terms on its page, or use another token.`
  }
  if (status === 429)
    return 'Too many requests: wait some minutes and try again; a token in HF_TOKEN raises the limit.'
  if (status >= 500) return 'The host has a problem of its own: try again later.'
  return 'Check the URL in a browser.'
}
