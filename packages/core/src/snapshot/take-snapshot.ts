import type { Plan, PlannedComponent, PlannedSocket } from '../graph/plan.ts'
import { isJsonValue } from '../json.ts'
import type { ResultBuilder, RunWarning } from '../run/result.ts'
import type { RunState } from '../run/state.ts'
import type { Visit } from '../run/trace.ts'
import { typeName } from '../schema/socket-type.ts'
import { graphOf, type SavedValue, type Snapshot } from './snapshot.ts'

type Values = Readonly<Record<string, unknown>>

/** A run as it stands, with nothing going on. */
interface StoppedRun {
  readonly reason: Snapshot['reason']
  readonly at: Snapshot['at']
  readonly created: Date
  readonly state: RunState
  readonly result: ResultBuilder
  readonly included: ReadonlySet<string>
  readonly eager: readonly Visit[]
  readonly queue: readonly Visit[]
}

/** The snapshot from which `readSnapshot` gets all of it back. */
export function takeSnapshot(plan: Plan, run: StoppedRun): Snapshot {
  const { inputs, arrived } = run.state.waiting()
  return {
    version: 1,
    created: run.created.toISOString(),
    reason: run.reason,
    ...(run.at ? { at: run.at } : {}),
    graph: graphOf(plan),
    includeOutputsFrom: [...run.included],
    visits: Object.fromEntries(
      plan.components.map((component) => [component.name, run.state.visits(component)]),
    ),
    inputs: inputs.map(({ socket, value }) => ({
      socket: socket.path,
      ...saveValue(value, kindOf(socket)),
    })),
    arrived: arrived.map(({ edge, values }) => ({
      sender: edge.from,
      receiver: edge.to,
      values: values.map((value) => saveValue(value, kindOf(edge.socket))),
    })),
    pending: [
      ...run.eager.map((visit) => savePending(visit, true)),
      ...run.queue.map((visit) => savePending(visit, false)),
    ],
    outputs: Object.fromEntries(
      Object.entries(run.result.outputs).map(([name, outputs]) => [
        name,
        saveOutputs(plan.byName.get(name) as PlannedComponent, outputs),
      ]),
    ),
    named: saveNamed(plan, run.result.named),
    warnings: run.result.warnings,
  }
}

/** A warning for each value without which a snapshot cannot be resumed. */
export function missingIn(plan: Plan, { inputs, arrived, pending }: Snapshot): RunWarning[] {
  const places = [
    ...inputs.map((input) => ({ to: input.socket, values: [input] })),
    ...arrived.map(({ receiver, sender, values }) => ({ to: receiver, from: sender, values })),
    ...pending.flatMap(({ component, inputs: taken }) =>
      Object.entries(taken).map(([name, value]) => ({ to: `${component}.${name}`, values: [value] })),
    ),
  ]
  return places
    .filter(({ values }) => values.some((value) => 'omitted' in value))
    .map(({ to, ...place }) => {
      const socket = plan.byPath.get(to) as PlannedSocket
      const from = 'from' in place ? ` of '${place.from}'` : ''
      return {
        code: 'SNAPSHOT_INCOMPLETE',
        component: socket.owner.name,
        message: `The run cannot be resumed: the value${from} that waits for '${to}' (${kindOf(socket)}) is not JSON, so the snapshot lacks it. Let it be made of texts, finite numbers, true, false, null, lists and plain objects.`,
      }
    })
}

function kindOf({ socket }: PlannedSocket): string {
  return typeName(socket.type)
}

function savePending(
  { component, visit, inputs, resumed, pause }: Visit,
  eager: boolean,
): Snapshot['pending'][number] {
  const taken = component.sockets.flatMap((socket) => {
    const value = Object.hasOwn(inputs, socket.name) ? inputs[socket.name] : undefined
    // What the declaration says anyway need not be JSON.
    if (value === undefined || value === socket.socket.default) return []
    return [[socket.name, saveValue(value, kindOf(socket))] as const]
  })
  const { state } = pause ?? resumed ?? {}
  return {
    component: component.name,
    visit,
    eager,
    inputs: Object.fromEntries(taken),
    ...(state === undefined ? {} : { state }),
    ...(pause ? { questions: pause.questions } : {}),
    ...(resumed && !pause ? { answers: resumed.answers } : {}),
  }
}

function saveOutputs({ component }: PlannedComponent, outputs: Values): Record<string, SavedValue> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, saveValue(value, outputKind(component, name))]),
  )
}

function saveNamed(plan: Plan, values: Values): Record<string, SavedValue> {
  const saved = plan.components.flatMap(({ component, named = [] }) =>
    named
      .filter(({ name }) => Object.hasOwn(values, name))
      .map(({ name, output }) => [name, saveValue(values[name], outputKind(component, output))] as const),
  )
  return Object.fromEntries(saved)
}

function outputKind({ outputs }: PlannedComponent['component'], name: string): string {
  const socket = outputs[name]
  return socket === undefined ? 'unknown' : typeName(socket.type)
}

function saveValue(value: unknown, kind: string): SavedValue {
  return isJson(value) ? { value } : { omitted: kind }
}

function isJson(value: unknown): value is Extract<SavedValue, { readonly value: unknown }>['value'] {
  try {
    return isJsonValue(value)
  } catch {
    // One of its getters threw.
    return false
  }
}
