import type { Plan, PlannedComponent } from '../graph/plan.ts'

/**
 * The connections that lead back: without them the graph has no loop. A loop is drawn from the component
 * that can run before the others of it have. Linear and iterative.
 */
export function findBackEdges(plan: Plan): ReadonlySet<number> {
  const back = new Set<number>()
  for (const cycle of plan.cycles) {
    const members = new Set(cycle.map(({ index }) => index))
    const open = new Set<number>()
    const seen = new Set<number>()
    for (const start of startsOf(cycle, members)) walk(start, members, open, seen, back)
  }
  return back
}

/** The members of a cycle, those first that can run without a value from another member. */
function startsOf(
  cycle: readonly PlannedComponent[],
  members: ReadonlySet<number>,
): readonly PlannedComponent[] {
  const starts = new Set(cycle.filter((component) => canStart(component, members)))
  return [...starts, ...cycle.filter((component) => !starts.has(component))]
}

function canStart(component: PlannedComponent, members: ReadonlySet<number>): boolean {
  return component.sockets.every(
    (socket) =>
      !socket.mandatory ||
      socket.gathers !== 'one' ||
      socket.edges.every(({ source }) => !members.has(source.index)),
  )
}

/** Depth first; what leads to a component on the way here leads back. */
function walk(
  start: PlannedComponent,
  members: ReadonlySet<number>,
  open: Set<number>,
  seen: Set<number>,
  back: Set<number>,
): void {
  if (seen.has(start.index)) return
  const way = [{ component: start, next: 0 }]
  open.add(start.index)
  seen.add(start.index)
  while (way.length > 0) {
    const here = way[way.length - 1] as (typeof way)[number]
    const edge = here.component.leaving[here.next++]
    if (edge === undefined) {
      open.delete(here.component.index)
      way.pop()
    } else if (open.has(edge.target.index)) {
      back.add(edge.index)
    } else if (members.has(edge.target.index) && !seen.has(edge.target.index)) {
      open.add(edge.target.index)
      seen.add(edge.target.index)
      way.push({ component: edge.target, next: 0 })
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
    if (!back.has(index)) waiting[target.index] = (waiting[target.index] ?? 0) + 1
  const ready = plan.components.filter(({ index }) => waiting[index] === 0)
  for (let done = 0; done < ready.length; done++) {
    const component = ready[done] as PlannedComponent
    for (const { index, target } of component.leaving) {
      if (back.has(index)) continue
      layers[target.index] = Math.max(layers[target.index] as number, (layers[component.index] as number) + 1)
      waiting[target.index] = (waiting[target.index] as number) - 1
      if (waiting[target.index] === 0) ready.push(target)
    }
  }
  return layers
}
