import { ChatMessage, type Pipeline, type PipelineInput, type PipelineOutput } from '@millrace/core'
import { fitsType, listNames, takesConversation, textInputs } from '@millrace/core/component'
import { CliError } from '../errors.ts'

/** Where a conversation goes into a pipeline, and where the replies come out. */
export interface ChatSockets {
  readonly input: PipelineInput
  /** Whether it takes the conversation. Else it gets the last text alone. */
  readonly remembers: boolean
  readonly output: PipelineOutput
  /** Whether the output is the whole conversation, as that of an agent, and not what is new in it. */
  readonly isConversation: boolean
}

/**
 * Finds them by name, else by their types.
 *
 * @param given paths of the inputs that have a value already
 * @throws CliError `USAGE_INVALID` for a pipeline that one cannot talk with
 */
export function chatSockets(pipeline: Pipeline, given: ReadonlySet<string>): ChatSockets {
  const input = inputOf(pipeline, given)
  const output = outputOf(pipeline)
  return {
    ...{ input, output, remembers: takesConversation(input) },
    isConversation: output.name === 'messages' && fitsType(output.type, [ChatMessage.user('…')]),
  }
}

function inputOf(pipeline: Pipeline, given: ReadonlySet<string>): PipelineInput {
  const open = pipeline.inputs().filter(({ path }) => !given.has(path))
  const named = open.find((input) => input.name === 'messages' && takesConversation(input))
  const [only, ...others] = named === undefined ? textInputs(pipeline, given) : [named]
  if (only !== undefined && others.length === 0) return only
  const wanted = "name it under 'inputs' in the file: inputs: { messages: [llm.messages] }"
  if (only === undefined) {
    throw usage(
      `Nothing can be said to this pipeline: no open input takes messages or a text. Where there is one, ${wanted}.`,
    )
  }
  const names = [only, ...others].map(({ name }) => name)
  throw usage(
    `What is said could be for ${listNames(names)}. Give the others with --set, or say which it is and ${wanted}.`,
  )
}

const NAMES = ['messages', 'replies', 'answer', 'lastMessage', 'reply']

function outputOf(pipeline: Pipeline): PipelineOutput {
  const outputs = pipeline.outputs()
  const spoken = outputs.filter(({ type }) => isSpoken(type))
  const named = NAMES.flatMap((name) => spoken.filter((output) => output.name === name))
  const [only, ...others] = named.length > 0 ? named.slice(0, 1) : spoken
  if (only !== undefined && others.length === 0) return only
  const found =
    only === undefined
      ? 'none of its outputs is messages or a text'
      : `it could be ${listNames([only, ...others].map(({ name }) => name))}`
  throw usage(
    `It is not clear what this pipeline answers: ${found}. Its outputs: ${listNames(outputs.map(({ name }) => name))}. Name one under 'outputs' in the file: outputs: { answer: llm.replies }.`,
  )
}

const reply = ChatMessage.assistant('…')

function isSpoken(type: PipelineOutput['type']): boolean {
  if (type.kind === 'unknown' || type.kind === 'json') return false
  return [[reply], reply, '…'].some((value) => fitsType(type, value))
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
