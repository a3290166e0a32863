import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'

/** What holds before any component has run. */
export interface Beginnings {
  /** Whether a mandatory socket has a value that no component sent. */
  readonly isFilled: (socket: PlannedSocket) => boolean
  /** Whether the component runs without a value from another, once its mandatory sockets have theirs. */
  readonly isTriggered: (component: PlannedComponent) => boolean
  /** Whether a connection passes on a value when its sender has run. */
  readonly carries: (edge: PlannedEdge) => boolean
}

/** The indexes of the components that run, one because of the other, from these beginnings. Linear in the plan. */
export function reachable(plan: Plan, { isFilled, isTriggered, carries }: Beginnings): Set<number> {
  const filled = plan.sockets.map((socket) => !socket.mandatory || isFilled(socket))
  const triggered = plan.components.map(isTriggered)
  const lacking = plan.components.map(
    ({ sockets }) => sockets.filter((socket) => filled[socket.index] === false).length,
  )
  const running = new Set<number>()
  const waiting: number[] = []
  const look = (index: number) => {
    if (lacking[index] !== 0 || triggered[index] !== true || running.has(index)) return
    running.add(index)
    waiting.push(index)
  }
  for (const { index } of plan.components) look(index)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const edge of (plan.components[next] as PlannedComponent).leaving) {
      if (!carries(edge)) continue
      triggered[edge.target] = true
      if (filled[edge.socket] === false) (lacking[edge.target] as number)--
      filled[edge.socket] = true
      look(edge.target)
    }
  }
  return running
}

/** The components that run for some inputs. Anything that a caller may give is given. */
export function possiblyRunning(plan: Plan): Set<number> {
  return reachable(plan, {
    isFilled: isOpen,
    isTriggered: (component) => component.arriving === 0 || component.sockets.some(isOpen),
    carries: () => true,
  })
}

/** The components that run in every run that does not fail: nothing that may be left out is given. */
export function surelyRunning(plan: Plan): Set<number> {
  const isGiven = (socket: PlannedSocket) => socket.mandatory && socket.edges.length === 0
  return reachable(plan, {
    isFilled: isGiven,
    isTriggered: (component) => component.arriving === 0 || component.sockets.some(isGiven),
    carries: (edge) => isAlwaysGiven(plan, edge),
  })
}

/** Whether the sender gives this output each time it runs. */
export function isAlwaysGiven(plan: Plan, { source, output }: PlannedEdge): boolean {
  const { outputs } = (plan.components[source] as PlannedComponent).component
  return Object.hasOwn(outputs, output) && outputs[output]?.optional === false
}

/** Whether a caller may give a value. */
export function isOpen(socket: PlannedSocket): boolean {
  return socket.edges.length === 0 || socket.gathers !== 'one'
}
