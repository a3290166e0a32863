import { ImageContent, InputError, MillraceError } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import { CliError } from '../errors.ts'
import { describeSocket, shortType } from '../output/socket-lines.ts'
import type { Assignment } from './assignment.ts'
import { problemsOf } from './fits-type.ts'
import { readJson } from './json-value.ts'
import type { OpenInput, OpenInputs } from './open-inputs.ts'
import { readTextFile } from './read-text.ts'
import { takesImage } from './takes-image.ts'
import { type Reading, readJsonText, readText } from './text-value.ts'

/** By component and socket: what `Pipeline.run` takes. */
export type NestedInputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Puts the inputs of a run together: those of `--input`, and over them, socket by socket, those of `--set`. Checks all
 * of them, so that nothing is loaded for a run that cannot start.
 *
 * @param object what the JSON of `--input` holds: values by component and socket, or by name alone
 * @throws InputError with everything that is wrong; CliError for files that cannot be read
 */
export async function collectInputs(
  inputs: OpenInputs,
  object: Readonly<Record<string, unknown>>,
  assignments: readonly Assignment[],
): Promise<NestedInputs> {
  const collection = new Collection(inputs)
  for (const [name, value] of namedValues(inputs, object)) {
    await collection.give('--input', name, (input) => checked(input, readJson(input.type, value)))
  }
  for (const [name, group] of groupByName(assignments)) {
    await collection.give('--set', name, (input) => valueFor(input, group))
  }
  return collection.complete()
}

/** What was given so far, by the path of the socket, and everything that is wrong with it. */
class Collection {
  readonly #inputs: OpenInputs
  readonly #given = new Map<string, { readonly origin: string; readonly input: OpenInput; value: unknown }>()
  readonly #problems: InputError[] = []

  constructor(inputs: OpenInputs) {
    this.#inputs = inputs
  }

  async give(
    origin: string,
    name: string,
    read: (input: OpenInput) => unknown | Promise<unknown>,
  ): Promise<void> {
    try {
      for (const input of this.#inputs.find(name)) {
        if (this.#given.get(input.path)?.origin === origin) throw twice(input)
        const place = { origin, input, value: undefined as unknown }
        this.#given.set(input.path, place)
        place.value = await read(input)
      }
    } catch (error) {
      if (!InputError.isInstance(error)) throw error
      this.#problems.push(error)
    }
  }

  /** @throws InputError */
  complete(): NestedInputs {
    const missing = this.#inputs.all.filter(({ mandatory, path }) => mandatory && !this.#given.has(path))
    if (missing.length > 0) this.#problems.push(missingInputs(missing))
    const [first, ...others] = this.#problems
    if (first !== undefined && others.length === 0) throw first
    if (first !== undefined) {
      const list = this.#problems.map(({ message }) => `- ${message.replaceAll('\n', '\n  ')}`)
      throw new InputError(first.code, `The inputs are wrong:\n${list.join('\n')}`)
    }
    const nested: Record<string, Record<string, unknown>> = {}
    for (const { input, value } of this.#given.values()) {
      nested[input.component] = { ...nested[input.component], [input.socket]: value }
    }
    return nested
  }
}

/** The entries of `--input`, each under a name that `OpenInputs.find` knows. By component when all keys are one. */
function namedValues(
  { components, all }: OpenInputs,
  object: Readonly<Record<string, unknown>>,
): [name: string, value: unknown][] {
  const entries = Object.entries(object)
  const keys = entries.map(([key]) => key)
  const strangers = keys.filter((key) => !components.includes(key))
  const component = keys.find((key) => components.includes(key) && !all.some(({ socket }) => socket === key))
  if (strangers.length > 0 && component === undefined) return entries
  if (strangers.length > 0) {
    throw new InputError(
      'INPUT_AMBIGUOUS',
      `'${component}' is a component, but ${listNames(strangers)} ${strangers.length === 1 ? 'is' : 'are'} not. Give --input all by component, {"${component}": {…}}, or all by the names of inputs.`,
    )
  }
  return entries.flatMap(([component, values]): [string, unknown][] => {
    if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
      return Object.entries(values).map(([socket, value]) => [`${component}.${socket}`, value])
    }
    throw new InputError(
      'INPUT_INVALID',
      `'${component}' is a component: in --input its value is an object with its inputs, as in {"${component}": {…}}.`,
    )
  })
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
async function valueFor(input: OpenInput, group: readonly Assignment[]): Promise<unknown> {
  const name = group[0]?.name
  if (group.length > 1 && input.type.kind !== 'array') {
    const hint = input.type.kind === 'unknown' ? ` For a list, write --set '${name}:=["…", "…"]'.` : ''
    throw new InputError(
      'INPUT_AMBIGUOUS',
      `--set ${name} is given ${group.length} times, and its socket takes one value.${hint}`,
    )
  }
  const values: unknown[] = []
  for (const assignment of group) values.push(await read(input, assignment))
  return group.length === 1 ? values[0] : checked(input, values.flat(1))
}

async function read(input: OpenInput, { text, isJson, isFile }: Assignment): Promise<unknown> {
  if (isFile && !isJson && takesImage(input.type)) return checked(input, await readImage(input, text))
  const content = isFile ? await readTextFile(text) : text
  const reading: Reading = isJson ? readJsonText(input.type, content) : readText(input.type, content)
  if ('problem' in reading) throw invalid(input, reading.problem)
  return reading.value
}

async function readImage({ path, type }: OpenInput, file: string): Promise<unknown> {
  try {
    return readJson(type, await ImageContent.fromFile(file))
  } catch (cause) {
    if (!MillraceError.isInstance(cause)) throw cause
    throw new CliError('USAGE_UNREADABLE', `--set ${path}=@${file}: ${cause.message}`, { cause })
  }
}

function checked(input: OpenInput, value: unknown): unknown {
  const problems = problemsOf(input.type, value)
  if (problems.length === 0) return value
  throw invalid(input, problems.map(({ path, message }) => [...path, message].join(': ')).join(' '))
}

function invalid({ name, type }: OpenInput, problem: string): InputError {
  return new InputError('INPUT_INVALID', `Input '${name}' (${shortType(type)}): ${problem}`)
}

function twice({ name }: OpenInput): InputError {
  return new InputError(
    'INPUT_AMBIGUOUS',
    `Two inputs reach '${name}', by two of its names. Give one of them.`,
  )
}

/** Says what is missing, and what to add to the command. */
function missingInputs(missing: readonly OpenInput[]): InputError {
  const lines = missing.map((input) => `  ${describeSocket(input)}`)
  // Under a name of the pipeline's there may be several sockets.
  const names = [...new Set(missing.map(({ name }) => name))]
  const [what, them] = missing.length === 1 ? ['An input is', 'it'] : ['Inputs are', 'them']
  return new InputError(
    'INPUT_MISSING',
    `${what} missing:\n${lines.join('\n')}\nGive ${them} with ${names.map((name) => `--set ${name}=…`).join(' ')}`,
  )
}
