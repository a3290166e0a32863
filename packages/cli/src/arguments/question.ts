import { ChatMessage, type ImageContent, type Pipeline, type PipelineInput } from '@millrace/core'
import { fitsType, listNames, takesConversation, textInputs } from '@millrace/core/component'
import { CliError } from '../errors.ts'
import { shortType } from '../output/reference/socket-lines.ts'
import { type Assignment, parseAssignment } from './assignment.ts'
import { readImageFile } from './read-image.ts'
import { readTextStream } from './read-text.ts'
import { quoted } from './usage-hint.ts'

type Stdin = AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean | undefined }

/** What stands behind the file, and what belongs to it, as it was written. */
export interface AskedOptions {
  readonly question?: string | undefined
  readonly system?: string | undefined
  readonly image?: readonly string[] | undefined
}

/** What a question is asked of. */
export interface Asking {
  readonly pipeline: Pipeline
  /** The file or model, as it was written. */
  readonly file: string
  readonly isModel: boolean
  /** Whether a model has what it sees with. */
  readonly sees: boolean
  /** Of `--input`. */
  readonly object: Readonly<Record<string, unknown>>
  readonly assignments: readonly Assignment[]
  readonly stdin: Stdin
  readonly signal: AbortSignal
}

/**
 * The inputs of `--input`, and with them the question, for the one input that it can be for. A model that has none yet
 * gets what is piped; `-` is that for any pipeline.
 *
 * @throws CliError `USAGE_INVALID` for a question that is missing, or of which it is not clear where it belongs;
 * `USAGE_UNREADABLE` for an image
 */
export async function withQuestion(
  asked: AskedOptions,
  asking: Asking,
): Promise<Readonly<Record<string, unknown>>> {
  const { pipeline, object, isModel } = asking
  const given = givenPaths(asking)
  const { system, image: files = [] } = asked
  let text = asked.question
  const isOpen = isModel && textInputs(pipeline, given).some(({ mandatory }) => mandatory)
  if (text === undefined && !isOpen) {
    if (system !== undefined || files.length > 0) throw aloneOptions(asked, asking)
    return object
  }
  if (text === '-' || text === undefined) text = await pipedQuestion(asking)
  else if (text.trim() === '') throw usage('The question is empty.')
  else refuseAssignment(text, asking)
  const input = inputFor(text, given, asking)
  if (isModel && !asking.sees && files.length > 0) {
    throw usage('--image needs the second file of the model, with which it sees: add --mmproj mmproj.gguf.')
  }
  const images = await Promise.all(
    files.map((file) => readImageFile(`--image ${file}`, file, '--image photo.png')),
  )
  const value = messagesOf(text, system, images)
  if (typeof value !== 'string' && !(takesConversation(input) || fitsType(input.type, value[0]))) {
    const option = system === undefined ? '--image' : '--system'
    throw usage(
      `${option} needs an input that takes messages, and '${input.name}' takes ${shortType(input.type)}.`,
    )
  }
  return withValues(pipeline, object, input, value)
}

async function pipedQuestion({ file, stdin, signal }: Asking): Promise<string> {
  const missing = `Write: millrace run ${quoted(file)} 'What is the capital of France?', or pipe the question into it.`
  if (stdin.isTTY) throw usage(`A question is missing. ${missing}`)
  const piped = (await readTextStream(stdin, signal)).replace(/\n$/, '')
  if (piped.trim() === '') throw usage(`A question is missing: the standard input is empty. ${missing}`)
  return piped
}

/** A text alone stays one, which every input for a person's words takes. */
function messagesOf(
  text: string,
  system: string | undefined,
  images: readonly ImageContent[],
): string | readonly ChatMessage[] {
  if (system === undefined && images.length === 0) return text
  return [...(system === undefined ? [] : [ChatMessage.system(system)]), ChatMessage.user([text, ...images])]
}

/** The inputs that `--input` and `--set` give, entries of objects not among them. @throws InputError for unknown ones */
export function givenPaths({
  pipeline,
  object,
  assignments,
}: Pick<Asking, 'pipeline' | 'object' | 'assignments'>): ReadonlySet<string> {
  const names = Object.fromEntries(assignments.map(({ name }) => [name, null]))
  const { inputs, problems } = pipeline.matchInputs(object)
  if (problems[0] !== undefined) throw problems[0]
  return new Set([...inputs, ...pipeline.matchInputs(names).inputs].map(({ input }) => input.path))
}

/**
 * Adds a value for an input to those that stand by component or by name: for all sockets of that name.
 */
export function withValues(
  pipeline: Pipeline,
  object: Readonly<Record<string, unknown>>,
  { name }: PipelineInput,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const nested: Record<string, Record<string, unknown>> = {}
  for (const entry of [
    ...pipeline.matchInputs(object).inputs,
    ...pipeline.matchInputs({ [name]: value }).inputs,
  ]) {
    const { component, socket } = entry.input
    nested[component] = { ...nested[component], [socket]: entry.value }
  }
  return nested
}

function inputFor(
  text: string,
  given: ReadonlySet<string>,
  { pipeline, file, assignments }: Asking,
): PipelineInput {
  const [input, ...others] = textInputs(pipeline, given)
  if (input === undefined) {
    const last = assignments.at(-1)
    const hint =
      last === undefined || last.isFile
        ? ''
        : ` A value with spaces stands in quotes: --set ${quoted(`${last.name}=${last.text} ${text}`)}`
    throw usage(`${quoted(file)} has no open input that takes a text, so that '${text}' is of no use.${hint}`)
  }
  if (others.length === 0) return input
  const names = [input, ...others].map(({ name }) => name)
  throw usage(
    `'${text}' could be for ${listNames(names)}. Say for which: --set ${quoted(`${input.name}=${text}`)}.`,
  )
}

/**
 * Refuses a question that looks like something else, before anything is loaded.
 *
 * @param set the `--set` options, as they were written
 * @throws CliError `USAGE_INVALID`
 */
export function refuseMistakes(question: string | undefined, set: readonly string[]): void {
  if (question === undefined) return
  if (/^\S+\.ya?ml$/i.test(question)) {
    throw usage(
      `'${question}' is a second file. It takes one file. Inputs are given with --set, as in --set country=France.`,
    )
  }
  const last = set.at(-1) ?? ''
  const isApart = /^[^=]+=$/.test(last) || (question.startsWith('=') && !last.includes('=') && last !== '')
  if (isApart) throw usage(`Write it without spaces around the =: --set ${quoted(last + question)}`)
}

/** `country=France`, as other programs take it. */
function refuseAssignment(text: string, { pipeline }: Asking): void {
  if (!/^[A-Za-z_][\w.-]*:?=/.test(text)) return
  const parts = parseAssignment(text).name.split('.')
  const names = parts.map((_, index) => parts.slice(0, index + 1).join('.'))
  if (!names.some((name) => pipeline.matchInputs({ [name]: null }).inputs.length > 0)) return
  throw usage(`Inputs of the pipeline are given with --set: --set ${quoted(text)}`)
}

function aloneOptions({ system }: AskedOptions, { file }: Asking): CliError {
  const option = system === undefined ? '--image' : '--system'
  return usage(
    `${option} belongs to a question. Write: millrace run ${quoted(file)} 'A question' ${option} …`,
  )
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
