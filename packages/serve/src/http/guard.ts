import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { ServeError } from '../errors.ts'
import type { App, RequestContext } from './context.ts'

export interface GuardOptions {
  /** What requests need as `Authorization: Bearer KEY` or `x-api-key: KEY`. @defaultValue none is needed */
  readonly apiKey?: string
  /**
   * Host names that requests may come by, besides `localhost`, IP addresses and the name of the machine; `*` for any. A page
   * whose name leads to this machine cannot ask the server for that reason.
   */
  readonly allowHosts?: readonly string[]
  /**
   * Origins whose pages may ask, as in `https://chat.example`, or of an app, `tauri://localhost`; `*` for any.
   * @defaultValue none
   */
  readonly cors?: readonly string[]
}

/** @throws ServeError `SERVE_OPTION_INVALID` for an empty key, or an origin that is not one */
export function checkGuard({ apiKey, cors = [] }: GuardOptions): void {
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    const message = 'The key of the server must be printable ASCII characters without spaces, and not empty.'
    throw new ServeError('SERVE_OPTION_INVALID', message)
  }
  const wrong = cors.find((origin) => origin !== '*' && !isOrigin(origin))
  if (wrong === undefined) return
  const message = `cors takes origins, as in 'https://chat.example' or 'tauri://localhost', or '*', not '${wrong}'.`
  throw new ServeError('SERVE_OPTION_INVALID', message)
}

/**
 * Refuses what may not ask: foreign host names and origins, and requests without the key. Where only the page and the state
 * of the server are read, no key is needed.
 *
 * @param isPublic whether a path is for everyone, when it is read
 */
export function guard(app: App, options: GuardOptions, isPublic: (path: string) => boolean): void {
  const { apiKey, allowHosts = [], cors = [] } = options
  const hosts = new Set(allowHosts.map((host) => host.toLowerCase()))
  const isAllowed = apiKey === undefined ? () => true : keyCheck(apiKey)
  app.use(async (c, next) => {
    checkHost(c, hosts)
    const origin = checkOrigin(c, cors)
    if (origin !== undefined) {
      c.header('access-control-allow-origin', origin)
      c.header('access-control-expose-headers', 'x-request-id, x-run-id, retry-after, mcp-session-id')
      c.header('vary', 'Origin')
      if (c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined) {
        return answerPreflight(c)
      }
    }
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (!(isRead && isPublic(c.req.path)) && !isAllowed(c)) {
      throw new ServeError(
        'SERVE_UNAUTHORIZED',
        "The server needs a key, and this is not the one: send it as 'Authorization: Bearer KEY'.",
      )
    }
    return next()
  })
}

function checkHost(c: RequestContext, allowed: ReadonlySet<string>): void {
  // A request that was made in the process has no such header, but an address.
  const host = c.req.header('host') ?? new URL(c.req.url).host
  const name = nameOfHost(host)
  if (name !== undefined && (isOwnName(name) || allowed.has(name) || allowed.has('*'))) return
  const message = `The server does not go by the name '${host.slice(0, 100)}'. Whoever runs it can allow that with --allow-host, in code with allowHosts.`
  throw new ServeError('SERVE_FORBIDDEN_HOST', message)
}

/** Of `Host` the name in lower case, without port and brackets. */
function nameOfHost(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:/@\s]+))(?::\d{1,5})?$/.exec(host) ?? []
  return (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '')
}

/** No name of a stranger: a page can only be under a name, and only its owner says where that leads. */
function isOwnName(name: string): boolean {
  if (isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true
  // `.internal` is nobody's in public, as `host.docker.internal`, by which a container reaches this machine.
  if (name.endsWith('.internal')) return true
  const own = hostname().toLowerCase()
  return name === own || name === `${own}.local`
}

/** The origin that may read the answer; undefined where the request is not from a page of another origin. */
function checkOrigin(c: RequestContext, cors: readonly string[]): string | undefined {
  const origin = c.req.header('origin')
  if (origin === undefined) return undefined
  const host = c.req.header('host') ?? new URL(c.req.url).host
  // Behind a proxy the page came by https, and the request by http.
  if (origin === `http://${host}` || origin === `https://${host}`) return undefined
  if (cors.includes('*') || cors.includes(origin)) return origin
  const message = `Pages of '${origin.slice(0, 100)}' may not ask this server. Whoever runs it can allow that with --cors.`
  throw new ServeError('SERVE_FORBIDDEN_HOST', message)
}

function answerPreflight(c: RequestContext): Response {
  const headers = c.req.header('access-control-request-headers')
  if (headers !== undefined) c.header('access-control-allow-headers', headers)
  c.header('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE')
  c.header('access-control-max-age', '600')
  return c.body(null, 204)
}

function keyCheck(apiKey: string): (c: RequestContext) => boolean {
  const wanted = digest(apiKey)
  return (c) => {
    const bearer = /^Bearer +(\S+) *$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const given = bearer ?? c.req.header('x-api-key')
    // Digests are of one length: neither how long the key is nor where it differs is seen in the time.
    return given !== undefined && timingSafeEqual(digest(given), wanted)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** As browsers write them: those of apps and extensions have schemes of their own, of which `URL` knows no origin. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, host } = new URL(text)
  return text === (origin === 'null' && host !== '' ? `${protocol}//${host}` : origin)
}

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
