import { InputError, type Pipeline, type PipelineInput } from '@millrace/core'
import { readValue } from '@millrace/core/component'
import { describeSocket } from '../output/reference/socket-lines.ts'
import type { Assignment } from './assignment.ts'
import { entryTargets, withEntry } from './entries.ts'
import { checked, readAssignment, type Sources } from './read-assignment.ts'

/** By component and socket: what `Pipeline.run` takes. */
export type NestedInputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Puts the inputs of a run together: those of `--input`, and over them, socket by socket, those of `--set`. Checks all
 * of them, so that nothing is loaded for a run that cannot start.
 *
 * @param sources where `=@-` reads
 * @param object what the JSON of `--input` holds: values by component and socket, or by name alone
 * @throws InputError with everything that is wrong; CliError for files that cannot be read
 */
export async function collectInputs(
  pipeline: Pipeline,
  object: Readonly<Record<string, unknown>>,
  assignments: readonly Assignment[],
  sources: Sources,
): Promise<NestedInputs> {
  const entries = assignments.flatMap((assignment) => entryTargets(pipeline, assignment))
  const whole = assignments.filter((assignment) => !entries.some((entry) => entry.assignment === assignment))
  const groups = groupByName(whole)
  const written = pipeline.matchInputs(object)
  const set = pipeline.matchInputs(Object.fromEntries(groups))
  const given = new Map<string, Given>()
  for (const { input, value } of written.inputs) {
    given.set(input.path, { input, read: () => checked(input, readValue(input.type, value)) })
  }
  for (const { input, value } of set.inputs) {
    given.set(input.path, { input, read: () => valueFor(input, value as Assignment[], sources) })
  }
  for (const entry of entries) {
    const { input } = entry
    const base = given.get(input.path)
    const read = async () => checked(input, await withEntry(await base?.read(), entry, sources))
    given.set(input.path, { input, read })
  }
  const problems: InputError[] = [...written.problems, ...set.problems]
  const nested: Record<string, Record<string, unknown>> = {}
  for (const { input, read } of given.values()) {
    try {
      nested[input.component] = { ...nested[input.component], [input.socket]: await read() }
    } catch (error) {
      if (!InputError.isInstance(error)) throw error
      problems.push(error)
    }
  }
  const missing = pipeline.inputs().filter(({ mandatory, path }) => mandatory && !given.has(path))
  if (missing.length > 0) problems.push(missingInputs(missing))
  const [first] = problems
  if (first === undefined) return nested
  if (problems.length === 1) throw first
  const list = problems.map(({ message }) => `- ${message.replaceAll('\n', '\n  ')}`)
  throw new InputError(first.code, `The inputs are wrong:\n${list.join('\n')}`)
}

interface Given {
  readonly input: PipelineInput
  readonly read: () => unknown | Promise<unknown>
}

function groupByName(assignments: readonly Assignment[]): Map<string, Assignment[]> {
  const groups = new Map<string, Assignment[]>()
  for (const assignment of assignments) {
    const group = groups.get(assignment.name)
    if (group) group.push(assignment)
    else groups.set(assignment.name, [assignment])
  }
  return groups
}

/** The value of one input; several `--set` for a list are its elements. */
async function valueFor(
  input: PipelineInput,
  group: readonly Assignment[],
  sources: Sources,
): Promise<unknown> {
  const name = group[0]?.name
  if (group.length > 1 && input.type.kind !== 'array') {
    const hint = input.type.kind === 'unknown' ? ` For a list, write --set '${name}:=["…", "…"]'.` : ''
    throw new InputError(
      'INPUT_AMBIGUOUS',
      `--set ${name} is given ${group.length} times, and its socket takes one value.${hint}`,
    )
  }
  const values: unknown[] = []
  for (const assignment of group) values.push(await readAssignment(input, assignment, sources))
  return group.length === 1 ? values[0] : checked(input, values.flat(1))
}

/** Says what is missing, and what to add to the command. */
function missingInputs(missing: readonly PipelineInput[]): InputError {
  const lines = missing.map((input) => `  ${describeSocket(input)}`)
  // Under a name of the pipeline's there may be several sockets.
  const names = [...new Set(missing.map(({ name }) => name))]
  const [what, them] = missing.length === 1 ? ['An input is', 'it'] : ['Inputs are', 'them']
  return new InputError(
    'INPUT_MISSING',
    `${what} missing:\n${lines.join('\n')}\nGive ${them} with ${names.map((name) => `--set ${name}=…`).join(' ')}`,
  )
}
