import type { App, Service } from '../http/context.ts'
import { eventStream } from '../http/event-stream.ts'
import { httpErrorOf } from '../http-error.ts'
import { eventJson, runJson } from '../runs/event-json.ts'

/**
 * `GET /runs`: those that go on and the last ones that ended; `/runs/ID`: one of them with all that happened but chunks;
 * `DELETE /runs/ID` stops it. `GET /events`: what happens in all runs, as it happens, and when the list of pipelines changes; with `?of=runs` no
 * more of a run than its state.
 */
export function addRuns(app: App, { runs, catalog, limits, ending }: Service): void {
  app.get('/runs', (c) => {
    const list = runs.list().map((run) => runJson(run))
    return c.body(`{"runs":[${list.join(',')}]}`, 200, { 'content-type': 'application/json' })
  })
  app.get('/runs/:id', (c) => {
    const json = runJson(runs.get(c.req.param('id')), { withEvents: true })
    return c.body(json, 200, { 'content-type': 'application/json' })
  })
  app.delete('/runs/:id', (c) => {
    const { id } = runs.get(c.req.param('id'))
    return c.json({ id, stopped: runs.abort(id) })
  })
  app.get('/events', (c) =>
    eventStream(
      c,
      limits,
      async ({ send, signal }) => {
        const ends = [
          runs.subscribe((happened) => {
            if (happened.type === 'run') send(runJson(happened.run), 'run')
            else if (c.req.query('of') !== 'runs')
              send(eventJson(happened.run.id, happened.event), happened.event.type)
          }),
          catalog.onChange(() => send('{}', 'pipelines')),
        ]
        send(
          `[${runs
            .list()
            .map((run) => runJson(run))
            .join(',')}]`,
          'runs',
        )
        await aborted(AbortSignal.any([signal, ending]))
        for (const end of ends) end()
      },
      (error) => ({ data: JSON.stringify(httpErrorOf(error).body), event: 'error' }),
    ),
  )
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
