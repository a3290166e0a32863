import { InputError } from '../errors.ts'
import { schemaOf } from '../schema/schema.ts'
import type { Socket } from '../schema/socket.ts'
import type { JsonSchema, SocketType } from '../schema/socket-type.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { aSocketOf } from './connect.ts'
import { isOpen, type Plan, type PlannedComponent, type PlannedSocket } from './plan.ts'
import { requiredInputs } from './reachable.ts'

interface PipelineSocket {
  readonly component: string
  readonly socket: string
  /** `component.socket`. */
  readonly path: string
  readonly type: SocketType
  /** Of one value: for a variadic or greedy input, of one element of its list. */
  readonly schema: JsonSchema
  readonly description?: string
}

/** An input that a caller may give a value for. */
export interface PipelineInput extends PipelineSocket {
  /** The name that the pipeline gives it, else that of its socket where no other open input has it, else its path. */
  readonly name: string
  /** Whether a run cannot start without a value from the caller. */
  readonly mandatory: boolean
  readonly receives: Socket['receives']
  readonly default?: unknown
}

/** An output that the result of a run has. */
export interface PipelineOutput extends PipelineSocket {
  /** The name that the pipeline gives it, else that of its socket where no other open output has it, else its path. */
  readonly name: string
  /** Whether its component may leave it out. */
  readonly optional: boolean
}

/** What a caller gave, with the socket that it is for, and what is wrong with it. */
export interface MatchedInputs<Input> {
  readonly inputs: readonly { readonly input: Input; readonly value: unknown }[]
  readonly problems: readonly InputError[]
}

/** The inputs that a caller may give values for: those without a sender, and those that take several values. */
export function openInputs(plan: Plan): PipelineInput[] {
  const names = namesOfInputs(plan)
  return plan.sockets
    .filter(isOpen)
    .map((socket) => describeInput(plan, socket, names.get(socket) ?? socket.path))
}

/** The outputs that no connection consumes, and those that the pipeline names. */
export function openOutputs(plan: Plan): PipelineOutput[] {
  const outputs = plan.components.flatMap((component) =>
    Object.entries(component.component.outputs).flatMap(([output, socket]) => {
      const own = (component.named ?? []).filter((named) => named.output === output)
      if (own.length === 0 && component.consumed.has(output)) return []
      return [{ component: component.name, output, socket, own: own[0]?.name }]
    }),
  )
  const times = countBy(outputs.map(({ output }) => output))
  return outputs.map(({ component, output, socket, own }) => ({
    ...describeSocket(component, output, socket),
    name: own ?? (times.get(output) === 1 ? output : `${component}.${output}`),
    optional: socket.optional,
  }))
}

/**
 * The JSON Schema of an object with a value for each input, by its name. Of several inputs of one name, which take one value,
 * the first says of which type, and any of them whether it has to be there.
 *
 * @param schemaFor what is said of the value of an input, in place of its own schema
 */
export function inputsSchema(
  inputs: readonly PipelineInput[],
  schemaFor: (input: PipelineInput) => object = ({ schema }) => schema,
): JsonSchema {
  const byName = new Map<string, PipelineInput[]>()
  for (const input of inputs) byName.set(input.name, [...(byName.get(input.name) ?? []), input])
  const properties = [...byName].map(([name, [first, ...others]]) => {
    const { default: fallback, receives } = first as PipelineInput
    const description = [first, ...others].find((input) => input?.description !== undefined)?.description
    return [
      name,
      {
        ...schemaFor(first as PipelineInput),
        ...(description === undefined ? {} : { description }),
        // That of an input which gathers values is a list of them.
        ...(fallback === undefined || receives !== 'one' ? {} : { default: fallback }),
      },
    ]
  })
  const required = [...byName.keys()].filter((name) => byName.get(name)?.some(({ mandatory }) => mandatory))
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  } as JsonSchema
}

/**
 * The one input that a name stands for: one that the pipeline gives, a path, or the name of a socket.
 *
 * @throws InputError `INPUT_UNKNOWN`, `INPUT_OCCUPIED`, or `INPUT_AMBIGUOUS` when it stands for several
 */
export function resolveInput(plan: Plan, name: string): PipelineInput {
  const found = findInputs(plan, name)
  if (found instanceof InputError) throw found
  const [first, ...others] = found
  if (first === undefined) throw unknownInput(plan, name)
  if (others.length > 0) {
    throw new InputError(
      'INPUT_AMBIGUOUS',
      `'${name}' stands for several inputs: ${listNames(found.map(({ path }) => path))}. Give the path of one.`,
    )
  }
  return describeInput(plan, first, namesOfInputs(plan).get(first) ?? first.path)
}

/**
 * Finds the sockets that values are for. They are given by component when all keys are names of components, else each
 * by a name: one that the pipeline gives, a path, or that of a socket, which stands for every open socket of that name.
 * Values are not looked at, and what is undefined counts as not given.
 *
 * @throws InputError `INPUT_INVALID` for what is not an object
 */
export function matchInputs(plan: Plan, given: object): MatchedInputs<PlannedSocket> {
  if (!isObject(given)) {
    throw new InputError(
      'INPUT_INVALID',
      'The inputs of a run are an object, such as { prompt: { country: "France" } }.',
    )
  }
  const inputs: { input: PlannedSocket; value: unknown }[] = []
  const problems: InputError[] = []
  const reached = new Set<PlannedSocket>()
  const isNested = Object.keys(given).every((key) => plan.byName.has(key))
  for (const [name, value] of isNested ? nestedEntries(plan, given, problems) : Object.entries(given)) {
    if (value === undefined) continue
    const found = findInputs(plan, name)
    if (found instanceof InputError) {
      problems.push(isNested || !plan.byName.has(name) ? found : mixed(plan, name, Object.keys(given)))
      continue
    }
    for (const input of found) {
      if (reached.has(input)) problems.push(reachedTwice(input))
      else inputs.push({ input, value })
      reached.add(input)
    }
  }
  return { inputs, problems }
}

/** `matchInputs` for callers, who know no plan. */
export function describeMatched(plan: Plan, given: object): MatchedInputs<PipelineInput> {
  const names = namesOfInputs(plan)
  const { inputs, problems } = matchInputs(plan, given)
  const described = inputs.map(({ input, value }) => ({
    input: describeInput(plan, input, names.get(input) ?? input.path),
    value,
  }))
  return { inputs: described, problems }
}

/** The values of each component by their paths. */
function nestedEntries(plan: Plan, given: object, problems: InputError[]): [path: string, value: unknown][] {
  const entries: [string, unknown][] = []
  for (const [name, values] of Object.entries(given)) {
    if (values === undefined) continue
    if (isObject(values)) {
      for (const [socket, value] of Object.entries(values)) entries.push([`${name}.${socket}`, value])
      continue
    }
    const sockets = plan.byName.get(name)?.sockets ?? []
    problems.push(
      new InputError(
        'INPUT_INVALID',
        `'${name}' is a component: its inputs are an object with ${listNames(sockets.map((socket) => socket.name))}.`,
      ),
    )
  }
  return entries
}

/** The open sockets that a name stands for, or why there are none. */
function findInputs(plan: Plan, name: string): readonly PlannedSocket[] | InputError {
  const exact = plan.byPath.get(name)
  const named = plan.namedInputs.get(name) ?? (exact && [exact])
  if (named !== undefined) {
    const occupied = named.find((socket) => !isOpen(socket))
    return occupied ? occupiedInput(occupied) : named
  }
  const called = plan.sockets.filter((socket) => socket.name === name)
  const open = called.filter(hasOwnName)
  const [first] = called
  if (open.length > 0) return open
  return first ? occupiedInput(first) : unknownInput(plan, name)
}

/** Whether the name of the socket alone stands for it. Where senders join in an array, it does not add to what they send. */
function hasOwnName(socket: PlannedSocket): boolean {
  return isOpen(socket) && !(socket.gathers === 'join' && socket.edges.length > 0)
}

function namesOfInputs(plan: Plan): ReadonlyMap<PlannedSocket, string> {
  const named = plan.sockets.filter(hasOwnName)
  const times = countBy(named.map(({ name }) => name))
  const isTaken = (name: string) =>
    times.get(name) !== 1 || plan.namedInputs.has(name) || plan.byPath.has(name) || plan.byName.has(name)
  const names = new Map(named.filter(({ name }) => !isTaken(name)).map((socket) => [socket, socket.name]))
  // Of several names that the pipeline gives to one input, the first counts.
  for (const [name, sockets] of [...plan.namedInputs].reverse()) {
    for (const socket of sockets) names.set(socket, name)
  }
  return names
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1)
  return times
}

function describeInput(plan: Plan, input: PlannedSocket, name: string): PipelineInput {
  const { owner, name: socketName, socket } = input
  return {
    ...describeSocket(owner.name, socketName, socket),
    name,
    mandatory: requiredInputs(plan).has(input),
    receives: socket.receives,
    ...(socket.default === undefined ? {} : { default: socket.default }),
  }
}

function describeSocket(component: string, name: string, socket: Socket): PipelineSocket {
  const { type, description } = socket
  const { default: _, ...item } = socket
  return {
    component,
    socket: name,
    path: `${component}.${name}`,
    type,
    schema: schemaOf(socket.receives === 'one' ? socket : { ...item, receives: 'one' }),
    ...(description === undefined ? {} : { description }),
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function occupiedInput({ path, socket, edges, gathers }: PlannedSocket): InputError {
  const rest =
    gathers === 'join'
      ? `. To add to that, give the input by its path, '${path}'.`
      : `, and ${aSocketOf(socket.type)} takes one. Leave the input out, or remove the connection.`
  return new InputError('INPUT_OCCUPIED', `'${path}' already gets its value from '${edges[0]?.from}'${rest}`)
}

function reachedTwice({ path }: PlannedSocket): InputError {
  return new InputError(
    'INPUT_AMBIGUOUS',
    `Two inputs reach '${path}', by two of its names. Give one of them.`,
  )
}

function mixed(plan: Plan, component: string, keys: readonly string[]): InputError {
  const others = keys.filter((key) => !plan.byName.has(key))
  return new InputError(
    'INPUT_AMBIGUOUS',
    `'${component}' is a component, but ${listNames(others)} ${others.length === 1 ? 'is' : 'are'} not. Give the inputs by component, { prompt: { country } }, or all by name, { country }.`,
  )
}

function unknownInput(plan: Plan, name: string): InputError {
  const component = plan.byName.get(name.split('.', 1)[0] ?? '')
  if (component?.name === name) {
    return new InputError(
      'INPUT_UNKNOWN',
      `'${name}' is a component, not an input. ${openInputsOf(component)}`,
    )
  }
  if (component !== undefined) {
    const socket = name.slice(component.name.length + 1)
    const known = component.sockets.map((input) => input.name)
    return new InputError(
      'INPUT_UNKNOWN',
      `'${component.name}' (${component.type}) has no input '${socket}'. ${openInputsOf(component)}${didYouMean(socket, known)}`,
    )
  }
  const components = [...plan.byName.keys()]
  const open = [...new Set([...plan.namedInputs.keys(), ...openNames(plan.sockets)])]
  return new InputError(
    'INPUT_UNKNOWN',
    `'${name}' is neither a component nor an open input. Components: ${listNames(components)}. Open inputs: ${listNames(open)}.${didYouMean(name, [...components, ...open, ...plan.byPath.keys()])}`,
  )
}

function openInputsOf({ sockets }: PlannedComponent): string {
  return `Its open inputs: ${listNames(openNames(sockets))}.`
}

function openNames(sockets: readonly PlannedSocket[]): string[] {
  return sockets.filter(hasOwnName).map(({ name }) => name)
}
