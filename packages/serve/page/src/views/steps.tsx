import { useEffect, useRef } from 'preact/hooks'
import { Blocks } from '../parts/blocks.tsx'
import { duration } from '../parts/format.ts'
import { ValueList } from '../parts/value.tsx'
import type { RunView, VisitState, VisitView } from '../run/run-view.ts'
import type { ModelCall } from '../wire.ts'

const words: Readonly<Record<VisitState, string>> = {
  running: 'runs',
  done: 'done',
  paused: 'waits for you',
  failed: 'failed',
  stopped: 'stopped',
}

const signs: Readonly<Record<VisitState, string>> = {
  running: '●',
  done: '✓',
  paused: '‖',
  failed: '✕',
  stopped: '■',
}

/** Every visit of a run in its order, with what went in and came out: the drawing as a list. */
export function Steps({ view, chosen }: { readonly view: RunView; readonly chosen: string | undefined }) {
  const list = useRef<HTMLOListElement>(null)
  useEffect(() => {
    if (chosen === undefined) return
    const found = list.current?.querySelectorAll<HTMLDetailsElement>(
      `details[data-step="${CSS.escape(chosen.split('#')[0] ?? '')}"]`,
    )
    const last = found?.[found.length - 1]
    if (!last) return
    last.open = true
    last.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  if (view.visits.length === 0) return null
  return (
    <section class="card" aria-label="Steps">
      <h3>Steps</h3>
      <ol class="steps" ref={list}>
        {view.visits.map((visit, index) => (
          <li key={`${view.id}-${index}`}>
            <Step visit={visit} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Step({ visit }: { readonly visit: VisitView }) {
  const { component, type, state, calls, blocks, outputs } = visit
  return (
    <details class="step" data-step={component} data-state={state}>
      <summary>
        <span class="sign" aria-hidden="true">
          {signs[state]}
        </span>
        <span class="who">
          <strong>{component}</strong>
          {visit.visit > 1 && <span class="quiet"> visit {visit.visit}</span>}
          <span class="quiet type"> {type}</span>
        </span>
        <span class="numbers">
          {state !== 'done' && <span class="word">{words[state]}</span>}
          {visit.durationMs !== undefined && <span>{duration(visit.durationMs)}</span>}
          {calls.at(-1)?.timings?.tokensPerSecond !== undefined && (
            <span>{calls.at(-1)?.timings?.tokensPerSecond?.toFixed(0)} tok/s</span>
          )}
        </span>
      </summary>
      <div class="inside">
        {visit.error && <p class="notice error">{visit.error.message}</p>}
        <h4>Inputs</h4>
        <ValueList values={visit.inputs} empty="None." />
        {state === 'running' && blocks.length > 0 && (
          <>
            <h4>So far</h4>
            <Blocks blocks={blocks} isGrowing />
          </>
        )}
        {outputs && (
          <>
            <h4>Outputs</h4>
            <ValueList values={outputs} empty="None." />
          </>
        )}
        {calls.length > 0 && (
          <>
            <h4>Calls of models</h4>
            <ul class="calls">
              {calls.map((call, index) => (
                <li key={index}>{callText(call)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </details>
  )
}

function callText({ model, usage, timings, durationMs, finishReason, error }: ModelCall): string {
  return [
    model,
    usage && `${usage.promptTokens} tokens in${usage.cachedTokens ? ` (${usage.cachedTokens} cached)` : ''}`,
    usage?.completionTokens !== undefined && `${usage.completionTokens} out`,
    timings?.tokensPerSecond !== undefined && `${timings.tokensPerSecond.toFixed(1)} tok/s`,
    timings?.queueMs !== undefined && timings.queueMs > 1 && `waited ${duration(timings.queueMs)}`,
    duration(durationMs),
    finishReason,
    error?.message,
  ]
    .filter((part) => part !== undefined && part !== false)
    .join(' · ')
}
