import type { CheckContext, Finding } from '../component/finding.ts'
import { listNames } from '../text/names.ts'
import { endlessLoops } from './endless-loops.ts'
import { reasonOf } from './failures.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'
import { isOpen, possiblyRunning } from './reachable.ts'

/** The findings of the graph, then those of the components themselves, in the order of declaration. */
export async function checkPipeline(plan: Plan, context: CheckContext): Promise<Finding[]> {
  const findings = checkPlan(plan)
  for (const component of plan.components) {
    for (const finding of await checkComponent(component, context)) {
      findings.push({ ...finding, component: component.name })
    }
  }
  return findings
}

/** One check that fails must not hide what the others find. */
async function checkComponent(
  { name, type, component }: PlannedComponent,
  context: CheckContext,
): Promise<readonly Finding[]> {
  try {
    return (await component.check?.(context)) ?? []
  } catch (error) {
    const message = `The check of '${name}' (${type}) failed: ${reasonOf(error)}`
    return [{ level: 'error', code: 'CHECK_FAILED', message }]
  }
}

/** What is wrong with a graph whatever the inputs: found without running or loading anything. Linear in its size. */
export function checkPlan(plan: Plan): Finding[] {
  const running = possiblyRunning(plan)
  return [...neverRunning(plan, running), ...withoutExit(plan, running)]
}

function neverRunning(plan: Plan, running: ReadonlySet<number>): Finding[] {
  if (running.size === plan.components.length) return []
  const loops = new Map(plan.cycles.flatMap((loop, number) => loop.map((index) => [index, number] as const)))
  const isOfLoop = (socket: PlannedSocket) =>
    loops.has(socket.owner) &&
    sendersOf(plan, socket).some(({ source }) => loops.get(source) === loops.get(socket.owner))
  return plan.components
    .filter(({ index }) => !running.has(index))
    .map((component): Finding => {
      const { name, type, sockets } = component
      const fed = sockets.filter((socket) => !isOpen(socket))
      const starved = fed.filter((socket) =>
        sendersOf(plan, socket).every(({ source }) => !running.has(source)),
      )
      const needed = starved.filter((socket) => socket.mandatory)
      const blamed = needed.length > 0 ? needed : starved
      const reasons = blamed.map((socket) => whyStarved(plan, socket, isOfLoop(socket)))
      const way = blamed.some(isOfLoop)
        ? ' A loop starts at an input that is optional, variadic or greedy.'
        : ''
      return {
        level: 'error',
        code: 'NEVER_RUNS',
        component: name,
        ...(blamed[0] ? { socket: blamed[0].name } : {}),
        message: `'${name}' (${type}) can never run: ${reasons.join('; ')}.${way}`,
      }
    })
}

function whyStarved(plan: Plan, socket: PlannedSocket, isOfLoop: boolean): string {
  const senders = sendersOf(plan, socket).map(
    ({ connection: { sender } }) => `${sender.component}.${sender.socket}`,
  )
  const what = socket.mandatory
    ? `'${socket.name}' waits for`
    : `nothing starts it, and '${socket.name}' waits for`
  return `${what} ${listNames(senders)}, which ${isOfLoop ? 'waits for it in turn' : 'can never come'}`
}

function sendersOf(plan: Plan, socket: PlannedSocket): PlannedEdge[] {
  return socket.edges.map((edge) => plan.edges[edge] as PlannedEdge)
}

function withoutExit(plan: Plan, running: ReadonlySet<number>): Finding[] {
  return endlessLoops(plan, running).map((loop) => {
    const names = loop.map((index) => (plan.components[index] as PlannedComponent).name)
    return {
      level: 'error',
      code: 'LOOP_WITHOUT_EXIT',
      component: names[0] as string,
      message: `The loop of ${listNames(names)} has no exit: each of its components sends on every time it runs, until maxRunsPerComponent stops the run. A component leaves a loop by leaving out an output, which it declares with t.optional.`,
    }
  })
}
