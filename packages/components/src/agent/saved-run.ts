import { type JsonValue, t, type ValueOf } from '@millrace/core'
import { checkValue, formatPath } from '@millrace/core/component'
import { ComponentsError } from '../errors.ts'
import { usageSocket } from './usage.ts'

const savedRun = t.object({
  messages: t.array(t.message()),
  step: t.integer({ minimum: 1 }),
  usage: usageSocket,
  history: t.array(t.string()),
  state: t.record(t.json()),
  /** The calls of the last message that wait for an answer. */
  asked: t.array(t.object({ index: t.integer(), question: t.string(), fingerprint: t.string() })),
  /** Results of calls of the last message that are not run whatever the answers are, by place. */
  refusals: t.record(t.string()),
  isLast: t.boolean(),
  /** The names of the tools of the step. */
  offered: t.array(t.string()),
})

/** An agent that waits for approvals, as the snapshot has it. */
export type SavedRun = ValueOf<typeof savedRun>

/** @throws ComponentsError `AGENT_INVALID` for what is not the state of an agent: a snapshot that was changed by hand */
export function readSavedRun(value: JsonValue | undefined): SavedRun {
  const [problem] = checkValue(savedRun, value)
  if (problem === undefined) return value as unknown as SavedRun
  throw new ComponentsError(
    'AGENT_INVALID',
    `What the snapshot has is not the state of an agent: ${formatPath(['state', ...problem.path])}: ${problem.message}`,
  )
}
