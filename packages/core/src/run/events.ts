import type { ModelCall, ToolCallEnd } from '../component/calls.ts'
import type { Question } from '../component/pause.ts'
import type { StreamingChunk } from '../data/streaming-chunk.ts'
import type { PlannedComponent } from '../graph/plan.ts'
import { messageOf } from '../text/show.ts'
import { warnProcess } from '../warn-process.ts'
import type { RunWarning } from './result.ts'
import { outside } from './stopping.ts'
import type { Visit } from './trace.ts'

interface RunMoment {
  readonly runId: string
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly time: number
}

interface VisitMoment extends RunMoment {
  readonly component: string
  readonly componentType: string
  /** 1 for the first visit of this component in this run. */
  readonly visit: number
}

type Values = Readonly<Record<string, unknown>>

/** How a run ended. `paused`: at its breakpoint, or by a component. */
export type RunStatus = 'completed' | 'failed' | 'aborted' | 'paused'

/** What happens during a run, in the order in which it happens. */
export type RunEvent =
  | (RunMoment & { readonly type: 'runStart' })
  | (VisitMoment & { readonly type: 'componentStart'; readonly inputs: Values })
  | (VisitMoment & { readonly type: 'chunk'; readonly chunk: StreamingChunk })
  | (VisitMoment & { readonly type: 'modelCall'; readonly call: ModelCall })
  | (VisitMoment & { readonly type: 'toolCall'; readonly call: ToolCallEnd })
  /** What `result.warnings` will have, when it is found. */
  | (RunMoment & { readonly type: 'warning'; readonly warning: RunWarning })
  | (VisitMoment & { readonly type: 'componentEnd'; readonly outputs: Values; readonly durationMs: number })
  | (VisitMoment & {
      readonly type: 'componentPause'
      readonly questions: readonly Question[]
      readonly durationMs: number
    })
  | (VisitMoment & { readonly type: 'componentError'; readonly error: unknown; readonly durationMs: number })
  | (RunMoment & {
      readonly type: 'runEnd'
      readonly status: RunStatus
      /** What the run rejects with, where it failed or was aborted. */
      readonly error?: unknown
      readonly durationMs: number
    })

export type RunListener = (event: RunEvent) => void

/**
 * The events of one run, for the caller's listener. A listener that throws is not called again, and what it threw goes
 * to `onThrow`: neither into the loop of the run, nor into a component that streams. So does what a promise that it
 * returned is rejected with.
 */
export class RunEvents {
  readonly #runId: string
  readonly #onThrow: (error: unknown) => void
  #listener: RunListener | undefined

  constructor(listener: RunListener, runId: string, onThrow: (error: unknown) => void) {
    this.#listener = listener
    this.#runId = runId
    this.#onThrow = onThrow
  }

  runStart(start: number): void {
    this.#emit({ type: 'runStart', runId: this.#runId, time: timeOf(start) })
  }

  componentStart({ component, visit, start, inputs }: Visit): void {
    this.#emit({ ...this.#moment(component, visit, start), type: 'componentStart', inputs })
  }

  chunk(component: PlannedComponent, visit: number, chunk: StreamingChunk): void {
    this.#emit({ ...this.#moment(component, visit, performance.now()), type: 'chunk', chunk })
  }

  modelCall(component: PlannedComponent, visit: number, call: ModelCall): void {
    this.#emit({ ...this.#moment(component, visit, performance.now()), type: 'modelCall', call })
  }

  toolCall(component: PlannedComponent, visit: number, call: ToolCallEnd): void {
    this.#emit({ ...this.#moment(component, visit, performance.now()), type: 'toolCall', call })
  }

  warning(warning: RunWarning): void {
    this.#emit({ type: 'warning', runId: this.#runId, time: timeOf(performance.now()), warning })
  }

  componentEnd({ component, visit, start, end, outputs = {} }: Visit): void {
    const durationMs = end - start
    this.#emit({ ...this.#moment(component, visit, end), type: 'componentEnd', outputs, durationMs })
  }

  componentPause({ component, visit, start, end }: Visit, questions: readonly Question[]): void {
    const durationMs = end - start
    this.#emit({ ...this.#moment(component, visit, end), type: 'componentPause', questions, durationMs })
  }

  componentError({ component, visit, start, end, error }: Visit): void {
    const durationMs = end - start
    this.#emit({ ...this.#moment(component, visit, end), type: 'componentError', error, durationMs })
  }

  /** The last event. Chunks of a component that outlives the run are dropped after it. */
  runEnd(start: number, status: RunStatus, error: unknown): void {
    const now = performance.now()
    const end = { runId: this.#runId, time: timeOf(now), status, durationMs: now - start }
    this.#emit({
      type: 'runEnd',
      ...end,
      ...(status === 'completed' || status === 'paused' ? {} : { error }),
    })
    this.#listener = undefined
  }

  #moment(component: PlannedComponent, visit: number, at: number) {
    return {
      runId: this.#runId,
      time: timeOf(at),
      component: component.name,
      componentType: component.type,
      visit,
    }
  }

  #rejected(error: unknown): void {
    if (this.#listener === undefined) {
      const message = `onEvent rejected after the run had ended: ${messageOf(error)}`
      warnProcess(message, 'MILLRACE_LISTENER_FAILED')
    } else {
      this.#listener = undefined
      this.#onThrow(error)
    }
  }

  #emit(event: RunEvent): void {
    const listener = this.#listener
    if (listener === undefined) return
    try {
      const heard: unknown = outside(() => listener(event))
      if (isThenable(heard)) heard.then(undefined, (error) => this.#rejected(error))
    } catch (error) {
      this.#listener = undefined
      this.#onThrow(error)
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
}

/** Milliseconds of `performance.now()` as those of the Unix epoch. */
function timeOf(now: number): number {
  return performance.timeOrigin + now
}
