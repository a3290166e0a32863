import type { CallFormat } from './call-format.ts'
import { type CallIdForm, newCallId } from './call-ids.ts'
import { CallReader } from './call-reader.ts'
import type { ReasoningRequest, ToolChoice, ToolDescription } from './chat-request.ts'
import { ReplyParts } from './reply-parts.ts'
import type { AnswerMarks } from './thoughts.ts'

/** How the reply to a prompt is written. */
export interface ReplyFormat {
  readonly calls: CallFormat
  /** Whether the reply ends behind its first call. */
  readonly oneCall: boolean
  readonly ids: CallIdForm
  readonly answer: AnswerMarks
  /** Whether the prompt ends within a thought. */
  readonly thoughtOpen: boolean
}

/** What of a request decides how its reply is read. */
export interface ReadRequest {
  readonly tools?: readonly ToolDescription[]
  readonly toolChoice?: ToolChoice
  readonly reasoning?: Pick<ReasoningRequest, 'format'>
}

/** What reads a reply; nothing where it can only be text. `marks` are all texts that must not be lost from it. */
export function replyParts(
  { calls: format, oneCall, ids, answer, thoughtOpen }: ReplyFormat,
  { tools = [], toolChoice = 'none', reasoning }: ReadRequest,
): { readonly parts?: ReplyParts; readonly calls?: CallReader; readonly marks?: string } {
  const mayCall = tools.length > 0 && toolChoice !== 'none'
  const calls = mayCall ? new CallReader(format, tools, () => newCallId(ids)) : undefined
  const { thought, leads, breaks } = answer
  if (!calls && !thought && leads.length === 0) return {}
  const { open, call, between, close, reads = [], values } = format
  const own = calls ? [open, call, between, close, ...reads, ...Object.values(values)] : []
  const thoughtsAsText = reasoning?.format === 'text'
  return {
    parts: new ReplyParts({ ...answer, calls, oneCall, thoughtOpen, thoughtsAsText }),
    ...(calls ? { calls } : {}),
    marks: [thought?.start, thought?.end, ...leads, ...breaks, ...own].join(''),
  }
}
