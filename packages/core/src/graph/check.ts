import { type Component, typeOf } from '../component/component.ts'
import type { CheckContext, Finding } from '../component/finding.ts'
import { hiddenValuesOf } from '../component/hidden-values.ts'
import type { HeldComponent } from '../component/holding/held.ts'
import { errorCodes } from '../errors.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { messageOf } from '../text/show.ts'
import { topologicalOrder } from './order.ts'
import {
  isAlwaysGiven,
  isOpen,
  type Plan,
  type PlannedComponent,
  type PlannedEdge,
  type PlannedSocket,
} from './plan.ts'
import { possiblyRunning } from './reachable.ts'

/** The findings of the graph, then those of the components themselves, in the order of declaration. */
export async function checkPipeline(plan: Plan, around: CheckContext): Promise<Finding[]> {
  const context = { ...around, pipelineTools: plan.tools }
  const findings = checkPlan(plan)
  for (const component of plan.components) {
    for (const finding of await checkPart(
      component.component,
      `'${component.name}' (${component.type})`,
      context,
    )) {
      findings.push({ ...finding, component: component.name })
    }
    for (const held of component.held.components) {
      const label = `'${component.name}.${held.name}' (${typeOf(held.component)})`
      for (const { socket: _, ...finding } of await checkPart(held.component, label, context)) {
        findings.push({ ...ofHeld(held, typeOf(held.component), finding), component: component.name })
      }
    }
  }
  return findings
}

/** What the check of one part finds; that it threw is a finding, too, so that the others are heard. */
export async function checkPart(
  part: Pick<Component, 'check' | 'initParameters'>,
  label: string,
  context: CheckContext,
): Promise<readonly Finding[]> {
  const hidden = hiddenValuesOf(part)
  try {
    const findings = (await part.check?.(context)) ?? []
    return findings.map((finding) => ({ ...finding, message: hidden.hide(finding.message) }))
  } catch (error) {
    const message = `The check of ${label} failed: ${hidden.hide(messageOf(error))}`
    return [{ level: 'error', code: 'CHECK_FAILED', message }]
  }
}

/** Where the component or tool is that its owner holds, and what is wrong with which of its parameters. */
export function ofHeld(
  { name, path }: Pick<HeldComponent, 'name' | 'path'>,
  type: string,
  { option, message, ...finding }: Finding,
): Finding {
  const place = option === undefined ? path : `${path}.initParameters.${option}`
  return { ...finding, option: place, message: `In '${name}' (${type}): ${message}` }
}

/** What is wrong with a graph whatever the inputs: found without running or loading anything. Linear in its size. */
export function checkPlan(plan: Plan): Finding[] {
  const running = possiblyRunning(plan)
  return [
    ...neverRunning(plan, running),
    ...withoutExit(plan, running),
    ...takenInputs(plan),
    ...misspeltRetries(plan),
  ]
}

/** Names that the pipeline gives to inputs, of which one got a sender: a value under that name would be refused. */
function takenInputs({ namedInputs }: Plan): Finding[] {
  return [...namedInputs].flatMap(([input, sockets]): Finding[] => {
    const taken = sockets.find((socket) => !isOpen(socket))
    if (taken === undefined) return []
    const { owner, name, path, edges } = taken
    const message = `The input '${input}' of the pipeline stands for '${path}', which already gets its value from '${edges[0]?.from}': nobody can give '${input}'. Take '${path}' out of it, or remove the connection.`
    return [{ level: 'error', code: 'INPUT_TAKEN', component: owner.name, socket: name, message }]
  })
}

/** What components throw of their own is not known: only what nearly is a known name is a mistake. */
const KNOWN_FAILURES = [
  ...Object.keys(errorCodes),
  ...['RunError', 'DataError', 'ToolError', 'InputError', 'LlamaCppError', 'ComponentsError', 'JinjaError'],
  ...['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AbortError', 'TimeoutError', 'AggregateError'],
  ...['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'EBUSY', 'ENOENT'],
]

function misspeltRetries({ components }: Plan): Finding[] {
  return components.flatMap(({ name, type, policy }): Finding[] =>
    (policy.retry?.on ?? []).flatMap((wanted): Finding[] => {
      if (KNOWN_FAILURES.includes(wanted)) return []
      const hint = didYouMean(wanted, KNOWN_FAILURES)
      if (hint === '') return []
      const message = `The retry of '${name}' (${type}) waits for errors with the code or name '${wanted}', which Millrace does not have.${hint}`
      return [{ level: 'warning', code: 'UNKNOWN_FAILURE', component: name, message }]
    }),
  )
}

function neverRunning(plan: Plan, running: ReadonlySet<PlannedComponent>): Finding[] {
  if (running.size === plan.components.length) return []
  const loops = new Map(plan.cycles.flatMap((loop) => loop.map((component) => [component, loop] as const)))
  const isOfLoop = ({ owner, edges }: PlannedSocket) =>
    loops.has(owner) && edges.some(({ source }) => loops.get(source) === loops.get(owner))
  return plan.components
    .filter((component) => !running.has(component))
    .map((component): Finding => {
      const { name, type, sockets } = component
      const fed = sockets.filter((socket) => !isOpen(socket))
      const starved = fed.filter(({ edges }) => edges.every(({ source }) => !running.has(source)))
      const needed = starved.filter((socket) => socket.mandatory)
      const blamed = needed.length > 0 ? needed : starved
      const reasons = blamed.map((socket) => whyStarved(socket, isOfLoop(socket)))
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

function whyStarved({ name, mandatory, edges }: PlannedSocket, isOfLoop: boolean): string {
  const senders = edges.map(({ from }) => from)
  const what = mandatory ? `'${name}' waits for` : `nothing starts it, and '${name}' waits for`
  return `${what} ${listNames(senders)}, which ${isOfLoop ? 'waits for it in turn' : 'can never come'}`
}

function withoutExit(plan: Plan, running: ReadonlySet<PlannedComponent>): Finding[] {
  return endlessLoops(plan, running).map((loop) => {
    const names = loop.map(({ name }) => name)
    const [component = ''] = names
    return {
      level: 'error',
      code: 'LOOP_WITHOUT_EXIT',
      component,
      message: `The loop of ${listNames(names)} has no exit: each of its components sends on every time it runs, until maxRunsPerComponent stops the run. A component leaves a loop by leaving out an output, which it declares with t.optional.`,
    }
  })
}

/**
 * The loops that cannot end once all of their components have run: whatever they send, each gets all it needs for
 * another visit. Linear in the plan.
 *
 * They are what is left after taking away, again and again, a component that may go without: with a mandatory input
 * for which none of the others always sends something, or without any input for which one does. Of those that are
 * left, none can be the first to have run for the last time.
 */
function endlessLoops(
  plan: Plan,
  running: ReadonlySet<PlannedComponent>,
): readonly (readonly PlannedComponent[])[] {
  const left = new Set(plan.cycles.flat().filter((component) => running.has(component)))
  const sendersTo = new Map<PlannedSocket, Set<PlannedEdge>>()
  for (const { sockets } of left) {
    for (const socket of sockets) {
      const always = socket.edges.filter((edge) => left.has(edge.source) && isAlwaysGiven(edge))
      sendersTo.set(socket, new Set(always))
    }
  }
  const hasSender = (socket: PlannedSocket) => (sendersTo.get(socket)?.size ?? 0) > 0
  const isStarved = ({ sockets }: PlannedComponent) =>
    !sockets.some(hasSender) || sockets.some((socket) => isUsedUp(socket) && !hasSender(socket))

  const gone = new Set([...left].filter(isStarved))
  for (const component of gone) {
    left.delete(component)
    for (const edge of component.leaving) {
      if (!sendersTo.get(edge.socket)?.delete(edge)) continue
      if (isStarved(edge.target)) gone.add(edge.target)
    }
  }
  const successorsOf = ({ leaving }: PlannedComponent) =>
    leaving.filter((edge) => left.has(edge.target) && isAlwaysGiven(edge)).map(({ target }) => target)
  return topologicalOrder(left, successorsOf).cycles
}

/** Whether each visit needs a new value from a sender: the caller's stays, but a greedy socket uses it up too. */
function isUsedUp({ mandatory, edges, gathers }: PlannedSocket): boolean {
  return mandatory && (edges.length > 0 || gathers === 'first')
}
