import type { Details, FileText, Finding, RunRecord, RunSummary, Summary, Values } from './wire.ts'

/** What the server refused, or that it is not there. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | undefined

  constructor(message: string, status: number, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const KEY = 'millrace:key'

/** The key lives as long as the tab. */
export function setKey(key: string): void {
  sessionStorage.setItem(KEY, key)
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  const key = sessionStorage.getItem(KEY)
  if (key !== null) headers.set('authorization', `Bearer ${key}`)
  let response: Response
  try {
    response = await fetch(new URL(path, document.baseURI), { ...init, headers })
  } catch (error) {
    if (init.signal?.aborted) throw error
    throw new ApiError('The server does not answer. Is it still running?', 0)
  }
  if (response.ok) return response
  throw await errorOf(response)
}

async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as { error: { message: string; code?: string } }
    return new ApiError(error.message, response.status, error.code)
  } catch {
    return new ApiError(`The server answered with status ${response.status}.`, response.status)
  }
}

async function get<T>(path: string): Promise<T> {
  return (await request(path)).json() as Promise<T>
}

function withBody(method: string, body: unknown, init: RequestInit = {}): RequestInit {
  return {
    ...init,
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...init.headers },
  }
}

/** The address of a pipeline, from that of the page. */
export const pathOf = (name: string) => `pipelines/${encodeURIComponent(name)}`

export const api = {
  pipelines: async () => (await get<{ pipelines: Summary[] }>('pipelines')).pipelines,
  pipeline: (name: string) => get<Details>(pathOf(name)),
  drawing: async (name: string) => (await request(`${pathOf(name)}/drawing.svg`)).text(),
  runs: async () => (await get<{ runs: RunSummary[] }>('runs')).runs,
  run: (id: string) => get<RunRecord>(`runs/${encodeURIComponent(id)}`),
  stop: async (id: string) => void (await request(`runs/${encodeURIComponent(id)}`, { method: 'DELETE' })),
  file: (name: string) => get<FileText>(`${pathOf(name)}/file`),
  /** Holds a text as a pipeline that can be tried, under the name that it answers. */
  draft: async (name: string, text: string) =>
    (await request(`${pathOf(name)}/draft`, withBody('PUT', { text }))).json() as Promise<{
      name: string
      state: 'ready' | 'broken'
      findings: Finding[]
    }>,
  save: async (name: string, text: string, version: string) =>
    (await request(`${pathOf(name)}/file`, withBody('PUT', { text, version }))).json() as Promise<FileText>,

  streamRun: (name: string, inputs: Values, signal: AbortSignal) => stream(pathOf(name), inputs, signal),
  streamAnswers: (id: string, answers: Values, signal: AbortSignal) =>
    stream(`runs/${encodeURIComponent(id)}/answers`, { answers }, signal),
  /** What changes on the server: pipelines and runs. */
  async *changes(signal: AbortSignal): AsyncGenerator<ServerEvent> {
    yield* read(await request('events?of=runs', { signal, headers: { accept: 'text/event-stream' } }))
  },
}

export interface ServerEvent {
  readonly event: string
  readonly data: unknown
}

async function* stream(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const response = await request(
    path,
    withBody('POST', body, { signal, headers: { accept: 'text/event-stream' } }),
  )
  yield* read(response)
}

/** The server-sent events of an answer. */
async function* read(response: Response): AsyncGenerator<ServerEvent> {
  if (response.body === null) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    rest += value
    const blocks = rest.split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const parsed = parseEvent(block)
      if (parsed) yield parsed
    }
  }
}

function parseEvent(block: string): ServerEvent | undefined {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  return data.length === 0 ? undefined : { event, data: JSON.parse(data.join('\n')) as unknown }
}
