import type { RunEvent, VisitTrace } from '@millrace/core'

type Changing<T> = { -readonly [Key in keyof T]: T[Key] }

/** What a run did so far, visit by visit, by its events: a failed run has no result with a trace. */
export class RunTrace {
  readonly #visits = new Map<string, Changing<VisitTrace>>()

  onEvent(event: RunEvent): void {
    if (event.type === 'componentStart') {
      const { component, componentType, visit, time, inputs } = event
      const started = { component, type: componentType, visit, start: time, durationMs: Number.NaN, inputs }
      this.#visits.set(keyOf(event), started)
    } else if (
      event.type === 'componentEnd' ||
      event.type === 'componentPause' ||
      event.type === 'componentError'
    ) {
      const visit = this.#visits.get(keyOf(event))
      if (visit === undefined) return
      visit.durationMs = event.durationMs
      if (event.type === 'componentEnd') visit.outputs = event.outputs
      else if (event.type === 'componentPause') visit.paused = true
      else visit.error = event.error instanceof Error ? event.error.message : String(event.error)
    }
  }

  /** The visits in the order in which they started. */
  get visits(): readonly VisitTrace[] {
    return [...this.#visits.values()]
  }
}

function keyOf({ component, visit }: { readonly component: string; readonly visit: number }): string {
  return `${component} ${visit}`
}
