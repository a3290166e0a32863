import type { JsonValue } from '@millrace/core'
import type { CallName, CallOptions, ContextCall } from '../engines/engine-calls.ts'
import type { Generation, ReplyDelta } from '../engines/request.ts'
import { RequestsUnderway, requestClosed } from '../engines/requests-underway.ts'
import { unlessAborted } from '../waiting/shared-task.ts'
import { addUp, type RecordedAnswer, replayGeneration, replayResult } from './recorded-answer.ts'
import {
  hashOf,
  isRecorded,
  type RecordedModel,
  type RecordedRequest,
  recordedRequest,
  requestOf,
} from './recorded-request.ts'
import type { Recording } from './recording-file.ts'
import type { RecordingFolder } from './recording-folder.ts'

/** Gives recorded answers: to equal requests one after the other, and the last again and again. */
export class Replayer {
  readonly #folder: RecordingFolder
  readonly #read = new Map<string, Promise<Recording>>()
  readonly #given = new Map<string, number>()

  constructor(folder: RecordingFolder) {
    this.#folder = folder
  }

  /** @throws LlamaCppError `RECORDING_MISSING`, `RECORDING_INVALID` */
  async next(request: RecordedRequest): Promise<RecordedAnswer> {
    const hash = hashOf(request)
    const place = this.#given.get(hash) ?? 0
    this.#given.set(hash, place + 1)
    const reading = this.#read.get(hash) ?? this.#folder.find(request)
    this.#read.set(hash, reading)
    try {
      const { answers } = await reading
      return answers[Math.min(place, answers.length - 1)] as RecordedAnswer
    } catch (error) {
      // It may have been recorded by the next time.
      this.#read.delete(hash)
      this.#given.delete(hash)
      throw error
    }
  }
}

/** Looks answers up. There are no slots, and nothing in them to save or load. */
export function replayingCall(replayer: Replayer, model: RecordedModel): ContextCall {
  const underway = new RequestsUnderway()
  const replay = async (name: CallName, parameters: readonly unknown[], options: CallOptions) => {
    if (name === 'dispose') return underway.close(requestClosed())
    if (!isRecorded(name)) return 0
    const request = recordedRequest(name, model, requestOf(name, parameters))
    return underway.run(options, async ({ signal, onDelta, onDone }) => {
      signal.throwIfAborted()
      const result = replayResult(await unlessAborted(replayer.next(request), [signal]))
      if (name === 'embed' || name === 'rank') {
        const all = result as readonly JsonValue[]
        for (const index of all.keys()) onDone?.(index + 1, all.length)
      }
      const isReply = name === 'chat' || name === 'complete'
      const answer = isReply ? await replayReply(result, onDelta, signal) : result
      underway.throwIfClosed()
      return answer
    })
  }
  // What a request of each kind was answered with, which JSON has come between.
  return replay as ContextCall
}

/** Emits the pieces in their order, each when the listener is done with the one before; then the whole. */
async function replayReply(
  recorded: JsonValue,
  onDelta: CallOptions['onDelta'],
  signal: AbortSignal,
): Promise<Generation> {
  const { pieces, generation } = replayGeneration(recorded)
  const emitted: ReplyDelta[] = []
  for (const piece of pieces) {
    if (signal.aborted) {
      if (emitted.length === 0) throw signal.reason
      return { ...generation, ...addUp(emitted), completionTokens: emitted.length, finishReason: 'aborted' }
    }
    emitted.push(piece)
    const heard = onDelta?.(piece)
    if (heard === undefined) continue
    await unlessAborted(heard, [signal]).catch((error) => {
      if (!signal.aborted) throw error
    })
  }
  return generation
}
