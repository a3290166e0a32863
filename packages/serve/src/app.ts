import { Hono } from 'hono'
import { Admission, type AdmissionOptions } from './admission/admission.ts'
import { Bodies } from './admission/bodies.ts'
import { Catalog, type CatalogOptions } from './catalog/catalog.ts'
import { watchFiles } from './catalog/watch-files.ts'
import { ServeError } from './errors.ts'
import type { App, Env, Service } from './http/context.ts'
import { checkGuard, type GuardOptions, guard } from './http/guard.ts'
import { answerErrors, countRequests, logRequests, markAnswers } from './http/middleware.ts'
import { addMcp } from './mcp/add-mcp.ts'
import { addOpenAI } from './openai/add-openai.ts'
import { addPage } from './page/serve-page.ts'
import { addDescriptions } from './rest/describe-pipeline.ts'
import { addFiles } from './rest/edit-file.ts'
import { addOpenApi } from './rest/openapi.ts'
import { addRunPipeline } from './rest/run-pipeline.ts'
import { addState } from './rest/state.ts'
import { addRuns } from './rest/watch-runs.ts'
import { Metrics } from './runs/metrics.ts'
import { Runs, type RunsOptions } from './runs/runs.ts'
import { warmUpAll } from './runs/warm-up.ts'

export interface ServeOptions extends CatalogOptions, AdmissionOptions, RunsOptions, GuardOptions {
  /** The largest body of a request, in bytes. @defaultValue 32 MiB */
  readonly maxBodyBytes?: number
  /**
   * How many bytes the bodies of all requests have together, from their first byte to the end of their runs; what comes then
   * is 429. At least `maxBodyBytes`. @defaultValue 256 MiB, or `maxBodyBytes` where that is more
   */
  readonly maxBodiesBytes?: number
  /** The most messages of a conversation. @defaultValue 2000 */
  readonly maxMessages?: number
  /** After how many milliseconds of silence a stream gets a comment, which keeps proxies from ending it. @defaultValue 15000 */
  readonly pingMs?: number
  /** Takes a line for each failure of the server. Nothing of what requests hold. @defaultValue nobody */
  readonly log?: (line: string) => void
  /**
   * Whether the models of all pipelines are loaded at the start, one pipeline after the other; `/health` is 503 until they are.
   * Else each is loaded by the first request that needs it. @defaultValue false
   */
  readonly warmUp?: boolean
  /** Whether files are loaded again when they change. @defaultValue false */
  readonly watch?: boolean
  /** Whether `log` gets a line for each request, too: its method, path, status and time. @defaultValue false */
  readonly logRequests?: boolean
}

/** A handler of requests, for any server that speaks in `Request` and `Response`. */
export interface Served {
  readonly fetch: (request: Request, env?: unknown) => Response | Promise<Response>
  readonly catalog: Catalog
  readonly runs: Runs
  readonly app: App
  /** Takes no further requests, and resolves when those that were accepted have ended. */
  drain(): Promise<void>
  /** Stops what goes on, and closes the pipelines of files. Those that were given stay open. */
  close(): Promise<void>
}

/**
 * Serves pipelines: makes the handler for a server of one's own. `listen` makes the server, too.
 *
 * @example
 * const served = await serve({ pipelines: { capital: pipeline } })
 * const answer = await served.fetch(new Request('http://localhost/pipelines/capital', {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: '{"country": "France"}',
 * }))
 *
 * @throws ServeError `SERVE_OPTION_INVALID`
 */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  checkGuard(options)
  const admission = new Admission(options)
  const catalog = await Catalog.open(options)
  const runs = new Runs(catalog, admission, options)
  const { maxBodyBytes = 32 * 1024 * 1024, maxMessages = 2000, pingMs = 15_000, log = () => {} } = options
  const { maxBodiesBytes = Math.max(256 * 1024 * 1024, maxBodyBytes) } = options
  if (!(maxBodiesBytes >= maxBodyBytes)) {
    const message = `maxBodiesBytes must be at least maxBodyBytes, ${maxBodyBytes}, not ${maxBodiesBytes}.`
    throw new ServeError('SERVE_OPTION_INVALID', message)
  }
  const ending = new AbortController()
  let isLoading = options.warmUp ?? false
  const service: Service = {
    catalog,
    admission,
    bodies: new Bodies(maxBodiesBytes),
    runs,
    log,
    limits: { maxBodyBytes, maxMessages, pingMs },
    ending: ending.signal,
    isLoading: () => isLoading,
  }
  if (isLoading) {
    void warmUpAll(service, options.resolveFrom).finally(() => {
      isLoading = false
    })
  }
  const { app, close } = makeApp(service, options)
  const unwatch = options.watch ? watchFiles(catalog, options.files ?? [], log) : () => {}
  const drain = async () => {
    await admission.drain()
    ending.abort()
    await close()
  }
  return {
    app,
    catalog,
    runs,
    fetch: (request, env) => app.fetch(request, env as object),
    drain,
    async close() {
      unwatch()
      runs.abortAll(new ServeError('SERVE_SHUTTING_DOWN', 'The server ends.'))
      await drain()
      await catalog.close()
    },
  }
}

function makeApp(
  service: Service,
  options: ServeOptions,
): { readonly app: App; readonly close: () => Promise<void> } {
  // Base addresses that end in a slash give two: `http://host/v1//models`.
  const app = new Hono<Env>({ getPath: (request) => plainPath(new URL(request.url).pathname) })
  markAnswers(app, service)
  answerErrors(app, service.log)
  const metrics = new Metrics(service.runs, service.admission, service.catalog)
  countRequests(app, metrics)
  if (options.logRequests) logRequests(app, service.log)
  guard(app, options, isPublic)
  addState(app, service, metrics)
  addOpenApi(app, service)
  addDescriptions(app, service)
  addRunPipeline(app, service)
  addRuns(app, service)
  addFiles(app, service)
  addOpenAI(app, service)
  addPage(app)
  const close = addMcp(app, service)
  return { app, close }
}

/** The page and whether the server is there are for everyone; the page asks for the key. */
function isPublic(path: string): boolean {
  return path === '/' || path.startsWith('/health') || path === '/v1/health' || path.startsWith('/assets/')
}

function plainPath(path: string): string {
  const single = path.replace(/\/{2,}/g, '/')
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single
}
