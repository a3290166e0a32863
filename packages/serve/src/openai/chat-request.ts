import type { ChatMessage, Tool } from '@millrace/core'
import type { Limits } from '../http/context.ts'
import { readTools } from './client-tools.ts'
import { Fields } from './fields.ts'
import { readMessages } from './messages.ts'
import {
  type Option,
  optionOf,
  readReasoning,
  readResponseFormat,
  readSampling,
  refuseUnsupported,
} from './options.ts'

/** How an answer is given, of chats and completions. */
export interface AnswerStyle {
  readonly model: string
  readonly isStream: boolean
  /** Whether a stream ends with the usage. */
  readonly includesUsage: boolean
  /** How many answers. */
  readonly count: number
  readonly hasLogprobs: boolean
}

/** A chat that a client asks for. */
export interface ChatRequest extends AnswerStyle {
  readonly messages: readonly ChatMessage[]
  readonly options: readonly Option[]
  /** Those of the client. */
  readonly tools: readonly Tool[]
  /** The most calls in an answer. */
  readonly maxCalls: number
}

/** What is more than a server of one machine does for one request. */
const MOST_ANSWERS = 16

/**
 * Reads the body of `/v1/chat/completions`. Fields that are hints, and those that nobody knows, are left out.
 *
 * @throws ServeError `SERVE_INVALID_VALUE`, `SERVE_UNSUPPORTED`, `SERVE_TOO_LARGE`, each with the place
 */
export function readChatRequest(
  body: Readonly<Record<string, unknown>>,
  limits: Pick<Limits, 'maxMessages'>,
): ChatRequest {
  const fields = new Fields(body)
  const model = fields.text('model')
  refuseUnsupported(fields)
  const messages = readMessages(fields, limits)
  const { tools, options } = readTools(fields)
  const logprobs = readLogprobs(fields)
  return {
    ...readStyle(fields, model, logprobs.length > 0),
    messages,
    tools,
    maxCalls: fields.boolean('parallel_tool_calls') === false ? 1 : Number.POSITIVE_INFINITY,
    options: [
      ...readSampling(fields),
      ...readResponseFormat(fields),
      ...readReasoning(fields),
      ...logprobs,
      ...options,
    ],
  }
}

export function readStyle(fields: Fields, model: string, hasLogprobs: boolean): AnswerStyle {
  const isStream = fields.boolean('stream') ?? false
  return {
    model,
    isStream,
    includesUsage: isStream && (fields.within('stream_options')?.boolean('include_usage') ?? false),
    count: fields.number('n', { least: 1, most: MOST_ANSWERS, isWhole: true }) ?? 1,
    hasLogprobs,
  }
}

function readLogprobs(fields: Fields): Option[] {
  const top = fields.number('top_logprobs', { least: 0, most: 20, isWhole: true })
  const isAsked = fields.boolean('logprobs') ?? false
  if (!isAsked && top !== undefined && top > 0) {
    throw fields.wrong('top_logprobs', "needs 'logprobs': true")
  }
  if (!isAsked) return []
  return [
    { name: 'logprobs', field: 'logprobs', value: true },
    ...optionOf('topLogprobs', 'top_logprobs', top),
  ]
}
