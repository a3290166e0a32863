import type { JsonValue } from '@millrace/core'
import type { CallName, CallOptions, ContextCall } from '../engines/engine-calls.ts'
import type { Generation, ReplyDelta } from '../engines/request.ts'
import {
  type RecordedAnswer,
  recordError,
  recordedCallId,
  recordGeneration,
  replayGeneration,
} from './recorded-answer.ts'
import {
  hashOf,
  isRecorded,
  type RecordedModel,
  type RecordedRequest,
  recordedRequest,
  requestOf,
} from './recorded-request.ts'
import { writeRecording } from './recording-file.ts'
import type { RecordingFolder } from './recording-folder.ts'

interface AskedBefore {
  /** In the order in which they were asked; undefined where there is no answer yet, or none to keep. */
  readonly answers: (RecordedAnswer | undefined)[]
  writing: Promise<void>
}

/** Writes answers down. What was in a file before the first answer of this process is replaced. */
export class Recorder {
  readonly #folder: RecordingFolder
  readonly #asked = new Map<string, AskedBefore>()

  constructor(folder: RecordingFolder) {
    this.#folder = folder
  }

  /**
   * Records what comes of the work; what may well not come again it leaves out.
   *
   * @param write what of the result is written down, if anything: by default all of it
   */
  async record<Result>(
    request: RecordedRequest,
    work: () => Promise<Result>,
    write: (result: Result) => unknown = (result) => result,
  ): Promise<Result> {
    const record = this.#begin(request)
    let result: Result
    try {
      result = await work()
    } catch (error) {
      const answer = recordError(error)
      if (answer) await record(answer)
      throw error
    }
    const written = write(result)
    // All that an engine gives is data.
    if (written !== undefined) await record({ result: written as JsonValue })
    return result
  }

  /** Takes the place of an answer among those to equal requests. The function that comes back fills it. */
  #begin(request: RecordedRequest): (answer: RecordedAnswer) => Promise<void> {
    const hash = hashOf(request)
    const asked = this.#asked.get(hash) ?? { answers: [], writing: Promise.resolve() }
    this.#asked.set(hash, asked)
    const place = asked.answers.push(undefined) - 1
    return (answer) => {
      asked.answers[place] = answer
      const path = this.#folder.fileOf(request)
      const write = () => writeRecording(path, request, withoutRepeats(asked.answers))
      // One after the other, also after one that failed.
      asked.writing = asked.writing.then(write, write)
      return asked.writing
    }
  }
}

/** The last answer is given again and again, so it need not be there more than once. */
function withoutRepeats(answers: readonly (RecordedAnswer | undefined)[]): RecordedAnswer[] {
  const given = answers.filter((answer) => answer !== undefined)
  const texts = given.map((answer) => JSON.stringify(answer))
  let end = given.length
  while (end > 1 && texts[end - 1] === texts[end - 2]) end--
  return given.slice(0, end)
}

/** Asks what it is asked, and records the answers. */
export function recordingCall(call: ContextCall, recorder: Recorder, model: RecordedModel): ContextCall {
  const record = async (name: CallName, parameters: readonly unknown[], options: CallOptions) => {
    const asking = (listening: CallOptions) => call(name, parameters as never, listening)
    if (!isRecorded(name)) return asking(options)
    const request = recordedRequest(name, model, requestOf(name, parameters))
    if (name !== 'chat' && name !== 'complete') return recorder.record(request, () => asking(options))
    return recordReply(recorder, request, options, asking as (options: CallOptions) => Promise<Generation>)
  }
  return record as ContextCall
}

/** Gives what a replay will give, but for the times: so the calls have the ids that they will have then. */
async function recordReply(
  recorder: Recorder,
  request: RecordedRequest,
  options: CallOptions,
  asking: (options: CallOptions) => Promise<Generation>,
): Promise<Generation> {
  const hash = hashOf(request)
  const pieces: ReplyDelta[] = []
  const onDelta = (delta: ReplyDelta) => {
    const piece =
      delta.kind === 'toolCall' && delta.id !== undefined
        ? { ...delta, id: recordedCallId(hash, delta.index) }
        : delta
    pieces.push(piece)
    return options.onDelta?.(piece)
  }
  const live = await recorder.record(
    request,
    async () => {
      const generation = await asking({ ...options, onDelta })
      const toolCalls = generation.toolCalls.map((call, index) => ({
        ...call,
        id: recordedCallId(hash, index),
      }))
      return { ...generation, toolCalls }
    },
    // Where it was stopped depends on who stopped it.
    (generation) =>
      generation.finishReason === 'aborted' ? undefined : recordGeneration(pieces, generation),
  )
  if (live.finishReason === 'aborted') return live
  const { cachedTokens, queueMs, promptMs, predictedMs } = live
  const replayed = replayGeneration(recordGeneration(pieces, live) as unknown as JsonValue).generation
  return { ...replayed, cachedTokens, queueMs, promptMs, predictedMs }
}
