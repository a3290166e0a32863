import { hiddenValuesOf } from '../component/hidden-values.ts'
import { RunError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import type { Plan, PlannedComponent, PlannedEdge } from '../graph/plan.ts'
import { listNames } from '../text/names.ts'
import { messageOf } from '../text/show.ts'
import type { Visit } from './trace.ts'

// What can go wrong in a run, apart from its loop: nothing here is called while all goes well.

/** The value that goes along a converting connection. @throws RunError `RUN_CONVERSION_FAILED` */
export function convertAlong(edge: PlannedEdge, value: unknown, { component, visit }: Visit): unknown {
  try {
    return frozenCopy(edge.conversion?.convert(value))
  } catch (cause) {
    throw new RunError(
      'RUN_CONVERSION_FAILED',
      `'${edge.from}' could not be converted (${edge.conversion?.name}) for '${edge.to}': ${messageOf(cause)}.`,
      { cause, component: component.name, type: component.type, visit },
    )
  }
}

/** What the run rejects with when a visit threw. The error of a pipeline inside the component stays as it is. */
export function componentFailed({ component, visit }: Visit, thrown: unknown): RunError {
  if (RunError.isInstance(thrown)) return thrown
  const cause = hiddenValuesOf(component.component).hideIn(thrown)
  const { name, type } = component
  const hint = isWriteToFrozen(cause)
    ? ' What a component gets is shared and frozen: copy it before you change it, as in [...list], { ...object } or structuredClone(value).'
    : ''
  return new RunError('RUN_COMPONENT_FAILED', `'${name}' (${type}) failed: ${messageOf(cause)}${hint}`, {
    cause,
    component: name,
    type,
    visit,
  })
}

/** As V8, SpiderMonkey and JavaScriptCore say it. */
const FROZEN = /read[- ]?only|not extensible|non-extensible|cannot delete|non-configurable|unable to delete/i

function isWriteToFrozen(cause: unknown): boolean {
  try {
    return cause instanceof TypeError && FROZEN.test(cause.message)
  } catch {
    return false
  }
}

export function tooManyVisits(plan: Plan, component: PlannedComponent, limit: number): RunError {
  const { name, type } = component
  const often = limit === 1 ? 'once' : `${limit} times`
  return new RunError(
    'RUN_MAX_VISITS',
    `'${name}' (${type}) ran ${often}, which is as often as maxRunsPerComponent allows. ${whyAgain(plan, component)}`,
    { component: name, type, visit: limit },
  )
}

function whyAgain(plan: Plan, component: PlannedComponent): string {
  const own = plan.cycles.find((members) => members.includes(component))
  const loop = own ?? loopBefore(plan, component)
  if (loop === undefined) return 'Each value that reaches a greedy input makes it run: raise the limit.'
  const names = listNames(loop.map(({ name }) => name))
  const place = own ? 'is part of' : 'gets its values from'
  return `It ${place} the loop of ${names}: check the condition that ends it, or raise the limit.`
}

/** The nearest loop from which the component's values come, when it is in none itself. */
function loopBefore(plan: Plan, component: PlannedComponent): readonly PlannedComponent[] | undefined {
  const before = new Set([component])
  for (const { sockets } of before) {
    for (const { source } of sockets.flatMap(({ edges }) => edges)) {
      const loop = plan.cycles.find((members) => members.includes(source))
      if (loop) return loop
      before.add(source)
    }
  }
  return undefined
}

export function runTimedOut(timeoutMs: number): RunError {
  return new RunError('RUN_TIMEOUT', `The run took longer than its timeoutMs of ${timeoutMs}.`)
}

/** Before anything is sent: a visit has sent all of its outputs or none, so that it can be done again. */
export function checkConversions(visit: Visit, outputs: Readonly<Record<string, unknown>>): void {
  for (const edge of visit.component.leaving) {
    const value = outputs[edge.output]
    if (edge.conversion !== undefined && value !== undefined) convertAlong(edge, value, visit)
  }
}
