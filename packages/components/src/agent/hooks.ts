import {
  type ChatMessage,
  type JsonObject,
  type Socket,
  type Tool,
  type ToolCall,
  type ToolCallResult,
  t,
} from '@millrace/core'
import { checkValue, formatPath } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import type { ToolState } from '../tools/tool-state.ts'

/** Where an agent is when it calls a hook. */
export interface AgentMoment {
  /** Counted from 1. */
  readonly step: number
  /** The conversation so far. */
  readonly messages: readonly ChatMessage[]
  /** May be read and written, by the rules of the schema. */
  readonly state: ToolState
  readonly signal: AbortSignal
}

// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks returns nothing.
type Given<Value> = Value | undefined | void
type MaybeLater<Value> = Given<Value> | Promise<Given<Value>>

/** Before each request to the model. What it throws fails the run. */
export type BeforeModel = (
  moment: AgentMoment & { readonly tools: readonly Tool[]; readonly generationKwargs: JsonObject },
) => MaybeLater<{
  /** The conversation from here on. */
  readonly messages?: readonly ChatMessage[]
  /** What is offered in this step. */
  readonly tools?: readonly Tool[]
  /** The options of this request. */
  readonly generationKwargs?: JsonObject
  /** Ends the run without asking, with this `exitReason`. */
  readonly stop?: string
}>

/** After each reply of the model. What it throws fails the run. */
export type AfterModel = (moment: AgentMoment & { readonly reply: ChatMessage }) => MaybeLater<{
  /** In the place of the reply. */
  readonly reply?: ChatMessage
  /** Ends the run, with this `exitReason`. Calls of the reply are not run. */
  readonly stop?: string
}>

/** Before each call that is to be run, after it was approved. What it throws becomes the result that the model reads. */
export type BeforeTool = (moment: AgentMoment & { readonly call: ToolCall }) => MaybeLater<{
  /** In the place of the arguments; checked like those. */
  readonly arguments?: JsonObject
  /** The result. The tool is not run. */
  readonly result?: ToolCallResult['result']
}>

/** After each call that was run. What it throws becomes the result that the model reads. */
export type AfterTool = (
  moment: AgentMoment & { readonly call: ToolCall; readonly result: ToolCallResult },
) => MaybeLater<{
  /** In the place of the result. */
  readonly result?: ToolCallResult['result']
}>

export interface AgentHooks {
  readonly beforeModel?: BeforeModel | undefined
  readonly afterModel?: AfterModel | undefined
  readonly beforeTool?: BeforeTool | undefined
  readonly afterTool?: AfterTool | undefined
}

const exitReason = t.optional(t.string({ minLength: 1 }))
const answers: { readonly [Hook in keyof AgentHooks]-?: Socket } = {
  beforeModel: t.object({
    messages: t.optional(t.array(t.message())),
    tools: t.optional(t.tools()),
    generationKwargs: t.optional(t.record(t.json())),
    stop: exitReason,
  }),
  afterModel: t.object({ reply: t.optional(t.message()), stop: exitReason }),
  beforeTool: t.object({ arguments: t.optional(t.record(t.json())), result: t.optional(t.unknown()) }),
  afterTool: t.object({ result: t.optional(t.unknown()) }),
}

/**
 * What a hook returned, checked: a misspelt key would be ignored otherwise.
 *
 * @throws ComponentsError `AGENT_HOOK_INVALID`
 */
export function checkedAnswer<Value>(hook: keyof AgentHooks, answer: Value): Value {
  if (answer === undefined) return answer
  const [problem] = checkValue(answers[hook], answer)
  if (problem === undefined) return checkedRole(hook, answer)
  const place = formatPath(problem.path)
  throw new ComponentsError(
    'AGENT_HOOK_INVALID',
    `The hook '${hook}' returned something that it may not: ${place === '' ? '' : `${place}: `}${problem.message}`,
    { option: hook },
  )
}

function checkedRole<Value>(hook: keyof AgentHooks, answer: Value): Value {
  const { reply } = answer as { readonly reply?: ChatMessage }
  if (reply === undefined || reply.role === 'assistant') return answer
  throw new ComponentsError(
    'AGENT_HOOK_INVALID',
    `The hook '${hook}' returned a reply of the role '${reply.role}'. A reply is a message of the assistant.`,
    { option: hook },
  )
}
