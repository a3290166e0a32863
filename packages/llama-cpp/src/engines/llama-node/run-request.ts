import { openEnd } from '../../chat/match-pieces.ts'
import { LlamaCppError } from '../../errors.ts'
import { unlessAborted } from '../../waiting/shared-task.ts'
import { ReplyDeltas, type ReplyDeltasOptions } from '../reply-deltas.ts'
import type { Generation, ReplyDelta, RequestOptions } from '../request.ts'
import type { NativeContext, NativeResult } from './native.ts'

/** How many more tokens the binding waits for at most, so that no character is cut. */
const CHARACTER_TOKENS = 3

export interface QueuedRequest extends ReplyDeltasOptions {
  readonly options: NativeOptions
  readonly promptTokens: number
  readonly thought: ThoughtLimit | undefined
}

export interface NativeOptions {
  readonly prompt: string
  readonly n_predict: number
}

/** How long a thought may become, and how the reply goes on when it is ended here. */
export interface ThoughtLimit {
  readonly tokens: number
  /** The mark that ends it, and what is written to end it. */
  readonly end: string
  readonly close: string
  /** What holds for the reply from there on. */
  readonly options: object
}

/** How the native side ended: with a result, or because it was cancelled: by the caller, or for what the reply became. */
type End = NativeResult | 'aborted' | 'ended' | 'overthought'

/**
 * Evaluates a request in the queue of the binding. That does not wait for listeners: deltas that a listener is not
 * ready for wait here, in their order.
 *
 * The binding ends a thought that is too long by itself, if it knows the tokens that it began with. A model may write them
 * otherwise: then the request is asked again, with the thought so far and its end.
 */
export async function runRequest(
  native: NativeContext,
  request: QueuedRequest,
  { signal, onDelta }: Pick<RequestOptions, 'signal' | 'onDelta'>,
): Promise<Omit<Generation, 'queueMs'>> {
  const deltas = new DeltaQueue(onDelta)
  const reply = new ReplyDeltas(request)
  const send = (pieces: readonly ReplyDelta[]) => {
    for (const delta of pieces) deltas.send(delta)
  }
  const start = performance.now()
  let firstToken = 0
  let count = 0
  let written = ''
  const { options, thought } = request
  const evaluate = (asked: object) =>
    new Promise<End>((resolve, reject) => {
      let thinking = 0
      let isCancelled = false
      signal?.throwIfAborted()
      const { requestId } = native.queueCompletion(asked, (error, result) => {
        if (error) return reject(error)
        // A token may be on its way here when the request is cancelled.
        if (isCancelled || signal?.aborted) return
        if (result.token === undefined) return resolve(result)
        if (count++ === 0) firstToken = performance.now()
        written += result.token
        send(reply.pushText(result.token))
        thinking = reply.thinking ? thinking + 1 : 0
        if (!reply.ended && !isOver(thinking, written, thought)) return
        isCancelled = true
        native.cancelRequest(requestId)
        resolve(reply.ended ? 'ended' : 'overthought')
      })
      const stop = () => {
        native.cancelRequest(requestId)
        resolve('aborted')
      }
      signal?.addEventListener('abort', stop, { once: true })
      deltas.onFailure = (error) => {
        native.cancelRequest(requestId)
        reject(error)
      }
    })
  let end = await evaluate(options)
  let countBefore = 0
  while (end === 'overthought' && thought) {
    countBefore = count
    written += thought.close
    send(reply.pushText(thought.close))
    const n_predict = Math.max(1, options.n_predict - count)
    end = await evaluate({ ...options, ...thought.options, prompt: options.prompt + written, n_predict })
  }
  if (end === 'aborted' && count === 0) throw signal?.reason
  if (typeof end === 'object' && !ended(end)) throw failedDecode(end)
  send(reply.endText(isCut(end)))
  await deltas.heard(signal)
  const { text, reasoning, toolCalls } = reply
  return {
    text,
    reasoning,
    toolCalls,
    logprobs: undefined,
    finishReason: reasonOf(end, toolCalls.length > 0),
    promptTokens: request.promptTokens,
    ...countsOf(end, { count, countBefore, start, firstToken }),
  }
}

/** Whether a thought goes on beyond its limit, and the binding is not ending it. */
function isOver(tokens: number, written: string, limit: ThoughtLimit | undefined): boolean {
  return limit !== undefined && tokens > limit.tokens + CHARACTER_TOKENS && openEnd(written, limit.end) === 0
}

/** A decoding that failed looks like a short reply: no text, and no reason for its end. */
function ended({ stopped_eos, stopped_limit, stopped_word, context_full }: NativeResult): boolean {
  return stopped_eos || stopped_limit || stopped_word || context_full
}

function failedDecode({ timings }: NativeResult): LlamaCppError {
  return new LlamaCppError(
    'ENGINE_FAILED',
    `Engine 'llama.node' failed during a request: llama.cpp could not evaluate it, after ${timings.predicted_n} tokens of the reply. Its log on stderr says why.`,
    { engine: 'llama.node' },
  )
}

/** Whether a limit or an abort ended the reply, and not the model. */
function isCut(end: End): boolean {
  return end === 'aborted' || (typeof end === 'object' && (end.stopped_limit || end.context_full))
}

function reasonOf(end: End, hasCalls: boolean): Generation['finishReason'] {
  if (end === 'aborted') return 'aborted'
  if (isCut(end)) return 'length'
  return hasCalls ? 'toolCalls' : 'stop'
}

function countsOf(
  end: End,
  {
    count,
    countBefore,
    ...times
  }: Readonly<Record<'count' | 'countBefore' | 'start' | 'firstToken', number>>,
): Pick<Generation, 'cachedTokens' | 'completionTokens' | 'promptMs' | 'predictedMs'> {
  if (typeof end === 'object') {
    const { timings } = end
    return {
      cachedTokens: timings.cache_n,
      completionTokens: countBefore + timings.predicted_n,
      promptMs: timings.prompt_ms,
      predictedMs: timings.predicted_ms,
    }
  }
  return {
    cachedTokens: 0,
    completionTokens: count,
    promptMs: times.firstToken - times.start,
    predictedMs: performance.now() - times.firstToken,
  }
}

/** Passes deltas on one by one, each when the listener is ready. */
class DeltaQueue {
  onFailure: (error: unknown) => void = () => undefined
  readonly #listener: RequestOptions['onDelta']
  #last: Promise<void> = Promise.resolve()

  constructor(listener: RequestOptions['onDelta']) {
    this.#listener = listener
  }

  send(delta: ReplyDelta): void {
    const listener = this.#listener
    if (!listener) return
    this.#last = this.#last.then(() => listener(delta))
    this.#last.catch((error: unknown) => this.onFailure(error))
  }

  /** Waits for the listener, but not beyond an abort: a listener that waits for that abort must not hold it up. */
  async heard(signal: AbortSignal | undefined): Promise<void> {
    if (!signal) return this.#last
    await unlessAborted(this.#last, [signal]).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
}
