import type { JsonObject, JsonValue, Question, Tool } from '@millrace/core'
import type { PendingCall } from '../tools/pending-calls.ts'
import {
  type ApprovalPolicy,
  type AskedCall,
  approvalQuestion,
  fingerprintOf,
  NOT_THE_ONE,
  needsApproval,
  readDecision,
} from './approvals.ts'
import { canonicalJson } from './call-history.ts'

/** The calls of one step, and what was asked and said about them. */
export interface StepCalls {
  readonly calls: readonly PendingCall[]
  /** The tools that were offered. */
  readonly tools: readonly Tool[]
  /** Calls that are not run whatever is said about them, by place: what they are answered with. */
  readonly refusals: Readonly<Record<string, string>>
  readonly asked: readonly AskedCall[]
  readonly answers: Readonly<Record<string, JsonValue>>
}

/**
 * The questions that a step has to ask, by the policy as it is now; undefined where it has none. What was answered already is
 * asked again together with the rest: nothing of the step has been run.
 */
export async function whatToAsk(
  { calls, tools, refusals, asked }: StepCalls,
  policy: ApprovalPolicy,
  step: number,
): Promise<{ readonly questions: readonly Question[]; readonly asked: readonly AskedCall[] } | undefined> {
  const candidates = calls.flatMap((pending, index) => {
    const tool = toolOf(pending, tools)
    const isRun = tool !== undefined && pending.malformed === undefined && refusals[index] === undefined
    return isRun ? [{ index, call: pending.call, tool }] : []
  })
  const wasAsked = (index: number) => asked.some((one) => one.index === index)
  const isNew = ({ index, call }: (typeof candidates)[number]) =>
    !wasAsked(index) && needsApproval(policy, call.name)
  if (!candidates.some(isNew)) return undefined
  const questions: Question[] = []
  const asking: AskedCall[] = []
  for (const candidate of candidates) {
    const { index, call, tool } = candidate
    if (!isNew(candidate) && !wasAsked(index)) continue
    const taken = questions.map(({ id }) => id)
    const question = approvalQuestion(call, tool, step, taken)
    questions.push(question)
    asking.push({ index, question: question.id, fingerprint: await fingerprintOf(call, tool) })
  }
  return { questions, asked: asking }
}

export interface DecidedCalls {
  /** All calls of the step, those with other arguments and those that are refused among them. */
  readonly calls: readonly PendingCall[]
  /** The arguments that a person gave. */
  readonly edited: ReadonlyMap<PendingCall, JsonObject>
}

/** What the answers make of the calls of a step. */
export async function decideCalls({
  calls,
  tools,
  refusals,
  asked,
  answers,
}: StepCalls): Promise<DecidedCalls> {
  const edited = new Map<PendingCall, JsonObject>()
  const decided: PendingCall[] = []
  for (const [index, pending] of calls.entries()) {
    const refusal = refusals[index]
    const question = asked.find((one) => one.index === index)
    if (refusal !== undefined) decided.push({ ...pending, refusal })
    else if (question === undefined) decided.push(pending)
    else {
      const decision = readDecision(answers[question.question])
      const tool = toolOf(pending, tools)
      // A tool that is gone since is not the one that was asked about.
      const isSame = tool !== undefined && question.fingerprint === (await fingerprintOf(pending.call, tool))
      if (decision.kind === 'refused') decided.push({ ...pending, refusal: decision.text })
      else if (!isSame) decided.push({ ...pending, refusal: NOT_THE_ONE })
      else if (decision.kind === 'approved' || isUnchanged(pending, decision.arguments)) decided.push(pending)
      else {
        const changed = { ...pending, call: { ...pending.call, arguments: decision.arguments } }
        edited.set(changed, decision.arguments)
        decided.push(changed)
      }
    }
  }
  return { calls: decided, edited }
}

function isUnchanged({ call }: PendingCall, edited: JsonObject): boolean {
  return canonicalJson(call.arguments) === canonicalJson(edited)
}

function toolOf({ call }: PendingCall, tools: readonly Tool[]): Tool | undefined {
  return tools.find(({ name }) => name === call.name)
}
