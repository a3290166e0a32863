import type * as Binding from 'node-llama-cpp'
import { isRecurrent, keepPrefix, markPlace, sharedPrefix } from './kept-prefix.ts'
import type { PromptPace } from './prompt-pace.ts'

/**
 * A prompt of a recurrent model gets a place to go back to so far before its end: a later one of the same conversation may
 * end this turn otherwise, as without the mark that opens a thought. To evaluate so few tokens again is no loss.
 */
const BEFORE_END = 16

export interface PrefillOptions {
  readonly largestSlice: number
  /** Undefined where nobody can abort: then each slice is a whole batch. */
  readonly pace: PromptPace | undefined
  readonly signal: AbortSignal | undefined
  readonly onProgress?: ((doneTokens: number, totalTokens: number) => void | Promise<void>) | undefined
  readonly contextShift: Binding.ContextShiftOptions | undefined
}

export interface Prefilled {
  /** How many tokens of the prompt the sequence held already. */
  readonly cached: number
  /** The end of the prompt: one slice, for the evaluation that gives the first token. */
  readonly rest: Binding.Token[]
}

/**
 * Evaluates a prompt up to its last slice, on a sequence that may hold a beginning of it already. The binding cannot
 * stop within an evaluation, so it gets slices, sized by the speed of those before, and the signal is looked at in
 * between. A prompt of one slice is not evaluated here at all: its first token costs one evaluation.
 */
export async function prefill(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
  { largestSlice, pace, signal, onProgress, contextShift }: PrefillOptions,
): Promise<Prefilled> {
  // At least one token is left to evaluate.
  const shared = Math.min(sharedPrefix(sequence, tokens), tokens.length - 1)
  const cached = await keepPrefix(sequence, shared)
  const places = isRecurrent(sequence) ? [tokens.length - BEFORE_END] : []
  // Where two prompts part, others may: of one system message, for example.
  if (isRecurrent(sequence) && shared - cached > BEFORE_END) places.push(shared)
  for (let done = cached; ; ) {
    const left = Math.min(...places.filter((place) => place > done), tokens.length) - done
    const size = pace?.slice(left, largestSlice) ?? Math.min(left, largestSlice)
    signal?.throwIfAborted()
    if (done + size === tokens.length) return { cached, rest: tokens.slice(done) }
    const start = performance.now()
    const slice = tokens.slice(done, done + size)
    await sequence.evaluateWithoutGeneratingNewTokens(slice, contextShift ? { contextShift } : undefined)
    pace?.took(size, performance.now() - start)
    done += size
    if (places.includes(done)) await markPlace(sequence)
    await onProgress?.(done, tokens.length)
  }
}
