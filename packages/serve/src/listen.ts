import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, serve as listenOnNode } from '@hono/node-server'
import { messageOf } from '@millrace/core/component'
import { type Served, type ServeOptions, serve } from './app.ts'
import { ServeError } from './errors.ts'
import { isLoopback } from './http/guard.ts'

export interface ListenOptions extends ServeOptions {
  /** 0 for any that is free. @defaultValue 8080 */
  readonly port?: number
  /** @defaultValue '127.0.0.1' */
  readonly host?: string
  /** How long a client may take to send a request, in milliseconds. @defaultValue 60000 */
  readonly receiveTimeoutMs?: number
}

/**
 * What is served as a listener for `node:http`, and for what stands on it, as Express does.
 *
 * @example
 * const served = await serve({ pipelines: { capital: pipeline } })
 * createServer(nodeListener(served)).listen(8080)
 */
export function nodeListener({ fetch }: Pick<Served, 'fetch'>): RequestListener {
  return getRequestListener(fetch)
}

/** A server that listens. */
export interface Listening extends Served {
  /** As in `http://127.0.0.1:8080`. */
  readonly url: string
  readonly server: Server
  /** Takes no further connections, and resolves when all requests that were accepted have been answered. */
  end(): Promise<void>
}

/**
 * Serves pipelines on a port.
 *
 * @throws ServeError `SERVE_OPTION_INVALID`, `SERVE_LISTEN_FAILED`
 */
export async function listen({
  port = 8080,
  host = '127.0.0.1',
  receiveTimeoutMs = 60_000,
  ...options
}: ListenOptions = {}): Promise<Listening> {
  if (!isLoopback(host) && options.apiKey === undefined) {
    const message = `Others reach ${host}: a server there needs a key. Name the variable that has it with --api-key-env, in code give apiKey; or listen at 127.0.0.1.`
    throw new ServeError('SERVE_OPTION_INVALID', message)
  }
  const served = await serve(options)
  try {
    const server = await listenAt(served, { port, host, receiveTimeoutMs })
    const requests = new Set<IncomingMessage>()
    server.on('request', (request: IncomingMessage) => {
      requests.add(request)
      request.once('close', () => requests.delete(request))
    })
    const address = server.address() as AddressInfo
    const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
    return {
      ...served,
      server,
      url: `http://${name}:${address.port}`,
      end: () => end(served, server, requests),
      async close() {
        server.close()
        server.closeAllConnections()
        await served.close()
      },
    }
  } catch (error) {
    await served.close()
    throw error
  }
}

function listenAt(
  { fetch }: Served,
  { port, host, receiveTimeoutMs }: Required<Pick<ListenOptions, 'port' | 'host' | 'receiveTimeoutMs'>>,
): Promise<Server> {
  const serverOptions = {
    // Longer than proxies keep theirs, which would otherwise use one that is just being closed.
    keepAliveTimeout: 65_000,
    requestTimeout: receiveTimeoutMs,
    headersTimeout: receiveTimeoutMs,
    connectionsCheckingInterval: Math.min(receiveTimeoutMs, 30_000),
  }
  return new Promise((resolve, reject) => {
    const server = listenOnNode({ fetch, port, hostname: host, serverOptions }, () =>
      resolve(server),
    ) as Server
    server.on('clientError', answerClientError)
    server.once('error', (cause) => {
      const message = `The server cannot listen at ${host}:${port}: ${messageOf(cause)}.`
      reject(new ServeError('SERVE_LISTEN_FAILED', message, { cause }))
    })
  })
}

const refusals: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** What Node.js refuses before it is a request is answered in the shape of all errors, too. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = refusals[error.code ?? ''] ?? '400 Bad Request'
  const message = `The request was refused: ${error.message}.`
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } })
  const headers = `connection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`)
}

/**
 * How long clients may take at the end: to send the rest of a request, from when the server is told to end, and to read the
 * rest of an answer, once all runs have ended.
 */
const LAST_MS = 10_000

async function end(served: Served, server: Server, requests: ReadonlySet<IncomingMessage>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that is kept alive becomes idle only when its answer has ended.
  const timer = setInterval(() => server.closeIdleConnections(), 50)
  server.closeIdleConnections()
  const sending = setTimeout(() => {
    for (const request of requests) if (!request.complete) request.destroy()
  }, LAST_MS)
  await served.drain()
  clearTimeout(sending)
  const deadline = setTimeout(() => server.closeAllConnections(), LAST_MS)
  await closed
  clearTimeout(deadline)
  clearInterval(timer)
  await served.close()
}
