import type { CheckContext, Finding } from '../component/finding.ts'
import { listNames } from '../suggest.ts'
import { topologicalRanks } from './order.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'

/** The findings of the graph, then those of the components themselves, in the order of declaration. */
export async function checkPipeline(plan: Plan, context: CheckContext): Promise<Finding[]> {
  const findings = checkPlan(plan)
  for (const { name, component } of plan.components) {
    for (const finding of (await component.check?.(context)) ?? [])
      findings.push({ component: name, ...finding })
  }
  return findings
}

/** What is wrong with a graph whatever the inputs: found without running or loading anything. Linear in its size. */
export function checkPlan(plan: Plan): Finding[] {
  const reachable = componentsThatCanRun(plan)
  return [...neverRunning(plan, reachable), ...endlessLoops(plan, reachable)]
}

/** The components that run for some inputs: every value a caller may give is there, and everything else follows. */
function componentsThatCanRun(plan: Plan): Set<number> {
  const able = new Set<number>()
  const waiting = plan.components.map((component) => component.index)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const component = plan.components[next] as PlannedComponent
    if (able.has(next) || !canRun(plan, component, able)) continue
    able.add(next)
    for (const receiver of component.receivers) waiting.push(receiver)
  }
  return able
}

function canRun(plan: Plan, component: PlannedComponent, able: ReadonlySet<number>): boolean {
  const fed = (socket: PlannedSocket) =>
    isOpen(socket) || sendersOf(plan, socket).some((edge) => able.has(edge.source))
  if (component.sockets.some((socket) => socket.mandatory && !fed(socket))) return false
  return component.arriving === 0 || component.sockets.some(fed)
}

/** Whether a caller may give a value. */
function isOpen(socket: PlannedSocket): boolean {
  return socket.edges.length === 0 || socket.gathers !== 'one'
}

function sendersOf(plan: Plan, socket: PlannedSocket): PlannedEdge[] {
  return socket.edges.map((edge) => plan.edges[edge] as PlannedEdge)
}

function neverRunning(plan: Plan, able: ReadonlySet<number>): Finding[] {
  return plan.components
    .filter((component) => !able.has(component.index))
    .map((component) => {
      const starved = component.sockets.filter(
        (socket) => !isOpen(socket) && sendersOf(plan, socket).every((edge) => !able.has(edge.source)),
      )
      const reasons = starved.map((socket) => {
        const senders = sendersOf(plan, socket).map(
          ({ connection }) => `${connection.sender.component}.${connection.sender.socket}`,
        )
        return `'${socket.name}' waits for ${listNames(senders)}, which can never run either`
      })
      return {
        level: 'error' as const,
        code: 'NEVER_RUNS' as const,
        component: component.name,
        ...(starved[0] ? { socket: starved[0].name } : {}),
        message: `'${component.name}' (${component.type}) can never run: ${reasons.join('; ') || 'nothing can trigger it'}.`,
      }
    })
}

/**
 * Loops in which every component always sends on: only `maxRunsPerComponent` would end them. A component ends a loop
 * by leaving out an output, so it has to declare that output optional; a mandatory input that is fed once from
 * outside the loop ends it too.
 */
function endlessLoops(plan: Plan, able: ReadonlySet<number>): Finding[] {
  if (plan.cycles.length === 0) return []
  const groupOf = new Map(
    plan.cycles.flatMap((cycle, group) => cycle.map((index) => [index, group] as const)),
  )
  const successors: number[][] = plan.components.map(() => [])
  for (const edge of plan.edges) {
    const group = groupOf.get(edge.source)
    if (group === undefined || groupOf.get(edge.target) !== group || !able.has(edge.source)) continue
    if (alwaysSends(plan, edge) && !starves(plan, edge.target, group, groupOf))
      successors[edge.source]?.push(edge.target)
  }
  return topologicalRanks(successors).cycles.map((cycle) => {
    const names = cycle.map((index) => (plan.components[index] as PlannedComponent).name)
    return {
      level: 'error' as const,
      code: 'LOOP_WITHOUT_EXIT' as const,
      component: names[0] as string,
      message: `The loop of ${listNames(names)} has no exit: each of its outputs is always sent. A component ends a loop by leaving out an output that it declares with t.optional.`,
    }
  })
}

function alwaysSends(plan: Plan, edge: PlannedEdge): boolean {
  const output = (plan.components[edge.source] as PlannedComponent).component.outputs[edge.output]
  return output !== undefined && !output.optional
}

/** Whether the component needs a value on every visit that comes only from outside the loop. */
function starves(plan: Plan, index: number, group: number, groupOf: ReadonlyMap<number, number>): boolean {
  return (plan.components[index] as PlannedComponent).sockets.some(
    (socket) =>
      socket.mandatory &&
      socket.edges.length > 0 &&
      sendersOf(plan, socket).every((edge) => groupOf.get(edge.source) !== group),
  )
}
