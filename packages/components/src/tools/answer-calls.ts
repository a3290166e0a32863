import type { RunContext, ToolCallResult } from '@millrace/core'
import { setMaxListeners } from '#platform'
import { type Answer, type AnswerOptions, answerCall, failedCall } from './answer-call.ts'
import type { PendingCall } from './pending-calls.ts'
import type { ResultStream } from './result-stream.ts'
import { runLimited } from './run-limited.ts'
import { inOrderOfState, writeState } from './tool-state.ts'

export interface AnswerCallsOptions extends Omit<AnswerOptions, 'signal' | 'run'> {
  readonly maxConcurrency: number
  /** Gets each result as soon as it and all before it are there. */
  readonly stream: ResultStream
  /** Called in the place of `answerCall`, which it calls. */
  readonly around?: ((pending: PendingCall, options: AnswerOptions) => Promise<Answer>) | undefined
}

/**
 * Runs the calls of one step, several at once, those that read state after those that write it. State is written in the
 * order in which results stream.
 *
 * @returns the results, in the order of the calls
 * @throws what `answerCall` throws; the other calls are aborted then
 */
export async function answerCalls(
  calls: readonly PendingCall[],
  context: RunContext,
  { maxConcurrency, stream, around, ...shared }: AnswerCallsOptions,
): Promise<readonly ToolCallResult[]> {
  // Aborts with the run, and when a call fails that fails the run. Each call that runs listens to it.
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  const onAbort = () => stop.abort(context.signal.reason)
  context.signal.addEventListener('abort', onAbort)
  const options: AnswerOptions = { ...shared, signal: stop.signal, run: context }
  const { state, tools, raiseOnFailure, maxResultCharacters } = options
  const toolOf = ({ call }: PendingCall) => tools.find(({ name }) => name === call.name)
  const results: ToolCallResult[] = []
  const answer = (pending: PendingCall) =>
    around === undefined ? answerCall(pending, options) : around(pending, options)

  const finish = (pending: PendingCall, { result, returned }: Answer): ToolCallResult => {
    const tool = toolOf(pending)
    if (state === undefined || tool === undefined || returned === undefined) return result
    try {
      writeState(state, tool, returned)
      return result
    } catch (error) {
      if (raiseOnFailure) throw error
      return failedCall(pending, error, maxResultCharacters)
    }
  }

  try {
    context.signal.throwIfAborted()
    for (const group of inOrderOfState(calls, toolOf)) {
      await runLimited(group, maxConcurrency, answer, (answered, index) => {
        const pending = group[index] as PendingCall
        const place = calls.indexOf(pending)
        results[place] = finish(pending, answered)
        stream.result(results[place], place)
      })
    }
    await stream.end(calls.length)
    return results
  } catch (error) {
    stop.abort(error)
    throw error
  } finally {
    context.signal.removeEventListener('abort', onAbort)
  }
}
