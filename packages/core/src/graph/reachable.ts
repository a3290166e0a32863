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

/** To ask of more inputs than this would take long, in a file that was written to. */
const MOST_STARTS = 50

const starts = new WeakMap<Plan, ReadonlySet<PlannedSocket>>()

/**
 * The inputs that a caller must give a value for: mandatory, and nobody sends to them, or only a loop that cannot begin
 * without it. Of a loop that can begin at several inputs, none is among them.
 */
export function requiredInputs(plan: Plan): ReadonlySet<PlannedSocket> {
  const known = starts.get(plan)
  if (known) return known
  const required = new Set([...plan.required, ...loopStarts(plan)])
  starts.set(plan, required)
  return required
}

function loopStarts(plan: Plan): readonly PlannedSocket[] {
  const possible = plan.cycles
    .flatMap((loop) => loop.flatMap(({ sockets }) => sockets))
    .filter((socket) => socket.mandatory && socket.edges.length > 0 && isOpen(socket))
  if (possible.length === 0 || possible.length > MOST_STARTS) return []
  const all = possiblyRunning(plan)
  return possible.filter((socket) => {
    const isGiven = (other: PlannedSocket) => other !== socket && isOpen(other)
    const running = reachable(plan, {
      isFilled: isGiven,
      isTriggered: (component) => component.arriving === 0 || component.sockets.some(isGiven),
      passesOn: () => true,
    })
    return all.has(socket.owner) && !running.has(socket.owner)
  })
}
