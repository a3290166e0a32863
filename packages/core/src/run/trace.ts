import type { Pause, Resumed } from '../component/pause.ts'
import type { PlannedComponent, PlannedEdge } from '../graph/plan.ts'
import { messageOf } from '../text/show.ts'

/** One call of one component, as the runner keeps it: values by reference. */
export interface Visit {
  readonly component: PlannedComponent
  readonly visit: number
  readonly inputs: Record<string, unknown>
  /** The connections whose values it took; undefined for a visit that a snapshot brought. */
  readonly triggers: readonly PlannedEdge[] | undefined
  /** Of a visit that had paused. */
  readonly resumed: Resumed | undefined
  /** Milliseconds of `performance.now()`. */
  start: number
  end: number
  outputs: Record<string, unknown> | undefined
  error: unknown
  /** Set when the component asks for one. Of a visit that is over: with which it paused. */
  pause: Pause | undefined
}

export function newVisit(
  component: PlannedComponent,
  visit: number,
  inputs: Record<string, unknown>,
  triggers: Visit['triggers'],
  resumed?: Resumed,
): Visit {
  const open = { start: 0, end: 0, outputs: undefined, error: undefined, pause: undefined }
  return { component, visit, inputs, triggers, resumed, ...open }
}

/** How many visits a run keeps for its trace when nobody says otherwise. */
export const LONGEST_TRACE = 10_000

/** The visits of a run: all, or the first and the last half of as many as are kept. */
export class KeptVisits {
  readonly #first: Visit[] = []
  /** The last ones, from `#next` on in a circle once it is full. */
  readonly #last: Visit[] = []
  #next = 0
  /** Had not ended when their place was needed. */
  #unfinished: Visit[] = []
  readonly #firsts: number
  readonly #lasts: number
  /** How many were not kept. */
  omitted = 0

  constructor(most: number) {
    this.#firsts = Math.ceil(most / 2)
    this.#lasts = most - this.#firsts
  }

  add(visit: Visit): void {
    if (this.#first.length < this.#firsts) this.#first.push(visit)
    else if (this.#last.length < this.#lasts) this.#last.push(visit)
    else this.#replace(visit)
  }

  #replace(visit: Visit): void {
    this.omitted++
    const before = this.#last[this.#next] ?? visit
    if (before.outputs === undefined) {
      this.#unfinished = [...this.#unfinished.filter(({ outputs }) => outputs === undefined), before]
    }
    if (this.#lasts === 0) return
    this.#last[this.#next] = visit
    this.#next = (this.#next + 1) % this.#lasts
  }

  /** In the order in which they started. */
  all(): Visit[] {
    return [...this.#first, ...this.#last.slice(this.#next), ...this.#last.slice(0, this.#next)]
  }

  /** Those that gave nothing yet, also where they are not among `all`. */
  unfinished(): Visit[] {
    const kept = this.#unfinished.length === 0 ? this.all() : [...this.#unfinished, ...this.all()]
    return kept.filter(({ outputs }) => outputs === undefined)
  }
}

/** One call of one component, as a person or a log reads it. */
export interface VisitTrace {
  readonly component: string
  readonly type: string
  /** 1 for the first call of this component in the run. */
  readonly visit: number
  /**
   * The outputs whose values made it run, as `prompt.prompt`, in the order of the connections. Empty: the inputs of the
   * caller, or nothing but its turn, did. Absent for a visit that a snapshot brought.
   */
  readonly triggeredBy?: readonly string[]
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly start: number
  readonly durationMs: number
  /** Texts over 1,000 characters are cut, base64 data is replaced by its length. */
  readonly inputs: Readonly<Record<string, unknown>>
  readonly outputs?: Readonly<Record<string, unknown>>
  readonly error?: string
  /** Whether the visit paused: it has then neither outputs nor an error. */
  readonly paused?: true
}

export function traceOf(visits: readonly Visit[]): VisitTrace[] {
  return visits.map(({ component, visit, triggers, inputs, start, end, outputs, error, pause }) => ({
    component: component.name,
    type: component.type,
    visit,
    ...(triggers === undefined ? {} : { triggeredBy: triggers.map(({ from }) => from) }),
    start: performance.timeOrigin + start,
    durationMs: end - start,
    inputs: shortened(inputs) as Record<string, unknown>,
    ...(outputs === undefined ? {} : { outputs: shortened(outputs) as Record<string, unknown> }),
    ...(error === undefined ? {} : { error: messageOf(error) }),
    ...(pause === undefined ? {} : { paused: true as const }),
  }))
}

const LONGEST_TEXT = 1_000
const LONGEST_LIST = 50
const DEEPEST = 12

function shortened(value: unknown, depth = 0, key = ''): unknown {
  if (typeof value === 'string') {
    if (key === 'base64') return `(${value.length} characters of base64)`
    return value.length > LONGEST_TEXT
      ? `${value.slice(0, LONGEST_TEXT)}… (${value.length} characters)`
      : value
  }
  if (typeof value === 'function') return `(function ${value.name})`
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEEPEST) return '(deeper)'
  if (Array.isArray(value)) {
    const items = value.slice(0, LONGEST_LIST).map((item) => shortened(item, depth + 1))
    return value.length > LONGEST_LIST ? [...items, `(${value.length - LONGEST_LIST} more)`] : items
  }
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return `(${value.constructor?.name ?? 'object'})`
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, shortened(item, depth + 1, name)]),
  )
}
