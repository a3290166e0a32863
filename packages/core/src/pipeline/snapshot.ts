import { type JsonSchema, typeName } from '../component/socket-type.ts'
import { checkSchema, checkType } from '../component/validate.ts'
import { isJsonValue, type JsonValue } from '../data/json.ts'
import { InputError } from '../errors.ts'
import { listNames } from '../suggest.ts'
import type { Outcome } from './outcome.ts'
import type { Plan, PlannedComponent, PlannedEdge, PlannedSocket } from './plan.ts'
import type { RunState } from './state.ts'
import type { Visit } from './trace.ts'

/** A value as a snapshot holds it; one that is not JSON is left out, with the type of its socket. */
export type SavedValue = { readonly value: JsonValue } | { readonly omitted: string }

/**
 * A run that was stopped, as JSON: it can be stored, moved and resumed by the same graph in another process. Values
 * are shared with the run, not copied.
 */
export interface Snapshot {
  readonly version: 1
  /** ISO 8601. */
  readonly created: string
  readonly reason: 'breakpoint' | 'failure'
  /** Where it stopped, when that was at one component. */
  readonly at?: { readonly component: string; readonly visit: number }
  /** What a pipeline must consist of to resume: its component types by name, and its connections. */
  readonly graph: {
    readonly components: Readonly<Record<string, string>>
    readonly connections: readonly (readonly [sender: string, receiver: string])[]
  }
  readonly includeOutputsFrom: readonly string[]
  /** How often each component was started. */
  readonly visits: Readonly<Record<string, number>>
  /** The caller's values that are still to be used. */
  readonly inputs: readonly (SavedValue & { readonly socket: string })[]
  /** What has arrived and was not used yet: values, or none where the sender ran and gave nothing. */
  readonly arrived: readonly {
    readonly sender: string
    readonly receiver: string
    readonly values: readonly SavedValue[]
  }[]
  /** Visits that were to start, or were running, with the inputs they took. */
  readonly pending: readonly {
    readonly component: string
    readonly visit: number
    readonly eager: boolean
    readonly inputs: Readonly<Record<string, SavedValue>>
  }[]
  readonly outputs: Readonly<Record<string, Readonly<Record<string, SavedValue>>>>
  readonly named: Readonly<Record<string, SavedValue>>
}

/** A run as it stands, with nothing going on. */
interface StoppedRun {
  readonly reason: Snapshot['reason']
  readonly at: Snapshot['at']
  readonly state: RunState
  readonly outcome: Outcome
  readonly included: ReadonlySet<string>
  readonly eager: readonly Visit[]
  readonly pending: readonly Visit[]
}

export function takeSnapshot(plan: Plan, run: StoppedRun): Snapshot {
  const { inputs, arrived } = run.state.waiting()
  const inputKind = (socket: PlannedSocket) => typeName(socket.socket.type)
  const outputKind = (component: PlannedComponent | undefined) => (name: string) =>
    typeName(component?.component.outputs[name]?.type ?? { kind: 'unknown' })
  const pending = (visits: readonly Visit[], eager: boolean) =>
    visits.map(({ component, visit, inputs: taken }) => {
      const kinds = new Map(component.sockets.map((socket) => [socket.name, inputKind(socket)]))
      return { component: component.name, visit, eager, inputs: saveValues(taken, (name) => kinds.get(name) ?? '') }
    })
  return {
    version: 1,
    created: new Date().toISOString(),
    reason: run.reason,
    ...(run.at ? { at: run.at } : {}),
    graph: graphOf(plan),
    includeOutputsFrom: [...run.included],
    visits: Object.fromEntries(plan.components.map((component) => [component.name, run.state.visits(component)])),
    inputs: inputs.map(({ socket, value }) => ({
      socket: socketPath(plan, socket),
      ...saveValue(value, inputKind(socket)),
    })),
    arrived: arrived.map(({ edge, values }) => ({
      sender: senderOf(edge),
      receiver: receiverOf(edge),
      values: values.map((value) => saveValue(value, inputKind(plan.sockets[edge.socket] as PlannedSocket))),
    })),
    pending: [...pending(run.eager, true), ...pending(run.pending, false)],
    outputs: Object.fromEntries(
      Object.entries(run.outcome.outputs).map(([name, outputs]) => [
        name,
        saveValues(outputs, outputKind(plan.byName.get(name))),
      ]),
    ),
    named: saveValues(run.outcome.named, () => 'value'),
  }
}

/** A value for a snapshot. */
function saveValue(value: unknown, kind: string): SavedValue {
  return isJsonValue(value) ? { value } : { omitted: kind }
}

function saveValues(
  values: Readonly<Record<string, unknown>>,
  kindOf: (name: string) => string,
): Record<string, SavedValue> {
  const saved: [string, SavedValue][] = []
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) saved.push([name, saveValue(value, kindOf(name))])
  }
  return Object.fromEntries(saved)
}

const saved = {
  anyOf: [
    { type: 'object', properties: { value: {} }, required: ['value'], additionalProperties: false },
    {
      type: 'object',
      properties: { omitted: { type: 'string' } },
      required: ['omitted'],
      additionalProperties: false,
    },
  ],
} as const

const savedByName = { type: 'object', additionalProperties: saved } as const
const text = { type: 'string' } as const
const count = { type: 'integer', minimum: 0 } as const

function shape(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required, additionalProperties: false }
}

/** The JSON Schema (2020-12) of a snapshot. */
export const snapshotSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A stopped run of a Millrace pipeline',
  ...shape(
    {
      version: { const: 1 },
      created: text,
      reason: { enum: ['breakpoint', 'failure'] },
      at: shape({ component: text, visit: count }),
      graph: shape({
        components: { type: 'object', additionalProperties: text },
        connections: { type: 'array', items: { type: 'array', items: text, minItems: 2, maxItems: 2 } },
      }),
      includeOutputsFrom: { type: 'array', items: text },
      visits: { type: 'object', additionalProperties: count },
      inputs: {
        type: 'array',
        items: shape({ socket: text, value: {}, omitted: text }, ['value', 'omitted']),
      },
      arrived: {
        type: 'array',
        items: shape({ sender: text, receiver: text, values: { type: 'array', items: saved } }),
      },
      pending: {
        type: 'array',
        items: shape({ component: text, visit: count, eager: { type: 'boolean' }, inputs: savedByName }),
      },
      outputs: { type: 'object', additionalProperties: savedByName },
      named: savedByName,
    },
    ['at'],
  ),
}

/** The part of a snapshot that says what graph it is of. */
function graphOf(plan: Plan): Snapshot['graph'] {
  return {
    components: Object.fromEntries(plan.components.map(({ name, type }) => [name, type])),
    connections: plan.edges.map((edge) => [senderOf(edge), receiverOf(edge)]),
  }
}

function senderOf({ connection: { sender } }: PlannedEdge): string {
  return `${sender.component}.${sender.socket}`
}

function receiverOf({ connection: { receiver } }: PlannedEdge): string {
  return `${receiver.component}.${receiver.socket}`
}

/** What a snapshot says, with the parts of this plan that it says it about. */
export interface ReadSnapshot {
  readonly snapshot: Snapshot
  readonly inputs: readonly { readonly socket: PlannedSocket; readonly value: unknown }[]
  readonly arrived: readonly { readonly edge: PlannedEdge; readonly values: readonly unknown[] }[]
  readonly pending: readonly {
    readonly component: PlannedComponent
    readonly visit: number
    readonly eager: boolean
    readonly inputs: Record<string, unknown>
  }[]
  readonly outputs: Record<string, Record<string, unknown>>
  readonly named: Record<string, unknown>
}

/**
 * Checks a snapshot against the plan that is to resume it: its form, its graph, and the types of its values.
 *
 * @throws InputError `INPUT_SNAPSHOT`, saying what is wrong or what differs
 */
export function readSnapshot(plan: Plan, given: unknown): ReadSnapshot {
  const [problem] = checkSchema(snapshotSchema, given)
  if (problem) refuse(`This is not a snapshot: ${[...problem.path, problem.message].join(' ')}`)
  const snapshot = given as Snapshot
  checkGraph(plan, snapshot.graph)
  const sockets = new Map(plan.sockets.map((socket) => [socketPath(plan, socket), socket]))
  const edges = new Map(plan.edges.map((edge) => [`${senderOf(edge)}\n${receiverOf(edge)}`, edge]))
  return {
    snapshot,
    inputs: snapshot.inputs.map((input) => {
      const socket = sockets.get(input.socket) ?? refuse(`It has an input for '${input.socket}', which is no socket.`)
      return { socket, value: restore(input, socket, input.socket) }
    }),
    arrived: snapshot.arrived.map(({ sender, receiver, values }) => {
      const edge = edges.get(`${sender}\n${receiver}`) ?? refuse(`It has a value on a connection that is not there: '${sender}' to '${receiver}'.`)
      const socket = plan.sockets[edge.socket] as PlannedSocket
      return { edge, values: values.map((value) => restore(value, socket, receiver)) }
    }),
    pending: snapshot.pending.map(({ component: name, visit, eager, inputs }) => {
      const component = plan.byName.get(name) ?? refuse(`It has a visit of '${name}', which is no component.`)
      const restored = Object.entries(inputs).map(([socketName, value]) => {
        const socket = sockets.get(`${name}.${socketName}`) ?? refuse(`It has an input for '${name}.${socketName}', which is no socket.`)
        return [socketName, restoreInput(value, socket, `${name}.${socketName}`)]
      })
      return { component, visit, eager, inputs: Object.fromEntries(restored) }
    }),
    outputs: Object.fromEntries(
      Object.entries(snapshot.outputs).map(([name, outputs]) => [name, restoreOutputs(outputs)]),
    ),
    named: restoreOutputs(snapshot.named),
  }
}

function refuse(message: string): never {
  throw new InputError('INPUT_SNAPSHOT', `The snapshot cannot be resumed. ${message}`)
}

function checkGraph(plan: Plan, graph: Snapshot['graph']): void {
  const differences: string[] = []
  const here = graphOf(plan)
  for (const [name, type] of Object.entries(graph.components)) {
    const own = Object.hasOwn(here.components, name) ? here.components[name] : undefined
    if (own === undefined) differences.push(`component '${name}' (${type}) is missing here`)
    else if (own !== type) differences.push(`component '${name}' is a ${own} here, and was a ${type}`)
  }
  const added = Object.keys(here.components).filter((name) => !Object.hasOwn(graph.components, name))
  if (added.length > 0) differences.push(`${listNames(added)} ${added.length === 1 ? 'was' : 'were'} not there`)
  const written = (connections: Snapshot['graph']['connections']) => connections.map((ends) => ends.join(' → '))
  const before = new Set(written(graph.connections))
  const now = new Set(written(here.connections))
  for (const connection of before) if (!now.has(connection)) differences.push(`connection ${connection} is missing here`)
  for (const connection of now) if (!before.has(connection)) differences.push(`connection ${connection} was not there`)
  if (differences.length > 0) refuse(`It is of another graph: ${differences.slice(0, 10).join('; ')}.`)
}

function restore(saved: SavedValue, socket: PlannedSocket, place: string): unknown {
  const value = plainValue(saved, place)
  const [problem] = checkType(socket.socket.type, value)
  if (problem) {
    refuse(`The value of '${[place, ...problem.path].join('.')}' (${typeName(socket.socket.type)}): ${problem.message}`)
  }
  return value
}

/** What a visit took: for variadic sockets a list of values. */
function restoreInput(saved: SavedValue, socket: PlannedSocket, place: string): unknown {
  if (socket.gathers !== 'list' && socket.gathers !== 'first') return restore(saved, socket, place)
  const list = plainValue(saved, place)
  if (!Array.isArray(list)) refuse(`The value of '${place}' is no list.`)
  return list.map((value) => restore({ value }, socket, place))
}

function plainValue(saved: SavedValue, place: string): JsonValue {
  if ('omitted' in saved) {
    refuse(`The value of '${place}' was a ${saved.omitted}, which is not JSON, so it is not in the snapshot.`)
  }
  return saved.value
}

/** Outputs that are not JSON are gone: the rest of the result is still worth having. */
function restoreOutputs(outputs: Readonly<Record<string, SavedValue>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, saved]) => ('value' in saved ? [[name, saved.value]] : [])),
  )
}

function socketPath(plan: Plan, socket: PlannedSocket): string {
  return `${(plan.components[socket.owner] as PlannedComponent).name}.${socket.name}`
}

/**
 * The visit before which a run is to stop.
 *
 * @throws InputError `INPUT_UNKNOWN` for no component, `INPUT_INVALID` for no number of a visit that is still to come
 */
export function findBreakpoint(
  plan: Plan,
  { component: name, visit = 1 }: { readonly component: string; readonly visit?: number },
  resumed: ReadSnapshot | undefined,
): { readonly component: PlannedComponent; readonly visit: number } {
  const component = plan.byName.get(name)
  if (!component) {
    throw new InputError(
      'INPUT_UNKNOWN',
      `breakAt names '${name}', which is not a component. Components: ${listNames(plan.byName.keys())}.`,
    )
  }
  const started = resumed?.snapshot.visits[name] ?? 0
  if (Number.isSafeInteger(visit) && visit > started) return { component, visit }
  throw new InputError(
    'INPUT_INVALID',
    started === 0
      ? `The visit of breakAt is a whole number from 1, not ${String(visit)}.`
      : `breakAt is visit ${visit} of '${name}', but the snapshot is at visit ${started} already.`,
  )
}
