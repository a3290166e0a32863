import type { RunEvent, VisitTrace } from '@millrace/core'

type Changing<T> = { -readonly [Key in keyof T]: T[Key] }

/** How many visits a drawing counts of each component: the first ones. */
const MOST_VISITS = 1000

/**
 * What a run did so far, visit by visit, by its events: a failed run has no result with a trace. Of values only that they
 * were there is kept, and of a component in an endless loop the first visits, and the last one.
 */
export class RunTrace {
  readonly #visits = new Map<string, Changing<VisitTrace>>()
  readonly #lasts = new Map<string, string>()
  /** How many visits were not kept. */
  omitted = 0

  onEvent(event: RunEvent): void {
    if (event.type === 'componentStart') {
      const { component, componentType, visit, time } = event
      const started = {
        component,
        type: componentType,
        visit,
        start: time,
        durationMs: Number.NaN,
        inputs: {},
      }
      if (visit > MOST_VISITS) this.#replaceLast(component, keyOf(event))
      this.#visits.set(keyOf(event), started)
    } else if (
      event.type === 'componentEnd' ||
      event.type === 'componentPause' ||
      event.type === 'componentError'
    ) {
      const visit = this.#visits.get(keyOf(event))
      if (visit === undefined) return
      visit.durationMs = event.durationMs
      if (event.type === 'componentEnd') visit.outputs = givenIn(event.outputs)
      else if (event.type === 'componentPause') visit.paused = true
      else visit.error = event.error instanceof Error ? event.error.message : String(event.error)
    }
  }

  #replaceLast(component: string, key: string): void {
    const last = this.#lasts.get(component)
    if (last !== undefined && this.#visits.delete(last)) this.omitted++
    this.#lasts.set(component, key)
  }

  /** The visits in the order in which they started. */
  get visits(): readonly VisitTrace[] {
    return [...this.#visits.values()]
  }
}

/** Values themselves may be large, and a drawing does not show them. */
function givenIn(outputs: Readonly<Record<string, unknown>>): Record<string, boolean | undefined> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, value === undefined ? undefined : true]),
  )
}

function keyOf({ component, visit }: { readonly component: string; readonly visit: number }): string {
  return `${component} ${visit}`
}
