import { OptionError, type VisitTrace } from '@millrace/core'
import { didYouMean, listNames, onOneLine, type Plan, type PlannedComponent } from '@millrace/core/component'

/** What a run did with one component. */
export interface ComponentRun {
  /** 0: it did not run. */
  readonly visits: number
  readonly totalMs: number
  /** Its part of the time of all components, from 0 to 1. */
  readonly share: number
  /** A visit had not ended when the trace was taken. */
  readonly unfinished: boolean
  /** The first line of the error of its last failed visit. */
  readonly failure: string | undefined
  /** The outputs that had a value in at least one visit. */
  readonly sent: ReadonlySet<string>
}

interface Tally {
  visits: number
  totalMs: number
  unfinished: boolean
  failure: string | undefined
  readonly sent: Set<string>
}

/**
 * Sums up a trace by component.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a visit of a component that the pipeline does not have
 */
export function readOverlay(
  { components, byName }: Plan,
  trace: readonly VisitTrace[],
): ReadonlyMap<PlannedComponent, ComponentRun> {
  const tallies = new Map(
    components.map((component): [PlannedComponent, Tally] => [
      component,
      { visits: 0, totalMs: 0, unfinished: false, failure: undefined, sent: new Set() },
    ]),
  )
  for (const visit of trace) {
    const component = byName.get(visit.component)
    const tally = component && tallies.get(component)
    if (!tally) throw unknownComponent(visit.component, [...byName.keys()])
    count(tally, visit)
  }
  const all = [...tallies.values()].reduce((sum, { totalMs }) => sum + totalMs, 0)
  return new Map(
    [...tallies].map(([component, tally]) => [
      component,
      { ...tally, share: all > 0 ? tally.totalMs / all : 0 },
    ]),
  )
}

function unknownComponent(name: string, known: readonly string[]): OptionError {
  return new OptionError(
    'PIPELINE_INVALID_OPTION',
    `The trace has a visit of '${name}', which is not a component of the pipeline to draw. Components: ${listNames(known)}.${didYouMean(name, known)} Draw the pipeline that ran.`,
  )
}

function count(tally: Tally, { durationMs, outputs, error }: VisitTrace): void {
  tally.visits++
  // A visit that had not ended has a negative duration.
  if (durationMs >= 0) tally.totalMs += durationMs
  if (outputs === undefined && error === undefined) tally.unfinished = true
  if (error !== undefined) tally.failure = firstLine(error)
  for (const [name, value] of Object.entries(outputs ?? {})) if (value !== undefined) tally.sent.add(name)
}

function firstLine(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0]?.trim()
  return onOneLine(line || 'an error without a message')
}

/** `×3 · 1.24 s · 45 %`, or `did not run`. */
export function runSummary({ visits, totalMs, share, unfinished }: ComponentRun): string {
  if (visits === 0) return 'did not run'
  const time = `×${visits} · ${formatDuration(totalMs)}`
  return unfinished ? `${time} · did not end` : `${time} · ${formatShare(share)}`
}

/** A duration as people write it: `0.4 ms`, `35 ms`, `1.24 s`, `2 min 5 s`. */
function formatDuration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1).replace(/\.0$/, '')} ms`
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 2 : 1)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** A share from 0 to 1 as `45 %`. */
function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 1) return '<1 %'
  return `${percent.toFixed(0)} %`
}
