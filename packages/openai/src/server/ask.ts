import type { JsonObject } from '@millrace/core'
import { OpenAIError } from '../errors.ts'
import { codeIn, connectionError, Refusal, refusalError, retryAfter } from './failures.ts'
import type { Server } from './server.ts'
import type { TimeLimits } from './time-limits.ts'

/** The library, once somebody needs it: importing this package alone costs nothing of it. */
export async function loadLibrary(): Promise<typeof import('openai')> {
  return import('openai')
}

/**
 * Asks a server, again where it could not take the request, and gives the answer once its headers are there.
 *
 * @throws OpenAIError for a refusal, a connection that fails, and time that is up
 * @throws the reason of the outer signal, untouched, when that aborts
 */
export async function ask(
  path: 'chat/completions' | 'embeddings',
  body: JsonObject,
  server: Server,
  { limits, maxRetries }: { readonly limits: TimeLimits; readonly maxRetries: number },
): Promise<Response> {
  for (let attempt = 0; ; attempt++) {
    limits.signal.throwIfAborted()
    try {
      return await askOnce(path, body, server, limits.signal)
    } catch (error) {
      limits.signal.throwIfAborted()
      const wait = attempt < maxRetries ? delayBefore(attempt, error) : undefined
      // What must be waited longer than there is time is over now.
      if (wait === undefined || wait >= limits.left) {
        throw error instanceof Refusal ? refusalError(error, server) : asOpenAIError(error, server)
      }
      await limits.wait(wait)
    }
  }
}

async function askOnce(
  path: 'chat/completions' | 'embeddings',
  body: JsonObject,
  server: Server,
  signal: AbortSignal,
): Promise<Response> {
  const { OpenAI } = await loadLibrary()
  // The library keeps neither the words of every refusal nor the cause of every failure.
  let failure: unknown
  const client = new OpenAI({
    baseURL: server.url,
    apiKey: server.apiKey ?? 'none',
    // What the library would take from the environment, for any server.
    adminAPIKey: null,
    organization: server.organization ?? null,
    project: null,
    defaultHeaders: {
      ...withdrawn(process.env['OPENAI_CUSTOM_HEADERS']),
      Authorization: server.apiKey === undefined ? null : `Bearer ${server.apiKey}`,
      ...server.headers,
    },
    maxRetries: 0,
    timeout: 2_147_483_647,
    logLevel: 'off',
    fetch: async (url, init) => {
      try {
        const response = await fetch(url, { ...init, redirect: 'manual' })
        if (response.ok) return response
        throw new Refusal(response.status, response.headers, await response.text())
      } catch (error) {
        failure = error
        throw error
      }
    },
  })
  try {
    return await client.post(`/${path}`, { body, signal, stream: body['stream'] === true }).asResponse()
  } catch (error) {
    throw failure ?? error
  }
}

/** The library adds the headers of this variable to every request, whichever server a file names. */
function withdrawn(headers = ''): Record<string, null> {
  const names = headers.split('\n').flatMap((line) => /^\s*([^:\s]+)\s*:/.exec(line)?.[1] ?? [])
  return Object.fromEntries(names.map((name) => [name, null]))
}

function asOpenAIError(error: unknown, server: Server): OpenAIError {
  return OpenAIError.isInstance(error) ? error : connectionError(error, server)
}

/** How long to wait before the next attempt, in milliseconds; undefined where another one would fail the same way. */
function delayBefore(attempt: number, error: unknown): number | undefined {
  const backoff = Math.min(500 * 2 ** attempt, 8000) * (1 - Math.random() / 4)
  if (!(error instanceof Refusal)) {
    return /ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(codeIn(error)) ? backoff : undefined
  }
  const { status, headers, body } = error
  const asked = headers.get('x-should-retry')
  const isPassing = status === 408 || status === 409 || status === 429 || status >= 500
  const again = asked === 'true' || (asked !== 'false' && isPassing && !body.includes('insufficient_quota'))
  return again ? (retryAfter(headers) ?? backoff) : undefined
}
