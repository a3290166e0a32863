import type { RunEvent, RunListener, RunResult, WarmUpProgress } from '@millrace/core'
import { ServeError } from '../errors.ts'
import type { App, RequestContext, Service } from '../http/context.ts'
import { eventStream } from '../http/event-stream.ts'
import { logText } from '../http/middleware.ts'
import { readJson } from '../http/read-json.ts'
import { httpErrorOf } from '../http-error.ts'
import { eventJson } from '../runs/event-json.ts'
import { outputsOf, type StartedRun } from '../runs/runs.ts'

type Start = (how: {
  readonly signal: AbortSignal
  readonly listener?: RunListener
  readonly onProgress?: (progress: WarmUpProgress) => void
}) => StartedRun

/**
 * `POST /pipelines/NAME`: the inputs as a JSON object; what the run gave as another one, or with
 * `Accept: text/event-stream` what happens as it happens. `POST /runs/ID/answers`: the same, for a run that is paused.
 */
export function addRunPipeline(app: App, service: Service): void {
  const { runs } = service
  app.post('/pipelines/:name', async (c) => {
    const { value: inputs, body } = await readJson(c, service)
    const pipeline = c.req.param('name')
    return answerRun(c, service, (how) => runs.start({ pipeline, inputs, via: 'rest', body, ...how }))
  })
  app.post('/runs/:id/answers', async (c) => {
    const { value, body } = await readJson(c, service)
    const answers = answersOf(value)
    return answerRun(c, service, (how) =>
      runs.answer(c.req.param('id'), { answers, via: 'rest', body, ...how }),
    )
  })
}

function answersOf({
  answers,
  ...rest
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isObject = typeof answers === 'object' && answers !== null && !Array.isArray(answers)
  const [unknown] = Object.keys(rest)
  if (isObject && unknown === undefined) return answers as Readonly<Record<string, unknown>>
  const message = 'The body must be { "answers": { … } }, with an answer to each question by its id.'
  throw new ServeError('SERVE_INVALID_VALUE', message, { param: unknown ?? 'answers' })
}

async function answerRun(c: RequestContext, service: Service, start: Start): Promise<Response> {
  if (wantsEvents(c.req.header('accept'))) return streamRun(c, service, start)
  const { id, result } = start({ signal: c.req.raw.signal })
  const ended = await result
  return c.json(answerOf(id, ended), ended.status === 'paused' ? 202 : 200, { 'x-run-id': id })
}

/**
 * The first event is `run` with its id and its place in the queue, then `progress` while models are downloaded and loaded, and
 * those of the run; the last one is `result` or `error`.
 */
function streamRun(c: RequestContext, { limits, log }: Service, start: Start): Response {
  const early: RunEvent[] = []
  let hear = (event: RunEvent): void => void early.push(event)
  let load = (_: WarmUpProgress): void => {}
  const client = new AbortController()
  const { id, position, entry, result } = start({
    signal: client.signal,
    listener: (event) => hear(event),
    onProgress: (progress) => load(progress),
  })
  const leave = () => client.abort(c.req.raw.signal.reason)
  c.req.raw.signal.addEventListener('abort', leave, { once: true })
  return eventStream(
    c,
    limits,
    async ({ send, signal }) => {
      signal.addEventListener('abort', () => client.abort(signal.reason), { once: true })
      send(JSON.stringify({ id, pipeline: entry.name, position }), 'run')
      hear = (event) => send(eventJson(id, event), event.type)
      load = (progress) => send(JSON.stringify(progress), 'progress')
      for (const event of early.splice(0)) hear(event)
      send(JSON.stringify(answerOf(id, await result)), 'result')
    },
    (error) => {
      const { status, body } = httpErrorOf(error)
      if (status === 500) log(`${id} ${logText(error)}`)
      return { data: JSON.stringify(body), event: 'error' }
    },
  )
}

function wantsEvents(accept = ''): boolean {
  return accept.split(',').some((type) => type.trim().toLowerCase().startsWith('text/event-stream'))
}

/** What a run gave, as an answer; of a paused one, where to answer it. */
function answerOf(id: string, result: RunResult): object {
  const { status, questions, warnings } = result
  return {
    id,
    status,
    outputs: outputsOf(result),
    warnings,
    ...(status === 'paused' ? { questions, answerAt: `/runs/${id}/answers` } : {}),
  }
}
