import { AsyncLocalStorage } from 'node:async_hooks'
import { withSdk } from '@millrace/mcp'
import type { PipelineServerOptions, RunServed, ServedPipeline } from '@millrace/mcp/server'
import type { Body } from '../admission/bodies.ts'
import type { CatalogEntry } from '../catalog/catalog.ts'
import { ServeError } from '../errors.ts'
import type { RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'

type Modules = Awaited<ReturnType<typeof loadModules>>
type Transport = InstanceType<Modules['WebStandardStreamableHTTPServerTransport']>

interface Session {
  readonly transport: Transport
  readonly server: ReturnType<Modules['pipelineServer']>
  /** When it was last asked, by `performance.now()`. */
  usedAt: number
  /** How many of its requests are being answered. */
  busy: number
}

/** How many clients may be connected; beyond it the one that was silent longest is forgotten. */
const MOST_SESSIONS = 256

/** The sessions of MCP clients, each with a server of its own over the pipelines that all share. */
export class McpSessions {
  readonly #service: Service
  readonly #sessions = new Map<string, Session>()
  /** Of the HTTP request with a call: there is no other way for its answer. */
  readonly #client = new AsyncLocalStorage<{
    readonly signal: AbortSignal
    readonly body: Body | undefined
  }>()
  readonly #stopHearing: () => void

  constructor(service: Service) {
    this.#service = service
    this.#stopHearing = service.catalog.onChange(() => {
      for (const { server } of this.#sessions.values()) server.sendToolListChanged().catch(() => {})
    })
  }

  /**
   * Answers a request of the streamable HTTP transport.
   *
   * @throws McpError `MCP_SDK_MISSING`
   * @throws ServeError `SERVE_NOT_FOUND` for a session that is unknown: the client then begins another
   */
  async handle(c: RequestContext): Promise<Response> {
    const { value: parsedBody, body } =
      c.req.method === 'POST' ? await readJson(c, this.#service) : { value: undefined, body: undefined }
    const id = c.req.header('mcp-session-id')
    const session = id === undefined ? await this.#begin() : this.#sessions.get(id)
    if (session === undefined) {
      throw new ServeError(
        'SERVE_NOT_FOUND',
        'There is no such session, or it was silent for too long. Begin another.',
      )
    }
    session.usedAt = performance.now()
    session.busy++
    try {
      return await this.#client.run({ signal: c.req.raw.signal, body }, () =>
        session.transport.handleRequest(c.req.raw, parsedBody === undefined ? {} : { parsedBody }),
      )
    } finally {
      session.busy--
    }
  }

  async close(): Promise<void> {
    this.#stopHearing()
    await Promise.all([...this.#sessions.values()].map(({ server }) => server.close().catch(() => {})))
    this.#sessions.clear()
  }

  async #begin(): Promise<Session> {
    const { pipelineServer, WebStandardStreamableHTTPServerTransport } = await withSdk(loadModules)
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => crypto.randomUUID(),
      onsessioninitialized: (id) => this.#keep(id, session),
      onsessionclosed: (id) => void this.#sessions.delete(id),
    })
    const server = pipelineServer(() => servedPipelines(this.#service.catalog.list()), this.#options())
    const session: Session = { transport, server, usedAt: performance.now(), busy: 0 }
    await server.connect(transport as Parameters<typeof server.connect>[0])
    return session
  }

  #keep(id: string, session: Session): void {
    this.#sessions.set(id, session)
    if (this.#sessions.size <= MOST_SESSIONS) return
    const idle = [...this.#sessions].filter(([, { busy }]) => busy === 0)
    const [oldest] = idle.sort(([, a], [, b]) => a.usedAt - b.usedAt)
    if (oldest === undefined) return
    this.#sessions.delete(oldest[0])
    oldest[1].server.close().catch(() => {})
  }

  #options(): PipelineServerOptions {
    const { runs, log } = this.#service
    const paused = new WeakMap<object, string>()
    const run: RunServed = async (
      { title: _, ...served },
      beginning,
      { signal: cancelled, onEvent, onProgress },
    ) => {
      const client = this.#client.getStore()
      const signal = client === undefined ? cancelled : AbortSignal.any([cancelled, client.signal])
      const body = client?.body
      const how = {
        via: 'mcp',
        signal,
        listener: onEvent,
        onProgress,
        ...(body === undefined ? {} : { body }),
      } as const
      const id = 'paused' in beginning ? paused.get(beginning.paused) : undefined
      const started =
        'inputs' in beginning
          ? runs.start({
              pipeline: nameOf(served),
              inputs: beginning.inputs,
              ...how,
            })
          : runs.answer(id ?? '', { answers: beginning.answers, ...how })
      const result = await started.result
      paused.set(result, started.id)
      return result
    }
    return {
      run,
      log: (line) => log(`mcp ${line}`),
      answerAt: (result) =>
        `Answer it by POST to /runs/${paused.get(result)}/answers, as { "answers": { … } } by id.`,
    }
  }
}

/** The name in the catalog of what has another one for MCP. */
const catalogNames = new WeakMap<object, string>()

function nameOf({ name, pipeline }: ServedPipeline): string {
  return catalogNames.get(pipeline) ?? name
}

/** Tools have no dots in their names. */
function servedPipelines(entries: readonly CatalogEntry[]): ServedPipeline[] {
  const names = new Set<string>()
  return entries.flatMap(({ name, title, description, pipeline }) => {
    if (pipeline === undefined) return []
    const plain = name.replaceAll('.', '_')
    let free = plain
    for (let count = 2; names.has(free); count++) free = `${plain.slice(0, 60)}-${count}`
    names.add(free)
    catalogNames.set(pipeline, name)
    return [{ name: free, description, pipeline, ...(title === undefined ? {} : { title }) }]
  })
}

async function loadModules() {
  const [{ pipelineServer }, { WebStandardStreamableHTTPServerTransport }] = await Promise.all([
    import('@millrace/mcp/server'),
    import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'),
  ])
  return { pipelineServer, WebStandardStreamableHTTPServerTransport }
}
