import type { Plan, PlannedComponent, PlannedEdge } from '@millrace/core/component'

/**
 * The connections that lead back: without them the graph has no loop. A loop is drawn from the component that can run
 * before the others in it have. Linear and iterative.
 */
export function findBackEdges({ cycles }: Plan): ReadonlySet<PlannedEdge> {
  const back = new Set<PlannedEdge>()
  for (const cycle of cycles) {
    const members = new Set(cycle)
    const seen = new Set<PlannedComponent>()
    const open = new Set<PlannedComponent>()
    const path: { readonly component: PlannedComponent; readonly edges: Iterator<PlannedEdge, undefined> }[] =
      []
    const enter = (component: PlannedComponent) => {
      if (seen.has(component)) return
      seen.add(component)
      open.add(component)
      path.push({ component, edges: component.leaving.values() })
    }
    // Depth first: an edge to a component on the path leads back.
    for (const start of startsFirst(cycle, members)) {
      enter(start)
      for (let here = path.at(-1); here; here = path.at(-1)) {
        const edge = here.edges.next().value
        if (edge === undefined) {
          open.delete(here.component)
          path.pop()
        } else if (open.has(edge.target)) back.add(edge)
        else if (members.has(edge.target)) enter(edge.target)
      }
    }
  }
  return back
}

/** The members of a cycle, those first that can run without a value from another member. */
function startsFirst(
  cycle: readonly PlannedComponent[],
  members: ReadonlySet<PlannedComponent>,
): PlannedComponent[] {
  const canStart = ({ sockets }: PlannedComponent) =>
    sockets.every(
      ({ mandatory, gathers, edges }) =>
        !mandatory || gathers !== 'one' || edges.every(({ source }) => !members.has(source)),
    )
  const starts = new Set(cycle.filter(canStart))
  return [...starts, ...cycle.filter((member) => !starts.has(member))]
}

/**
 * How many connections at most lead from a component without senders to each one; those that lead back do not count.
 * Linear.
 */
export function layersOf(
  { components, edges }: Plan,
  back: ReadonlySet<PlannedEdge>,
): ReadonlyMap<PlannedComponent, number> {
  const layers = new Map(components.map((component) => [component, 0]))
  const waiting = new Map(components.map((component) => [component, 0]))
  const add = (map: Map<PlannedComponent, number>, at: PlannedComponent, number: number) => {
    const sum = (map.get(at) ?? 0) + number
    map.set(at, sum)
    return sum
  }
  for (const edge of edges) if (!back.has(edge)) add(waiting, edge.target, 1)
  const ready = components.filter((component) => waiting.get(component) === 0)
  for (const component of ready) {
    const next = (layers.get(component) ?? 0) + 1
    for (const edge of component.leaving) {
      if (back.has(edge)) continue
      layers.set(edge.target, Math.max(layers.get(edge.target) ?? 0, next))
      if (add(waiting, edge.target, -1) === 0) ready.push(edge.target)
    }
  }
  return layers
}
