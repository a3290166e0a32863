import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inTemporaryFolder } from './temporary-folder.ts'

export type Route = (request: IncomingMessage, response: ServerResponse) => void

export interface ModelServer {
  /** As in `http://127.0.0.1:4711`. */
  readonly origin: string
  /** What answers, by path; may be changed at any time. All else is 404. */
  readonly routes: Map<string, Route>
  readonly requests: { readonly path: string; readonly headers: IncomingHttpHeaders }[]
  /** Breaks all connections, also those with an answer under way. */
  readonly breakConnections: () => void
  /** An empty folder. */
  readonly dir: string
}

/** A host of models on this machine, for the time of `work`. */
export async function withModelServer(work: (server: ModelServer) => Promise<void>): Promise<void> {
  const routes: ModelServer['routes'] = new Map()
  const requests: ModelServer['requests'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push({ path, headers: request.headers })
    const route = routes.get(path) ?? routes.get(path.replace(/\?.*/, ''))
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  try {
    const origin = `http://127.0.0.1:${port}`
    const breakConnections = () => server.closeAllConnections()
    await inTemporaryFolder((dir) => work({ origin, routes, requests, breakConnections, dir }))
  } finally {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
}

export interface FileOptions {
  readonly etag?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Keeps the connection open and silent after so many bytes of an answer. */
  readonly stallAfter?: number
  readonly ignoresRanges?: boolean
}

/** Serves a file as a well-behaved host does, with Range, If-Range and ETag, but for what the options break. */
export function fileRoute(body: Buffer, options: FileOptions = {}): Route {
  const { etag, headers = {}, stallAfter, ignoresRanges = false } = options
  return (request, response) => {
    const from = ignoresRanges ? 0 : startOf(request, etag)
    const rest = body.subarray(from)
    const range = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}
    const validator = etag === undefined ? {} : { etag }
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...validator,
      ...range,
      ...headers,
    })
    if (stallAfter === undefined) response.end(rest)
    else response.write(rest.subarray(0, stallAfter))
  }
}

function startOf(request: IncomingMessage, etag: string | undefined): number {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  const condition = request.headers['if-range']
  return condition === undefined || condition === etag ? from : 0
}

export function redirectRoute(location: string, headers: Readonly<Record<string, string>> = {}): Route {
  return (_request, response) => response.writeHead(302, { location, ...headers }).end()
}

export function statusRoute(status: number, body = ''): Route {
  return (_request, response) => response.writeHead(status).end(body)
}

export function jsonRoute(value: unknown, headers: Readonly<Record<string, string>> = {}): Route {
  return (_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
}
