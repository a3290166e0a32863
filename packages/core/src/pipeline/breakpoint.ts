import { InputError } from '../errors.ts'
import { didYouMean, listNames } from '../text/names.ts'
import type { Plan, PlannedComponent } from './plan.ts'
import type { ReadSnapshot } from './read-snapshot.ts'
import type { RunWarning } from './result.ts'

/** The visit before which a run is to stop. */
export interface Breakpoint {
  readonly component: PlannedComponent
  readonly visit: number
}

/**
 * Finds the visit that a caller means. In a resumed run it is one that has not started, and not the one at which the
 * snapshot stands: stopping there again would get nowhere.
 *
 * @throws InputError `INPUT_UNKNOWN` for no component, `INPUT_INVALID` for no number of a visit that is still to come
 */
export function findBreakpoint(
  plan: Plan,
  { component: name, visit = 1 }: { readonly component: string; readonly visit?: number },
  resumed: ReadSnapshot | undefined,
): Breakpoint {
  const component = plan.byName.get(name)
  if (!component) {
    const names = [...plan.byName.keys()]
    throw new InputError(
      'INPUT_UNKNOWN',
      `breakAt names '${String(name)}', which is not a component. Components: ${listNames(names)}.${didYouMean(String(name), names)}`,
    )
  }
  if (!Number.isSafeInteger(visit) || visit < 1) {
    throw new InputError(
      'INPUT_INVALID',
      `The visit of breakAt is a whole number from 1, not ${String(visit)}.`,
    )
  }
  if (resumed && !isToCome(resumed, component, visit)) {
    const next = (resumed.snapshot.visits[name] ?? 0) + 1
    throw new InputError(
      'INPUT_INVALID',
      `breakAt is visit ${visit} of '${name}', but in the snapshot that one has come already; the next is visit ${next}.`,
    )
  }
  return { component, visit }
}

function isToCome({ snapshot, pending }: ReadSnapshot, component: PlannedComponent, visit: number): boolean {
  const { visits, at } = snapshot
  if (visit > (visits[component.name] ?? 0)) return true
  if (at?.component === component.name && at.visit === visit) return false
  return pending.some((waiting) => waiting.component === component && waiting.visit === visit)
}

/** A run that was to stop at a breakpoint ended without coming there. */
export function notReached({ component: { name, type }, visit }: Breakpoint, visits: number): RunWarning {
  const ran = visits === 0 ? 'did not run' : visits === 1 ? 'ran once' : `ran ${visits} times`
  return {
    code: 'BREAKPOINT_NOT_REACHED',
    component: name,
    message: `The breakpoint before visit ${visit} of '${name}' (${type}) was not reached: it ${ran}.`,
  }
}
