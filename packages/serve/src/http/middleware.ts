import { MillraceError, RunError } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ServeError } from '../errors.ts'
import { httpErrorOf } from '../http-error.ts'
import type { Metrics } from '../runs/metrics.ts'
import type { App, RequestContext, Service } from './context.ts'

/** What every answer has: the id of its request, and that a server which ends does not keep the connection. */
export function markAnswers(app: App, { admission }: Pick<Service, 'admission'>): void {
  app.use(async (c, next) => {
    const given = c.req.header('x-request-id')
    const id = given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : `req_${crypto.randomUUID()}`
    c.set('requestId', id)
    c.header('x-request-id', id)
    c.header('x-content-type-options', 'nosniff')
    if (admission.isDraining) c.header('connection', 'close')
    const leave = c.req.method === 'POST' ? admission.arrive() : () => {}
    try {
      await next()
    } finally {
      leave()
      c.get('body')?.release()
    }
    if (admission.isDraining) c.header('connection', 'close')
  })
}

/** Counts requests, and how long their answers took to begin. */
export function countRequests(app: App, metrics: Metrics): void {
  app.use(async (c, next) => {
    const start = performance.now()
    await next()
    const { method } = c.req
    metrics.countRequest(
      METHODS.includes(method) ? method : 'other',
      c.res.status,
      (performance.now() - start) / 1000,
    )
  })
}

/** Logs a line for each request: what was asked for and how it ended, and nothing of what it holds. */
export function logRequests(app: App, log: (line: string) => void): void {
  app.use(async (c, next) => {
    const start = performance.now()
    await next()
    const ms = Math.round(performance.now() - start)
    log(`${c.req.method} ${c.req.path.slice(0, 200)} ${c.res.status} ${ms} ms ${c.get('requestId')}`)
  })
}

/** Errors of every way in, in one shape; also for paths and methods that there are not. */
export function answerErrors(app: App, log: (line: string) => void): void {
  app.onError((error, c) => answerError(c, error, log))
  app.notFound((c) => {
    const { path, method } = c.req
    const allow = methodsOf(app, path)
    if (allow.length > 0) {
      const message = `${path.slice(0, 200)} has no method ${method}. It has ${allow.join(', ')}.`
      throw new ServeError('SERVE_METHOD', message, { allow })
    }
    throw new ServeError('SERVE_NOT_FOUND', `There is nothing at ${method} ${path.slice(0, 200)}.`)
  })
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

function methodsOf(app: App, path: string): string[] {
  return METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
}

/**
 * What the log gets of a failure: what a component says of its inputs may quote them, and nothing of a request is logged.
 * Of what is no error of Millrace, a fault of the server, it gets all.
 */
export function logText(error: unknown): string {
  const { code } = httpErrorOf(error).body.error
  const failure = ServeError.isInstance(error) ? (error.cause ?? error) : error
  if (!RunError.isInstance(failure))
    return MillraceError.isInstance(failure) ? `${failure.code}` : messageOf(failure)
  const { component, type } = failure
  return `${code}${component === undefined ? '' : ` in '${component}' (${type})`}`
}

/** An error as an answer. What only whoever runs the server should read goes to the log. */
export function answerError(c: RequestContext, error: unknown, log: (line: string) => void): Response {
  const { status, headers, body } = httpErrorOf(error)
  if (status === 500) log(`${c.get('requestId')} ${logText(error)}`)
  return c.json(body, status as ContentfulStatusCode, headers)
}
