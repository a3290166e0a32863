import { OptionError } from '../errors.ts'
import type { Plan } from '../graph/plan.ts'
import type { VisitTrace } from '../run/trace.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { printable } from './printable.ts'

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
 * Sums up a trace by component, in the order of the plan.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a visit of a component that the pipeline does not have
 */
export function readOverlay(plan: Plan, trace: readonly VisitTrace[]): ComponentRun[] {
  const tallies = plan.components.map(
    (): Tally => ({ visits: 0, totalMs: 0, unfinished: false, failure: undefined, sent: new Set() }),
  )
  for (const visit of trace) count(tallies[indexOf(plan, visit.component)] as Tally, visit)
  const all = tallies.reduce((sum, { totalMs }) => sum + totalMs, 0)
  return tallies.map((tally) => ({ ...tally, share: all > 0 ? tally.totalMs / all : 0 }))
}

function indexOf(plan: Plan, name: string): number {
  const planned = plan.byName.get(name)
  if (planned) return planned.index
  throw new OptionError(
    'PIPELINE_INVALID_OPTION',
    `The trace has a visit of '${name}', which is not a component of the pipeline to draw. Components: ${listNames(plan.byName.keys())}.${didYouMean(name, plan.byName.keys())} Draw the pipeline that ran.`,
  )
}

function count(tally: Tally, { durationMs, outputs, error }: VisitTrace): void {
  tally.visits++
  // A visit that was still going on has no end, so its duration is no number to add up.
  if (durationMs >= 0) tally.totalMs += durationMs
  if (outputs === undefined && error === undefined) tally.unfinished = true
  if (error !== undefined) tally.failure = firstLine(error)
  for (const [name, value] of Object.entries(outputs ?? {})) if (value !== undefined) tally.sent.add(name)
}

function firstLine(text: string): string {
  const line = text.split(/[\r\n]/, 1)[0]?.trim()
  return printable(line || 'an error without a message')
}
