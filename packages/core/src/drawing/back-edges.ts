import type { Plan, PlannedComponent } from '../pipeline/plan.ts'

/**
 * The connections that lead back: without them the graph has no loop. A loop is drawn from the component
 * that can run before the others of it have. Linear and iterative.
 */
export function findBackEdges(plan: Plan): ReadonlySet<number> {
  const back = new Set<number>()
  for (const cycle of plan.cycles) {
    const members = new Set(cycle)
    const open = new Set<number>()
    const seen = new Set<number>()
    for (const start of startsOf(plan, cycle, members)) walk(plan, start, members, open, seen, back)
  }
  return back
}

/** The members of a cycle, those first that can run without a value from another member. */
function startsOf(plan: Plan, cycle: readonly number[], members: ReadonlySet<number>): number[] {
  const starts = new Set(cycle.filter((index) => canStart(plan, at(plan, index), members)))
  return [...starts, ...cycle.filter((index) => !starts.has(index))]
}

function canStart(plan: Plan, component: PlannedComponent, members: ReadonlySet<number>): boolean {
  return component.sockets.every(
    (socket) =>
      !socket.mandatory ||
      socket.gathers !== 'one' ||
      socket.edges.every((edge) => !members.has((plan.edges[edge] as Plan['edges'][number]).source)),
  )
}

/** Depth first; what leads to a component on the way here leads back. */
function walk(
  plan: Plan,
  start: number,
  members: ReadonlySet<number>,
  open: Set<number>,
  seen: Set<number>,
  back: Set<number>,
): void {
  if (seen.has(start)) return
  const way = [{ component: at(plan, start), next: 0 }]
  open.add(start)
  seen.add(start)
  while (way.length > 0) {
    const here = way[way.length - 1] as (typeof way)[number]
    const edge = here.component.leaving[here.next++]
    if (edge === undefined) {
      open.delete(here.component.index)
      way.pop()
    } else if (open.has(edge.target)) {
      back.add(edge.index)
    } else if (members.has(edge.target) && !seen.has(edge.target)) {
      open.add(edge.target)
      seen.add(edge.target)
      way.push({ component: at(plan, edge.target), next: 0 })
    }
  }
}

/**
 * How many connections at most lead from a component without senders to each one, those that lead back left
 * out. Linear.
 */
export function layersOf(plan: Plan, back: ReadonlySet<number>): number[] {
  const layers = plan.components.map(() => 0)
  const waiting = plan.components.map(() => 0)
  for (const { index, target } of plan.edges)
    if (!back.has(index)) waiting[target] = (waiting[target] ?? 0) + 1
  const ready = plan.components.filter(({ index }) => waiting[index] === 0)
  for (let done = 0; done < ready.length; done++) {
    const component = ready[done] as PlannedComponent
    for (const { index, target } of component.leaving) {
      if (back.has(index)) continue
      layers[target] = Math.max(layers[target] as number, (layers[component.index] as number) + 1)
      waiting[target] = (waiting[target] as number) - 1
      if (waiting[target] === 0) ready.push(at(plan, target))
    }
  }
  return layers
}

function at(plan: Plan, index: number): PlannedComponent {
  return plan.components[index] as PlannedComponent
}
