import {
  isAlwaysGiven,
  isOpen,
  type Plan,
  type PlannedComponent,
  type PlannedEdge,
  type PlannedSocket,
} from './plan.ts'

/** What holds before any component has run. */
export interface Beginnings {
  /** Whether a mandatory socket has a value that no component sent. */
  readonly isFilled: (socket: PlannedSocket) => boolean
  /** Whether the component runs without a value from another, once its mandatory sockets have theirs. */
  readonly isTriggered: (component: PlannedComponent) => boolean
  /** Whether a connection passes on a value when its sender has run. */
  readonly passesOn: (edge: PlannedEdge) => boolean
}

/** The components that run, one because of the other, from these beginnings. Linear in the plan. */
export function reachable(
  plan: Plan,
  { isFilled, isTriggered, passesOn }: Beginnings,
): Set<PlannedComponent> {
  const lacking = new Map(
    plan.components.map((component) => [
      component,
      new Set(component.sockets.filter((socket) => socket.mandatory && !isFilled(socket))),
    ]),
  )
  const triggered = new Set(plan.components.filter(isTriggered))
  const canRun = (component: PlannedComponent) =>
    triggered.has(component) && lacking.get(component)?.size === 0
  const running = new Set(plan.components.filter(canRun))
  // A set gives what is added to it while it is walked through.
  for (const component of running) {
    for (const edge of component.leaving) {
      if (!passesOn(edge)) continue
      triggered.add(edge.target)
      lacking.get(edge.target)?.delete(edge.socket)
      if (canRun(edge.target)) running.add(edge.target)
    }
  }
  return running
}

/** The components that run for some inputs. Anything that a caller may give is given. */
export function possiblyRunning(plan: Plan): Set<PlannedComponent> {
  return reachable(plan, {
    isFilled: isOpen,
    isTriggered: (component) => component.arriving === 0 || component.sockets.some(isOpen),
    passesOn: () => true,
  })
}

/** The components that run in every run that does not fail: nothing that may be left out is given. */
export function surelyRunning(plan: Plan): Set<PlannedComponent> {
  const isGiven = (socket: PlannedSocket) => socket.mandatory && socket.edges.length === 0
  return reachable(plan, {
    isFilled: isGiven,
    isTriggered: (component) => component.arriving === 0 || component.sockets.some(isGiven),
    passesOn: isAlwaysGiven,
  })
}
