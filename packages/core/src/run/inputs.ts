import { conversionFault, isNullAbsent, readValue } from '../component/read-value.ts'
import { InputError } from '../errors.ts'
import { frozenCopy } from '../frozen-copy.ts'
import { joinedType } from '../graph/connect.ts'
import { matchInputs } from '../graph/inputs.ts'
import type { Plan, PlannedSocket } from '../graph/plan.ts'
import { requiredInputs } from '../graph/reachable.ts'
import { type SocketType, typeName } from '../schema/socket-type.ts'
import { checkType, fitsType } from '../schema/validate.ts'

/** The caller's values, each with the socket it is for. */
export type CallerInputs = readonly { readonly input: PlannedSocket; readonly value: unknown }[]

/**
 * Reads what `run` was given and checks all of it before anything runs. What a connection would convert is converted, and
 * data may be written as `fromJSON` reads it; nothing of the caller's objects is changed.
 *
 * @param types whether the values are read and checked by the types of their sockets, or taken as they are
 * @throws InputError with everything that is wrong; its code is that of the first
 */
export function readInputs(
  plan: Plan,
  given: object,
  { types = true }: { readonly types?: boolean } = {},
): CallerInputs {
  const { inputs: matched, problems } = matchInputs(plan, given)
  const inputs = matched.flatMap(({ input, value }) => {
    if (value === null && isNullAbsent(input.socket)) return []
    return types ? readInput(input, value) : { input, value, problems: [] }
  })
  const all = [
    ...problems,
    ...inputs.flatMap((input) => input.problems),
    ...missingInputs(plan, new Set(inputs.map(({ input }) => input))),
  ]
  const [first] = all
  if (first === undefined) return inputs
  if (all.length === 1) throw first
  throw new InputError(first.code, all.map(({ message }) => `- ${message}`).join('\n'))
}

interface ReadInput {
  readonly input: PlannedSocket
  readonly value: unknown
  readonly problems: readonly InputError[]
}

function readInput(input: PlannedSocket, callers: unknown): ReadInput {
  // Copied first: what the caller gives again, and has not changed, was checked before.
  const given = frozenCopy(callers)
  const { path, socket, edges } = input
  const type = typeToAdd(input)
  const invalid = (place: string, problem: string) =>
    new InputError('INPUT_INVALID', `Input '${place}' (${typeName(socket.type)}): ${problem}`)
  if (type === undefined) {
    const problem = `nothing can be added to what '${edges[0]?.from}' sends, which may be of several types.`
    return { input, value: given, problems: [invalid(path, problem)] }
  }
  if (fitsType(type, given)) return { input, value: given, problems: [] }
  const value = readValue(type, given)
  const problems = checkType(type, value)
  const fault = problems.length > 0 ? conversionFault(type, given) : undefined
  if (fault !== undefined) return { input, value, problems: [invalid(path, `${fault}.`)] }
  return {
    input,
    value,
    problems: problems.map(({ path: place, message }) =>
      invalid([path, ...place].join('.'), `${message}${place.length === 0 ? howToMake(type) : ''}`),
    ),
  }
}

/** The type of what a caller may give: in one list with what others send, it is of their type. */
function typeToAdd({ socket: { type }, gathers, edges }: PlannedSocket): SocketType | undefined {
  if (gathers !== 'join' || edges.length === 0) return type
  const sent = edges.map(
    ({ source, output, conversion }) => conversion?.gives ?? source.component.outputs[output]?.type,
  )
  return joinedType(
    type,
    sent.filter((known) => known !== undefined),
  )
}

const makers: Readonly<Record<string, string>> = {
  ChatMessage: " Give a text, { role: 'user', content: '…' }, or ChatMessage.user(…).",
  Document: ' Give { content: "…" }, or Document.create(…).',
  ImageContent: " Make one with await ImageContent.fromFile('…').",
}

/** How to make a value of this type, or of an element of it. */
function howToMake(type: SocketType): string {
  if (type.kind === 'array') return howToMake(type.items)
  if (type.kind === 'union') return type.members.map(howToMake).find((hint) => hint !== '') ?? ''
  return type.kind === 'named' && Object.hasOwn(makers, type.name) ? (makers[type.name] ?? '') : ''
}

function missingInputs(plan: Plan, given: ReadonlySet<PlannedSocket>): InputError[] {
  return [...requiredInputs(plan)]
    .filter((socket) => !given.has(socket))
    .map(({ owner, name, socket, edges }) => {
      const isOfLoop = edges.length > 0
      const why = isOfLoop
        ? 'the loop that feeds it begins with it, and the caller gave no value'
        : 'no connection feeds it and the caller gave no value'
      const way = `Pass { ${owner.name}: { ${name}: … } }${isOfLoop ? '.' : ' or connect it.'}`
      return new InputError(
        'INPUT_MISSING',
        `'${owner.name}' (${owner.type}) needs '${name}' (${typeName(socket.type)}): ${why}. ${way}`,
      )
    })
}
