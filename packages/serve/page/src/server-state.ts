import { useEffect, useState } from 'preact/hooks'
import { ApiError, api } from './api.ts'
import type { RunSummary, Summary } from './wire.ts'

export interface ServerState {
  readonly pipelines: readonly Summary[] | undefined
  readonly runs: readonly RunSummary[]
  /** What keeps the page from the server. */
  readonly problem: ApiError | undefined
  readonly retry: () => void
}

/** The pipelines and runs of the server, kept as they are there over one stream, which is opened again when it ends. */
export function useServer(): ServerState {
  const [pipelines, setPipelines] = useState<readonly Summary[]>()
  const [runs, setRuns] = useState<readonly RunSummary[]>([])
  const [problem, setProblem] = useState<ApiError>()
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = () => setAttempt((count) => count + 1)
    const watch = async () => {
      setPipelines(await api.pipelines())
      setProblem(undefined)
      for await (const { event, data } of api.changes(controller.signal)) {
        if (event === 'runs') setRuns(data as RunSummary[])
        if (event === 'run') setRuns((before) => withRun(before, data as RunSummary))
        if (event === 'pipelines') setPipelines(await api.pipelines())
      }
    }
    watch()
      .catch((error: unknown) => {
        if (!controller.signal.aborted && error instanceof ApiError) setProblem(error)
      })
      .finally(() => {
        if (!controller.signal.aborted) timer = setTimeout(again, 2000)
      })
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [attempt])

  return { pipelines, runs, problem, retry: () => setAttempt((count) => count + 1) }
}

const MOST_RUNS = 60

function withRun(runs: readonly RunSummary[], run: RunSummary): readonly RunSummary[] {
  const at = runs.findIndex(({ id }) => id === run.id)
  return at === -1 ? [run, ...runs].slice(0, MOST_RUNS) : runs.with(at, run)
}
