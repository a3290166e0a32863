import { RunError } from '../errors.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from '../graph/plan.ts'
import type { RunWarning } from './result.ts'
import type { RunState } from './state.ts'

interface Blocked {
  readonly warnings: RunWarning[]
  /** Set when nothing came out of the run because of it. */
  readonly fatal: RunError | undefined
}

/** After a run: which components got something and did not run with it, what they wait for, and who should have sent it. */
export function findBlocked(plan: Plan, state: RunState, gaveOutputs: boolean): Blocked {
  const warnings = plan.components
    .filter((component) => state.hasUnread(component))
    .map((component): RunWarning => {
      const code = state.visits(component) === 0 ? 'NEVER_RAN' : 'DID_NOT_RUN_AGAIN'
      return { code, component: component.name, message: whyBlocked(state, component) }
    })
  return { warnings, fatal: gaveOutputs ? undefined : findFatal(plan, state, warnings) }
}

function findFatal(plan: Plan, state: RunState, warnings: readonly RunWarning[]): RunError | undefined {
  const ran = plan.components.filter((component) => state.visits(component) > 0)
  // A run whose last components have nothing to say is empty by nature, not because something is blocked.
  if (plan.components.length === 0 || ran.some((component) => component.leaving.length === 0))
    return undefined
  if (warnings.length > 0) {
    return new RunError(
      'RUN_BLOCKED',
      `The run gave nothing, because components wait for values that never came:${lines(warnings.map(({ message }) => message))}`,
    )
  }
  if (ran.length > 0) return undefined
  const stuck = plan.components.map((component) => whyBlocked(state, component))
  return new RunError(
    'RUN_BLOCKED',
    `No component can start: each waits for another, or for an input that nobody gave.${lines(stuck)}`,
  )
}

const SHOWN = 10

function lines(messages: readonly string[]): string {
  const shown = messages.slice(0, SHOWN).map((message) => `\n  ${message}`)
  const rest = messages.length - shown.length
  return rest > 0 ? `${shown.join('')}\n  and ${rest} more` : shown.join('')
}

function whyBlocked(state: RunState, component: PlannedComponent): string {
  const what = state.visits(component) === 0 ? 'never ran' : 'did not run again'
  const missing = component.sockets.filter((socket) => socket.mandatory && !state.isFilled(socket))
  const reasons = missing.map((socket) => `'${socket.name}' got no value from ${sendersOf(state, socket)}`)
  const why = reasons.length === 0 ? 'nothing triggered it' : reasons.join('; ')
  return `'${component.name}' (${component.type}) ${what}: ${why}.`
}

function sendersOf(state: RunState, { edges }: PlannedSocket): string {
  if (edges.length === 0) return 'the caller'
  return edges.map((edge) => `'${edge.from}' (which ${whatBecameOf(state, edge)})`).join(' or ')
}

function whatBecameOf(state: RunState, edge: PlannedEdge): string {
  if (state.visits(edge.source) === 0) return 'never ran'
  return state.hasArrived(edge) ? 'ran and gave none' : 'did not run again'
}
