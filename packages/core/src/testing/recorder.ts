import type { RunEvent, RunListener } from '../pipeline/events.ts'

type Values = Readonly<Record<string, unknown>>

/** One call of one component, as it was announced. */
export interface RecordedVisit {
  readonly runId: string
  readonly component: string
  /** 1 for the first of the run. */
  readonly visit: number
  readonly inputs: Values
  /** Absent when the visit failed, or has not ended. */
  readonly outputs?: Values
  readonly error?: unknown
}

/**
 * Listens to the runs of a pipeline: pass its `onEvent` to `run`, and read afterwards what every component was
 * called with.
 *
 * @example
 * const recorder = new Recorder()
 * await pipeline.run({ add: { value: 1 } }, { onEvent: recorder.onEvent })
 * expect(recorder.inputs).toEqual({ add: [{ value: 1 }], double: [{ value: 2 }] })
 */
export class Recorder {
  readonly events: RunEvent[] = []
  readonly onEvent: RunListener = (event) => {
    // A component may write to the object it was given.
    this.events.push(event.type === 'componentStart' ? { ...event, inputs: { ...event.inputs } } : event)
  }

  /** All visits, in the order in which they started. */
  get visits(): RecordedVisit[] {
    return this.events.flatMap((event) => {
      if (event.type !== 'componentStart') return []
      const { runId, component, visit, inputs } = event
      return [{ runId, component, visit, inputs, ...this.#endOf(event) }]
    })
  }

  /** The inputs of the visits of each component, in order. */
  get inputs(): Record<string, Values[]> {
    const inputs = new Map<string, Values[]>()
    for (const visit of this.visits) {
      inputs.set(visit.component, [...(inputs.get(visit.component) ?? []), visit.inputs])
    }
    return Object.fromEntries(inputs)
  }

  /** The texts of all streamed chunks, in order. */
  get streamed(): string[] {
    return this.events.flatMap((event) => (event.type === 'chunk' ? [event.chunk.content] : []))
  }

  #endOf(start: { readonly runId: string; readonly component: string; readonly visit: number }) {
    for (const event of this.events) {
      if (event.type !== 'componentEnd' && event.type !== 'componentError') continue
      if (event.runId !== start.runId || event.component !== start.component || event.visit !== start.visit)
        continue
      return event.type === 'componentEnd' ? { outputs: event.outputs } : { error: event.error }
    }
    return {}
  }
}
