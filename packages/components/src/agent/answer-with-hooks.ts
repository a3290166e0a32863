import { ToolCallResult } from '@millrace/core'
import { type Answer, type AnswerOptions, answerCall, failedCall, limited } from '../tools/answer-call.ts'
import { cutResult } from '../tools/cut-result.ts'
import type { PendingCall } from '../tools/pending-calls.ts'
import { toolResult } from '../tools/tool-result.ts'
import { type AgentHooks, type AgentMoment, checkedAnswer } from './hooks.ts'

/** One call, with the hooks before and after it. What they throw becomes the result, or is raised like a failure of the tool. */
export async function answerWithHooks(
  pending: PendingCall,
  options: AnswerOptions,
  { beforeTool, afterTool }: AgentHooks,
  moment: AgentMoment,
): Promise<Answer> {
  if (pending.refusal !== undefined || (beforeTool === undefined && afterTool === undefined)) {
    return await answerCall(pending, options)
  }
  const { maxResultCharacters: most, raiseOnFailure, signal, timeoutMs } = options
  const { call } = pending
  try {
    const hooked = <Given>(hook: 'beforeTool' | 'afterTool', ask: () => Given) =>
      limited(`The hook '${hook}' of tool '${call.name}'`, call.name, signal, timeoutMs, async () =>
        checkedAnswer(hook, await ask()),
      )
    const before = await hooked('beforeTool', () => beforeTool?.({ ...moment, call }))
    const { arguments: args = call.arguments } = before ?? {}
    const meant = { ...pending, call: { ...call, arguments: args } }
    const answer =
      before?.result === undefined
        ? await answerCall(meant, options)
        : {
            result: ToolCallResult.create({
              result: cutResult(toolResult(call.name, before.result), most),
              origin: call,
            }),
          }
    const after = await hooked('afterTool', () =>
      afterTool?.({ ...moment, call: meant.call, result: answer.result }),
    )
    const result =
      after?.result === undefined
        ? answer.result.result
        : cutResult(toolResult(call.name, after.result), most)
    // The result belongs to the call as it stands in the conversation.
    return { ...answer, result: { ...answer.result, result, origin: call } }
  } catch (error) {
    signal.throwIfAborted()
    if (raiseOnFailure) throw error
    return { result: failedCall(pending, error, most) }
  }
}
