import type { RunResult } from '@millrace/core'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import { outputsOf, type StartedRun } from '../runs/runs.ts'

/** `POST /pipelines/NAME`: the inputs as a JSON object; what the run gave as another one. */
export function addRunPipeline(app: App, service: Service): void {
  app.post('/pipelines/:name', async (c) => {
    const { value, bytes } = await readJson(c, service.limits)
    const run = service.runs.start({
      pipeline: c.req.param('name'),
      inputs: value,
      via: 'rest',
      signal: c.req.raw.signal,
      bytes,
    })
    return answerRun(c, run)
  })
}

export async function answerRun(c: RequestContext, run: StartedRun): Promise<Response> {
  const result = await run.result
  return c.json(answerOf(run.id, result), result.status === 'paused' ? 202 : 200)
}

/** What a run gave, as an answer; of a paused one, where to answer it. */
export function answerOf(id: string, result: RunResult): object {
  const { status, questions, warnings } = result
  return {
    id,
    status,
    outputs: outputsOf(result),
    warnings,
    ...(status === 'paused' ? { questions, answerAt: `/runs/${id}/answers` } : {}),
  }
}
