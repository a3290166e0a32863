import type { JsonObject, JsonValue, Question, Tool, ToolCall, ToolCallResult } from '@millrace/core'
import { isJsonObject, shorten } from '@millrace/core/component'
import { canonicalJson } from './call-history.ts'

/** Which calls wait for a person. */
export type ApprovalPolicy = 'never' | 'always' | { readonly tools: readonly string[] }

/** A call that a question was asked about, as the state of the pause keeps it. */
export type AskedCall = {
  /** Which of the calls of the step it is. */
  readonly index: number
  /** The id of the question. */
  readonly question: string
  /** What the answer is bound to. */
  readonly fingerprint: string
}

/** What a person said to a call. */
export type Decision =
  | { readonly kind: 'approved' }
  | { readonly kind: 'edited'; readonly arguments: JsonObject }
  | { readonly kind: 'refused'; readonly text: string }

export function needsApproval(policy: ApprovalPolicy, name: string): boolean {
  return policy === 'always' || (policy !== 'never' && policy.tools.includes(name))
}

const LONGEST_PROMPT = 2000

/** @param taken ids of the other questions of the pause */
export function approvalQuestion(
  { id, name, arguments: args }: ToolCall,
  { description }: Tool,
  step: number,
  taken: readonly string[],
): Question {
  const wanted = id === undefined || id === '' ? name : id
  let distinct = wanted
  for (let number = 2; taken.includes(distinct); number++) distinct = `${wanted}-${number}`
  return {
    id: distinct,
    kind: 'approval',
    prompt: `Run ${name} with ${shorten(JSON.stringify(args), LONGEST_PROMPT)}?`,
    data: { tool: name, arguments: args, description, step },
  }
}

/** Anything but a clear yes is a no. */
export function readDecision(answer: JsonValue | undefined): Decision {
  if (answer === 'approve') return { kind: 'approved' }
  if (answer === 'reject')
    return { kind: 'refused', text: 'A person did not approve this call. It was not run.' }
  if (isJsonObject(answer) && Object.keys(answer).length === 1) {
    const { reject, arguments: edited } = answer as {
      readonly reject?: unknown
      readonly arguments?: unknown
    }
    if (isJsonObject(edited)) return { kind: 'edited', arguments: edited }
    if (reject === '') return readDecision('reject')
    if (typeof reject === 'string') {
      return {
        kind: 'refused',
        text: `A person did not approve this call, which was not run. The reason: ${reject}`,
      }
    }
  }
  return {
    kind: 'refused',
    text: 'This call was not run: the answer to the question about it was not one of "approve", "reject", { "reject": "reason" } and { "arguments": { … } }.',
  }
}

export const NOT_THE_ONE =
  'This call was not run: it, or the tool, is not the one that a person was asked about.'

/** What an answer is bound to: the call, and what the person was shown of the tool. */
export async function fingerprintOf(
  { name, arguments: args }: ToolCall,
  { description, parameters }: Tool,
): Promise<string> {
  const text = canonicalJson([name, args, description, parameters])
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The result of a call whose arguments a person has changed, with a note for the model behind it. */
export function withEditNote(result: ToolCallResult, edited: JsonObject): ToolCallResult {
  const note = `(A person changed the arguments of this call to ${JSON.stringify(edited)}.)`
  const given = result.result
  return {
    ...result,
    result: typeof given === 'string' ? `${given}\n${note}` : [...given, { type: 'text', text: note }],
  }
}
