import { useState } from 'preact/hooks'
import { clock, duration } from '../parts/format.ts'
import { hrefOf } from '../route.ts'
import { runnerOf } from '../run/runner.ts'
import type { ServerState } from '../server-state.ts'
import type { RunState, RunSummary, Summary } from '../wire.ts'

const MOST = 12

/** What there is: pipelines, what waits for an answer, and the last runs. */
export function Sidebar({
  server,
  chosen,
}: {
  readonly server: ServerState
  readonly chosen: string | undefined
}) {
  const { pipelines = [], runs } = server
  const [isOpen, setIsOpen] = useState(false)
  const [problem, setProblem] = useState<string>()
  const waiting = runs.filter(({ state }) => state === 'paused')
  const rest = runs.filter(({ state }) => state !== 'paused')
  const show = ({ id, pipeline }: RunSummary) => {
    setIsOpen(false)
    setProblem(undefined)
    runnerOf(pipeline)
      .show(id)
      .then(
        () => {
          location.hash = hrefOf(pipeline, 'run')
        },
        (error: Error) => setProblem(error.message),
      )
  }
  return (
    <header class={`side${isOpen ? ' open' : ''}`}>
      <div class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M6 12c4-4 6-4 10 0s6 4 10 0M6 20c4-4 6-4 10 0s6 4 10 0" />
        </svg>
        <span>Millrace</span>
        <button
          type="button"
          class="menu"
          aria-expanded={isOpen}
          aria-controls="lists"
          onClick={() => setIsOpen((before) => !before)}
        >
          {waiting.length > 0 && <span class="count">{waiting.length}</span>}
          Pipelines
        </button>
      </div>
      <div id="lists">
        <nav aria-label="Pipelines">
          <h2>Pipelines</h2>
          <ul>
            {pipelines.map((pipeline) => (
              <li key={pipeline.name}>
                <a
                  href={hrefOf(pipeline.name)}
                  aria-current={pipeline.name === chosen ? 'page' : undefined}
                  onClick={() => setIsOpen(false)}
                >
                  <span class="name">{pipeline.title ?? pipeline.name}</span>
                  <State pipeline={pipeline} runs={runs} />
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {problem && <p class="notice error">{problem}</p>}
        {waiting.length > 0 && (
          <section aria-label="Waiting for you">
            <h2>Waiting for you</h2>
            <RunList runs={waiting} onShow={show} />
          </section>
        )}
        {rest.length > 0 && (
          <section aria-label="Last runs">
            <h2>Last runs</h2>
            <RunList runs={rest.slice(0, MOST)} onShow={show} />
          </section>
        )}
      </div>
    </header>
  )
}

function State({ pipeline, runs }: { readonly pipeline: Summary; readonly runs: readonly RunSummary[] }) {
  const { state, findings, name } = pipeline
  const going = runs.filter(
    (run) => run.pipeline === name && (run.state === 'running' || run.state === 'waiting'),
  ).length
  if (state === 'broken') return <span class="tag error">broken</span>
  if (going > 0) return <span class="tag going">{going === 1 ? 'runs' : `${going} run`}</span>
  if (findings.length > 0)
    return <span class="tag">{findings.length === 1 ? '1 finding' : `${findings.length} findings`}</span>
  return null
}

const words: Readonly<Record<RunState, string>> = {
  waiting: 'in the queue',
  running: 'runs',
  completed: 'complete',
  failed: 'failed',
  aborted: 'stopped',
  paused: 'waits',
}

function RunList({
  runs,
  onShow,
}: {
  readonly runs: readonly RunSummary[]
  readonly onShow: (run: RunSummary) => void
}) {
  return (
    <ul class="runs">
      {runs.map((run) => (
        <li key={run.id}>
          <button type="button" class="run" data-state={run.state} onClick={() => onShow(run)}>
            <span class="dot" aria-hidden="true" />
            <span class="name">{run.pipeline.replace('~draft', ' (draft)')}</span>
            <span class="quiet">
              {words[run.state]}
              {run.startedAt !== undefined && run.endedAt !== undefined && run.state !== 'paused'
                ? ` · ${duration(run.endedAt - run.startedAt)}`
                : ''}
              {` · ${clock(run.createdAt)}`}
              {run.via === 'rest' ? '' : ` · ${run.via}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
