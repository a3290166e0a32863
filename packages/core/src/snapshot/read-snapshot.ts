import { describeQuestions, type Resumed } from '../component/pause.ts'
import { InputError } from '../errors.ts'
import { isOpen, type Plan, type PlannedComponent, planOf } from '../graph/plan.ts'
import { isJsonValue, isPlainObject, type JsonValue } from '../json.ts'
import type { RunOutcome, RunWarning } from '../run/result.ts'
import type { Waiting } from '../run/state.ts'
import type { Socket } from '../schema/socket.ts'
import { typeName } from '../schema/socket-type.ts'
import { checkType, checkValue } from '../schema/validate.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { graphOf, questionsOf, type SavedValue, type Snapshot, snapshotData } from './snapshot.ts'

/** By the ids of questions. */
export type Answers = Readonly<Record<string, unknown>>

/** What a snapshot says, with the parts of this plan that it says it about. */
export interface ReadSnapshot extends Waiting, RunOutcome {
  readonly snapshot: Snapshot
  readonly pending: readonly {
    readonly component: PlannedComponent
    readonly visit: number
    readonly eager: boolean
    readonly inputs: Record<string, unknown>
    readonly resumed: Resumed | undefined
  }[]
}

/**
 * Checks a snapshot against the plan that is to resume it: its form, its graph, the names in it, and the types of its
 * values. It may come from anywhere.
 *
 * @param answers to the questions of the snapshot, by their ids
 * @throws InputError `INPUT_SNAPSHOT`, saying what is wrong or what differs; `INPUT_ANSWERS`
 */
export function readSnapshot(plan: Plan, given: unknown, answers: Answers = {}): ReadSnapshot {
  const snapshot = checkForm(given)
  checkGraph(plan, snapshot.graph)
  checkNames(plan, snapshot)
  checkAnswers(snapshot, answers)
  return {
    snapshot,
    inputs: readInputs(plan, snapshot),
    arrived: readArrived(plan, snapshot),
    pending: readPending(plan, snapshot, answers),
    ...readGiven(plan, snapshot),
  }
}

function refuse(message: string): never {
  throw new InputError('INPUT_SNAPSHOT', `The snapshot cannot be resumed. ${message}`)
}

function checkForm(given: unknown): Snapshot {
  if (typeof given === 'string') refuse('It is a string: give what JSON.parse makes of it.')
  if (isPlainObject(given) && Number.isInteger(given['version']) && given['version'] !== 1) {
    refuse(`It is of version ${given['version']}, and this release reads version 1.`)
  }
  const [problem] = checkValue(snapshotData, given)
  if (problem) {
    const place = problem.path.length === 0 ? '' : `'${problem.path.join('.')}': `
    refuse(`It does not have the form of one: ${place}${problem.message}`)
  }
  return given as Snapshot
}

/** An answer for each question, and no other. */
function checkAnswers(snapshot: Snapshot, answers: unknown): asserts answers is Answers {
  const questions = questionsOf(snapshot)
  const refuse = (problem: string): never => {
    const list = describeQuestions(questions)
    const asked =
      questions.length === 0 ? ' The run asks nothing.' : ` The questions, with the kind of each:${list}`
    throw new InputError('INPUT_ANSWERS', `${problem}${asked}`)
  }
  if (!isPlainObject(answers))
    return refuse('The answers are not an object with an answer for each question.')
  const ids = questions.map(({ id }) => id)
  const unknown = Object.keys(answers).find((id) => !ids.includes(id))
  if (unknown !== undefined) refuse(`There is no question '${unknown}'.${didYouMean(unknown, ids)}`)
  const missing = ids.filter((id) => !Object.hasOwn(answers, id) || answers[id] === undefined)
  if (missing.length > 0) refuse(`There is no answer to ${listNames(missing)}.`)
  const odd = ids.find((id) => !isJsonValue(answers[id]))
  if (odd !== undefined) refuse(`The answer to '${odd}' is not JSON.`)
}

const SHOWN = 10

function checkGraph(plan: Plan, graph: Snapshot['graph']): void {
  const differences = graphDifferences(graph, graphOf(plan))
  if (differences.length === 0) return
  const more = differences.length > SHOWN ? `; and ${differences.length - SHOWN} more` : ''
  refuse(`It is of another graph: ${differences.slice(0, SHOWN).join('; ')}${more}.`)
}

function checkNames(plan: Plan, { visits, includeOutputsFrom, at, warnings }: Snapshot): void {
  const named = [...Object.keys(visits), ...includeOutputsFrom, ...warnings.map(({ component }) => component)]
  for (const name of at ? [...named, at.component] : named) componentOf(plan, name)
  const uncounted = plan.components.find(({ name }) => !Object.hasOwn(visits, name))
  if (uncounted) refuse(`It does not say how often '${uncounted.name}' ran.`)
}

function componentOf(plan: Plan, name: string): PlannedComponent {
  return plan.byName.get(name) ?? refuse(`It names '${name}', which is not a component.`)
}

/** Refuses what is there twice. */
function once(seen: Set<string>, what: string, key: string): void {
  if (seen.has(key)) refuse(`It has ${what} twice.`)
  seen.add(key)
}

function readInputs(plan: Plan, { inputs }: Snapshot): ReadSnapshot['inputs'] {
  const seen = new Set<string>()
  return inputs.map((input) => {
    const path = input.socket
    const socket = plan.byPath.get(path) ?? refuse(`It has an input for '${path}', which is not a socket.`)
    once(seen, `an input for '${path}'`, path)
    if (!isOpen(socket)) {
      refuse(`It has an input of the caller for '${path}', which a connection feeds.`)
    }
    return { socket, value: typed(jsonOf(input, path), socket.socket, path, 'exactly') }
  })
}

function readArrived(plan: Plan, { arrived }: Snapshot): ReadSnapshot['arrived'] {
  const edges = new Map(plan.edges.map((edge) => [keyOf([edge.from, edge.to]), edge]))
  const seen = new Set<string>()
  return arrived.map(({ sender, receiver, values }) => {
    const what = `what came from '${sender}' to '${receiver}'`
    const key = keyOf([sender, receiver])
    const edge = edges.get(key) ?? refuse(`It has ${what}, which are not connected.`)
    once(seen, what, key)
    const { socket, gathers } = edge.socket
    if (values.length > 1 && gathers === 'one')
      refuse(`It has several values from '${sender}' for '${receiver}', which takes one.`)
    return { edge, values: values.map((value) => typed(jsonOf(value, receiver), socket, receiver)) }
  })
}

function readPending(plan: Plan, { pending, visits }: Snapshot, answers: Answers): ReadSnapshot['pending'] {
  const seen = new Set<string>()
  return pending.map((waiting) => {
    const { component: name, visit, eager, inputs } = waiting
    const component = componentOf(plan, name)
    once(seen, `a visit of '${name}'`, name)
    if (visit !== visits[name]) {
      refuse(`Visit ${visit} of '${name}' is to start, but its count of visits is ${visits[name]}.`)
    }
    const known = new Set(component.sockets.map((socket) => socket.name))
    const unknown = Object.keys(inputs).find((input) => !known.has(input))
    if (unknown !== undefined) refuse(`It has an input for '${name}.${unknown}', which is not a socket.`)
    const resumed = readResumed(waiting, answers)
    if (resumed !== undefined) checkInside(component, resumed)
    return { component, visit, eager, inputs: readTaken(component, inputs), resumed }
  })
}

/** The class is on a floor above. */
function isPipeline(component: object): component is { readonly pipeline: object } {
  return Symbol.for('millrace.pipeline-component') in component
}

/** Of a pipeline that is a component: its own snapshot, which the run would refuse later. */
function checkInside({ name, component }: PlannedComponent, { state, answers }: Resumed): void {
  if (!isPipeline(component)) return
  try {
    readSnapshot(planOf(component.pipeline), state, answers)
  } catch (error) {
    if (!InputError.isInstance(error)) throw error
    throw new InputError(error.code, `In '${name}': ${error.message}`, { cause: error })
  }
}

/** Copies: the component may do with them what it likes. */
function readResumed(
  { component, state, questions, answers: known }: Snapshot['pending'][number],
  answers: Answers,
): Resumed | undefined {
  if (questions === undefined && known === undefined) return undefined
  const given = questions?.map(({ id }) => [id, answers[`${component}.${id}`] as JsonValue] as const)
  return structuredClone({ state, answers: given ? Object.fromEntries(given) : (known ?? {}) })
}

/** The inputs of a visit as `RunState.take` gave them. */
function readTaken(
  { sockets }: PlannedComponent,
  inputs: Snapshot['pending'][number]['inputs'],
): Record<string, unknown> {
  const taken: Record<string, unknown> = {}
  for (const { name, path, socket, gathers, mandatory } of sockets) {
    const saved = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    if (saved !== undefined) {
      const value = jsonOf(saved, path)
      taken[name] =
        gathers === 'list' || gathers === 'first'
          ? typedList(value, socket, path)
          : typed(value, socket, path)
    } else if (mandatory) refuse(`The visit that is to start lacks a value for '${path}'.`)
    else if (socket.default !== undefined) taken[name] = socket.default
  }
  return taken
}

function readGiven(plan: Plan, snapshot: Snapshot): RunOutcome {
  const warnings = new Map(snapshot.warnings.map((warning) => [warning.message, warning]))
  /** The value as a list of one, or of none when it was not JSON: the rest of the result is restored without it. */
  const read = (
    owner: PlannedComponent,
    output: string,
    name: string,
    saved: SavedValue,
  ): [string, unknown][] => {
    const path = `${owner.name}.${output}`
    const socket = owner.outputs.has(output) ? owner.component.outputs[output] : undefined
    if (socket === undefined) refuse(`It has a value of '${path}', which is not an output.`)
    if ('value' in saved) return [[name, typed(saved.value, socket, path)]]
    const warning = notRestored(owner.name, path, saved.omitted)
    warnings.set(warning.message, warning)
    return []
  }
  const outputs = Object.entries(snapshot.outputs).map(([name, given]) => {
    const owner = componentOf(plan, name)
    return [
      name,
      Object.fromEntries(
        Object.entries(given).flatMap(([output, saved]) => read(owner, output, output, saved)),
      ),
    ] as const
  })
  const owners = new Map(
    plan.components.flatMap((owner) =>
      (owner.named ?? []).map(({ name, output }) => [name, { owner, output }] as const),
    ),
  )
  const named = Object.entries(snapshot.named).flatMap(([name, saved]) => {
    const { owner, output } =
      owners.get(name) ?? refuse(`It has a value of '${name}', which is not the name of an output here.`)
    return read(owner, output, name, saved)
  })
  return {
    outputs: Object.fromEntries(outputs),
    named: Object.fromEntries(named),
    warnings: [...warnings.values()],
  }
}

function notRestored(component: string, path: string, kind: string): RunWarning {
  return {
    code: 'OUTPUT_NOT_RESTORED',
    component,
    message: `'${path}' (${kind}) gave a value before the run was stopped that is not JSON: the snapshot lacks it.`,
  }
}

function jsonOf(saved: SavedValue, path: string): JsonValue {
  if ('value' in saved) return saved.value
  return refuse(`It lacks the value for '${path}' (${saved.omitted}), which was not JSON.`)
}

/** Within a run values may have more keys and be beyond the limits of a socket, as between any two that are connected. */
function typed(
  value: unknown,
  { type }: Socket,
  path: string,
  how: 'exactly' | 'openly' = 'openly',
): unknown {
  const [problem] = checkType(type, value, { open: how === 'openly' })
  if (!problem) return value
  return refuse(`The value of '${[path, ...problem.path].join('.')}' (${typeName(type)}): ${problem.message}`)
}

function typedList(values: unknown, socket: Socket, path: string): unknown[] {
  if (!Array.isArray(values)) return refuse(`The value of '${path}' is not a list.`)
  return values.map((value) => typed(value, socket, path))
}

type Graph = Snapshot['graph']

/** What differs between the graph of a snapshot and the one here, in words. The order of declaration does not count. */
function graphDifferences(before: Graph, here: Graph): string[] {
  return [
    ...componentDifferences(before.components, here.components),
    ...connectionDifferences(before.connections, here.connections),
  ]
}

function componentDifferences(before: Graph['components'], here: Graph['components']): string[] {
  const lost = Object.entries(before).flatMap(([name, type]) => {
    if (!Object.hasOwn(here, name)) return [`component '${name}' (${type}) is missing here`]
    return here[name] === type
      ? []
      : [`component '${name}' is of type ${here[name]} here, and was of type ${type}`]
  })
  const added = Object.entries(here)
    .filter(([name]) => !Object.hasOwn(before, name))
    .map(([name, type]) => `component '${name}' (${type}) was not there`)
  return [...lost, ...added]
}

function connectionDifferences(before: Graph['connections'], here: Graph['connections']): string[] {
  const [old, own] = [byKey(before), byKey(here)]
  const only = (some: typeof old, others: typeof old, what: string) =>
    [...some]
      .filter(([key]) => !others.has(key))
      .map(([, [sender, receiver]]) => `the connection from '${sender}' to '${receiver}' ${what}`)
  return [...only(old, own, 'is missing here'), ...only(own, old, 'was not there')]
}

function byKey(connections: Graph['connections']): Map<string, Graph['connections'][number]> {
  return new Map(connections.map((ends) => [keyOf(ends), ends]))
}

/** One text for the two ends; socket names may have any characters. */
function keyOf(ends: readonly string[]): string {
  return JSON.stringify(ends)
}
