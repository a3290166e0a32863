import { useEffect, useState } from 'preact/hooks'
import { Blocks } from '../parts/blocks.tsx'
import { duration } from '../parts/format.ts'
import { ValueList } from '../parts/value.tsx'
import { componentsOf, isGoingOn, type RunView } from '../run/run-view.ts'
import type { Runner } from '../run/runner.ts'
import type { Details, Values } from '../wire.ts'
import { Questions } from './questions.tsx'

/** In a line how a run stands. */
export function StatusLine({ view }: { readonly view: RunView }) {
  useClock(isGoingOn(view))
  const components = [...componentsOf(view).values()]
  const tokens = components.reduce((sum, component) => sum + component.tokens, 0)
  const cached = components.reduce((sum, component) => sum + component.cachedTokens, 0)
  const time = view.durationMs ?? (view.startedAt === undefined ? undefined : Date.now() - view.startedAt)
  return (
    <p class="status" data-state={view.state}>
      <span class="dot" aria-hidden="true" />
      <strong>{stateText(view)}</strong>
      {time !== undefined && view.state !== 'waiting' && <span>{duration(time)}</span>}
      {tokens > 0 && <span>{tokens} tokens</span>}
      {cached > 0 && <span>{cached} cached</span>}
    </p>
  )
}

function stateText({ state, position, progress, visits }: RunView): string {
  if (progress && (state === 'sent' || state === 'running') && visits.length === 0) {
    const { stage, subject, fraction } = progress
    const part = fraction === undefined ? '' : ` ${Math.round(fraction * 100)} %`
    return `${stage === 'downloading' ? 'Downloads' : 'Loads'} ${subject}${part}`
  }
  switch (state) {
    case 'waiting':
      return position === 1
        ? 'Waits for its turn: one run is before it'
        : `Waits for its turn: ${position} runs are before it`
    case 'sent':
      return 'Begins'
    case 'running':
      return 'Runs'
    case 'completed':
      return 'Complete'
    case 'paused':
      return 'Waits for you'
    case 'aborted':
      return 'Stopped'
    case 'failed':
      return 'Failed'
  }
}

/** What a run gives: as it is streamed, and at the end by name. */
export function Outcome({
  view,
  runner,
  details,
}: {
  readonly view: RunView
  readonly runner: Runner
  readonly details: Details
}) {
  const streams = view.visits.filter(({ blocks }) => blocks.length > 0)
  const stream = streams.at(-1)
  return (
    <>
      {view.state === 'paused' && (
        <Questions key={view.questions[0]?.id} questions={view.questions} runner={runner} />
      )}
      <section class="card" aria-label="Result">
        <h3>Result</h3>
        <StatusLine view={view} />
        {view.error && <p class="notice error">{view.error.message}</p>}
        {view.warnings.map(({ message }) => (
          <p class="notice" key={message}>
            {message}
          </p>
        ))}
        {isGoingOn(view) || view.outputs === undefined ? (
          stream && (
            <>
              <p class="from">{stream.component}</p>
              <Blocks blocks={stream.blocks} isGrowing={stream.state === 'running'} />
            </>
          )
        ) : (
          <ValueList
            values={byPath(view.outputs, details)}
            empty={view.state === 'paused' ? 'Nothing so far.' : 'Nothing.'}
          />
        )}
      </section>
    </>
  )
}

/** Outputs by component as one list. */
function byPath(outputs: Values, { outputs: ports }: Details): Values {
  const components = new Set(ports.map(({ component }) => component))
  const isNested = Object.keys(outputs).every((name) => components.has(name))
  if (!isNested) return outputs
  const flat = Object.entries(outputs).flatMap(([component, values]) =>
    Object.entries(values as Values).map(([socket, value]) => ({ component, socket, value })),
  )
  const isOnce = (name: string) => flat.filter(({ socket }) => socket === name).length === 1
  return Object.fromEntries(
    flat.map(({ component, socket, value }) => [isOnce(socket) ? socket : `${component}.${socket}`, value]),
  )
}

/** Draws again a few times each second, while something goes on. */
function useClock(isOn: boolean): void {
  const [, setCount] = useState(0)
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setCount((count) => count + 1), 200)
    return () => clearInterval(timer)
  }, [isOn])
}
