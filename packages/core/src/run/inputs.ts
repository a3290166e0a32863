import { InputError } from '../errors.ts'
import { matchInputs } from '../graph/inputs.ts'
import type { Plan, PlannedSocket } from '../graph/plan.ts'
import { typeName } from '../schema/socket-type.ts'
import { checkType } from '../schema/validate.ts'

/** The caller's values, each with the socket it is for. */
export type CallerInputs = readonly { readonly input: PlannedSocket; readonly value: unknown }[]

/**
 * Reads what `run` was given and checks all of it before anything runs. Nothing of the caller's objects is changed.
 *
 * @param types whether the values are checked against the types of their sockets
 * @throws InputError with everything that is wrong; its code is that of the first
 */
export function readInputs(
  plan: Plan,
  given: object,
  { types = true }: { readonly types?: boolean } = {},
): CallerInputs {
  const { inputs, problems } = matchInputs(plan, given)
  const all = [
    ...problems,
    ...(types ? inputs.flatMap(({ input, value }) => typeProblems(input, value)) : []),
    ...missingInputs(plan, new Set(inputs.map(({ input }) => input))),
  ]
  const [first] = all
  if (first === undefined) return inputs
  if (all.length === 1) throw first
  throw new InputError(first.code, all.map(({ message }) => `- ${message}`).join('\n'))
}

function typeProblems({ path, socket: { type } }: PlannedSocket, value: unknown): InputError[] {
  return checkType(type, value).map(
    (problem) =>
      new InputError(
        'INPUT_INVALID',
        `Input '${[path, ...problem.path].join('.')}' (${typeName(type)}): ${problem.message}`,
      ),
  )
}

function missingInputs({ required }: Plan, given: ReadonlySet<PlannedSocket>): InputError[] {
  return required
    .filter((socket) => !given.has(socket))
    .map(
      ({ owner, name, socket }) =>
        new InputError(
          'INPUT_MISSING',
          `'${owner.name}' (${owner.type}) needs '${name}' (${typeName(socket.type)}): no connection feeds it and the caller gave no value. Pass { ${owner.name}: { ${name}: … } } or connect it.`,
        ),
    )
}
