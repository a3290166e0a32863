import { InputError } from '../errors.ts'
import { aSocketOf } from '../graph/connect.ts'
import { isOpen, type Plan, type PlannedComponent, type PlannedSocket } from '../graph/plan.ts'
import { typeName } from '../schema/socket-type.ts'
import { checkType } from '../schema/validate.ts'
import { didYouMean, listNames } from '../text/names.ts'

/** The caller's values, each with the socket it is for. */
export type CallerInputs = readonly { readonly socket: PlannedSocket; readonly value: unknown }[]

type Code = InputError['code']
interface Problem {
  readonly code: Code
  readonly message: string
}

/**
 * Reads what `run` was given, nested by component or flat by socket name, and checks all of it before anything runs.
 * The inputs are nested when all their keys are component names. Nothing of the caller's objects is changed.
 *
 * @param types whether the values are checked against the types of their sockets
 * @throws InputError with everything that is wrong; its code is that of the first
 */
export function readInputs(
  plan: Plan,
  given: object,
  { types = true }: { readonly types?: boolean } = {},
): CallerInputs {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InputError(
      'INPUT_INVALID',
      'The inputs of a run are an object, such as { prompt: { country: "France" } }.',
    )
  }
  const problems: Problem[] = []
  const values = isNested(plan, given) ? readNested(plan, given, problems) : readFlat(plan, given, problems)
  const reached = new Set<PlannedSocket>()
  for (const { socket, value } of values) {
    if (reached.has(socket)) problems.push(twice(socket))
    reached.add(socket)
    if (!isOpen(socket)) problems.push(taken(socket))
    else if (types) checkGiven(socket, value, problems)
  }
  checkMissing(plan, reached, problems)
  const [first] = problems
  if (first === undefined) return values
  const message =
    problems.length === 1 ? first.message : problems.map((problem) => `- ${problem.message}`).join('\n')
  throw new InputError(first.code, message)
}

function isNested(plan: Plan, given: object): boolean {
  return Object.keys(given).every((key) => plan.byName.has(key))
}

function readNested(plan: Plan, given: object, problems: Problem[]) {
  const values: { socket: PlannedSocket; value: unknown }[] = []
  for (const [name, inputs] of Object.entries(given)) {
    if (inputs === undefined) continue
    const component = plan.byName.get(name)
    if (component === undefined) continue
    if (typeof inputs !== 'object' || inputs === null || Array.isArray(inputs)) {
      problems.push({
        code: 'INPUT_INVALID',
        message: `'${name}' is a component: its inputs are an object with ${listNames(component.sockets.map((socket) => socket.name))}.`,
      })
      continue
    }
    for (const [socketName, value] of Object.entries(inputs)) {
      if (value === undefined) continue
      const socket = plan.byPath.get(`${name}.${socketName}`)
      if (socket) values.push({ socket, value })
      else problems.push({ code: 'INPUT_UNKNOWN', message: unknownSocket(component, socketName) })
    }
  }
  return values
}

function readFlat(plan: Plan, given: object, problems: Problem[]) {
  const values: { socket: PlannedSocket; value: unknown }[] = []
  const keys = Object.keys(given)
  const components = keys.filter((key) => plan.byName.has(key))
  const byName = groupByName(plan.sockets)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    const own = plan.namedInputs.get(name)
    if (own) {
      for (const socket of own) values.push({ socket, value })
      continue
    }
    const named = byName.get(name) ?? []
    const open = named.filter(
      (socket) => socket.edges.length === 0 || socket.gathers === 'list' || socket.gathers === 'first',
    )
    for (const socket of open) values.push({ socket, value })
    if (open.length > 0) continue
    if (components.includes(name)) {
      problems.push(
        mixed(
          name,
          keys.filter((key) => !components.includes(key)),
        ),
      )
      continue
    }
    const [first] = named
    problems.push(first ? taken(first) : { code: 'INPUT_UNKNOWN', message: unknownName(plan, name, byName) })
  }
  return values
}

function groupByName(sockets: readonly PlannedSocket[]): Map<string, PlannedSocket[]> {
  const groups = new Map<string, PlannedSocket[]>()
  for (const socket of sockets) {
    const group = groups.get(socket.name)
    if (group) group.push(socket)
    else groups.set(socket.name, [socket])
  }
  return groups
}

function checkGiven(socket: PlannedSocket, value: unknown, problems: Problem[]): void {
  for (const problem of checkType(socket.socket.type, value)) {
    problems.push({
      code: 'INPUT_INVALID',
      message: `Input '${[socket.path, ...problem.path].join('.')}' (${typeName(socket.socket.type)}): ${problem.message}`,
    })
  }
}

function checkMissing(plan: Plan, given: ReadonlySet<PlannedSocket>, problems: Problem[]): void {
  for (const socket of plan.sockets) {
    if (!socket.mandatory || socket.edges.length > 0 || given.has(socket)) continue
    const { name, type } = socket.owner
    problems.push({
      code: 'INPUT_MISSING',
      message: `'${name}' (${type}) needs '${socket.name}' (${typeName(socket.socket.type)}): no connection feeds it and the caller gave no value. Pass { ${name}: { ${socket.name}: … } } or connect it.`,
    })
  }
}

function taken(socket: PlannedSocket): Problem {
  const way =
    socket.gathers === 'join'
      ? `. To add to that, give the input by component: { ${socket.owner.name}: { ${socket.name}: … } }.`
      : `, and ${aSocketOf(socket.socket.type)} takes one. Leave the input out, or remove the connection.`
  return {
    code: 'INPUT_OCCUPIED',
    message: `'${socket.path}' already gets its value from '${socket.edges[0]?.from}'${way}`,
  }
}

function mixed(component: string, others: readonly string[]): Problem {
  const are = others.length === 1 ? 'is' : 'are'
  return {
    code: 'INPUT_AMBIGUOUS',
    message: `'${component}' is a component, but ${listNames(others)} ${are} not. Give the inputs by component, { prompt: { country } }, or all by socket name, { country }.`,
  }
}

function twice({ path }: PlannedSocket): Problem {
  return {
    code: 'INPUT_AMBIGUOUS',
    message: `Two inputs reach '${path}', one by its own name and one by a name of the pipeline's. Give one of them.`,
  }
}

function unknownSocket(component: PlannedComponent, name: string): string {
  const names = component.sockets.map((socket) => socket.name)
  return `'${component.name}' (${component.type}) has no input '${name}'. Its inputs are ${listNames(names)}.${didYouMean(name, names)}`
}

function unknownName(
  plan: Plan,
  name: string,
  sockets: ReadonlyMap<string, readonly PlannedSocket[]>,
): string {
  const unfed = [...sockets].filter(([, all]) => all.some((socket) => socket.edges.length === 0))
  const open = [...plan.namedInputs.keys(), ...unfed.map(([known]) => known)]
  const components = [...plan.byName.keys()]
  return `'${name}' is neither a component nor an open input. Components: ${listNames(components)}. Open inputs: ${listNames(open)}.${didYouMean(name, [...components, ...open])}`
}
