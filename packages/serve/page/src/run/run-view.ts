import type {
  Failure,
  ModelCall,
  Progress,
  Question,
  Result,
  RunEvent,
  RunRecord,
  RunState,
  Values,
} from '../wire.ts'
import { addChunk, type Block } from './blocks.ts'

export type VisitState = 'running' | 'done' | 'paused' | 'failed' | 'stopped'

export interface VisitView {
  readonly component: string
  readonly type: string
  readonly visit: number
  readonly startedAt: number
  state: VisitState
  durationMs?: number
  readonly inputs: Values
  outputs?: Values
  error?: Failure
  questions?: readonly Question[]
  readonly calls: ModelCall[]
  readonly blocks: Block[]
}

/** What is known of a run: made of its events, whether they come now or the server remembers them. */
export interface RunView {
  id: string | undefined
  state: RunState | 'sent'
  position: number
  progress: Progress | undefined
  startedAt: number | undefined
  durationMs: number | undefined
  readonly visits: VisitView[]
  readonly warnings: Failure[]
  outputs: Values | undefined
  questions: readonly Question[]
  error: Failure | undefined
}

export function emptyView(): RunView {
  return {
    id: undefined,
    state: 'sent',
    position: 0,
    progress: undefined,
    startedAt: undefined,
    durationMs: undefined,
    visits: [],
    warnings: [],
    outputs: undefined,
    questions: [],
    error: undefined,
  }
}

export function isGoingOn({ state }: RunView): boolean {
  return state === 'sent' || state === 'waiting' || state === 'running'
}

/** Takes in an event, and says in a sentence what listeners should hear of it. */
export function addEvent(view: RunView, event: RunEvent): string | undefined {
  switch (event.type) {
    case 'runStart':
      view.state = 'running'
      view.progress = undefined
      view.startedAt ??= event.time
      return undefined
    case 'componentStart': {
      const paused = view.visits.find((one) => one.state === 'paused' && isOf(event, one))
      // It goes on after an answer: one visit, not two.
      if (paused) paused.state = 'running'
      else
        view.visits.push({
          component: event.component,
          type: event.componentType,
          visit: event.visit,
          startedAt: event.time,
          state: 'running',
          inputs: event.inputs,
          calls: [],
          blocks: [],
        })
      return `${event.component} runs.`
    }
    case 'warning':
      view.warnings.push(event.warning)
      return event.warning.message
    case 'runEnd':
      view.durationMs = event.durationMs
      if (event.error) view.error = event.error
      endVisits(view)
      return undefined
    default:
      return addToVisit(view, event)
  }
}

function isOf(event: { readonly component: string; readonly visit: number }, visit: VisitView): boolean {
  return visit.component === event.component && visit.visit === event.visit
}

type VisitEvent = Exclude<RunEvent, { type: 'runStart' | 'componentStart' | 'warning' | 'runEnd' }>

function addToVisit({ visits }: RunView, event: VisitEvent): string | undefined {
  const visit = visits.findLast((one) => isOf(event, one))
  if (!visit) return undefined
  switch (event.type) {
    case 'chunk':
      addChunk(visit.blocks, event.chunk)
      return undefined
    case 'modelCall':
      visit.calls.push(event.call)
      return undefined
    case 'componentEnd':
      Object.assign(visit, {
        state: 'done',
        outputs: event.outputs,
        durationMs: (visit.durationMs ?? 0) + event.durationMs,
      })
      return undefined
    case 'componentPause':
      Object.assign(visit, {
        state: 'paused',
        questions: event.questions,
        durationMs: (visit.durationMs ?? 0) + event.durationMs,
      })
      return `${event.component} waits for an answer.`
    case 'componentError':
      Object.assign(visit, {
        state: 'failed',
        error: event.error,
        durationMs: (visit.durationMs ?? 0) + event.durationMs,
      })
      return `${event.component} failed: ${event.error.message}`
    default:
      return undefined
  }
}

export function addResult(view: RunView, { status, outputs, questions = [] }: Result): void {
  view.state = status
  view.outputs = outputs
  view.questions = questions
}

export function fail(view: RunView, state: 'failed' | 'aborted', error?: Failure): void {
  view.state = state
  if (error && state === 'failed') view.error = error
  endVisits(view)
}

/** What still runs when a run is over was stopped. */
function endVisits({ visits }: RunView): void {
  for (const visit of visits) {
    if (visit.state !== 'running') continue
    visit.state = 'stopped'
    visit.durationMs = Date.now() - visit.startedAt
  }
}

export function viewOf(record: RunRecord): RunView {
  const view = emptyView()
  view.id = record.id
  for (const event of record.events) addEvent(view, event)
  view.state = record.state
  view.outputs = record.outputs
  view.questions = record.state === 'paused' ? (record.questions ?? []) : []
  view.error = record.state === 'failed' ? (record.error ?? view.error) : undefined
  if (record.startedAt !== undefined && record.endedAt !== undefined) {
    view.startedAt = record.startedAt
    view.durationMs = record.endedAt - record.startedAt
  }
  return view
}

/** What a component did so far in a run. */
export interface ComponentView {
  readonly name: string
  readonly state: VisitState
  readonly visits: number
  readonly totalMs: number
  readonly tokensPerSecond: number | undefined
  readonly cachedTokens: number
  readonly tokens: number
}

export function componentsOf({ visits }: RunView): ReadonlyMap<string, ComponentView> {
  const views = new Map<string, ComponentView>()
  for (const visit of visits) {
    const before = views.get(visit.component)
    const calls = visit.calls
    const speed = calls.findLast((call) => call.timings?.tokensPerSecond !== undefined)?.timings
      ?.tokensPerSecond
    views.set(visit.component, {
      name: visit.component,
      state: visit.state,
      // A visit that paused is run again under its number.
      visits: Math.max(before?.visits ?? 0, visit.visit),
      totalMs: (before?.totalMs ?? 0) + (visit.durationMs ?? 0),
      tokensPerSecond: speed ?? before?.tokensPerSecond,
      tokens: (before?.tokens ?? 0) + sum(calls.map(({ usage }) => usage?.completionTokens)),
      cachedTokens: (before?.cachedTokens ?? 0) + sum(calls.map(({ usage }) => usage?.cachedTokens)),
    })
  }
  return views
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0)
}
