import type * as Binding from 'node-llama-cpp'
import type { PromptPace } from './prompt-pace.ts'

export interface PrefillOptions {
  readonly largestSlice: number
  readonly pace: PromptPace
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
  const cached = await keepPrefix(sequence, tokens)
  let done = cached
  for (let size = pace.slice(largestSlice); tokens.length - done > size; size = pace.slice(largestSlice)) {
    signal?.throwIfAborted()
    const start = performance.now()
    const slice = tokens.slice(done, done + size)
    await sequence.evaluateWithoutGeneratingNewTokens(slice, contextShift ? { contextShift } : undefined)
    pace.took(size, performance.now() - start)
    done += size
    await onProgress?.(done, tokens.length)
  }
  signal?.throwIfAborted()
  return { cached, rest: tokens.slice(done) }
}

/** Drops what the sequence holds beyond its common beginning with the prompt; at least one token is left to evaluate. */
async function keepPrefix(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
): Promise<number> {
  const shared = Math.min(sharedPrefix(sequence, tokens), tokens.length - 1)
  if (shared < sequence.nextTokenIndex) {
    if (shared <= 0) await sequence.clearHistory()
    else await sequence.eraseContextTokenRanges([{ start: shared, end: sequence.nextTokenIndex }])
  }
  return sequence.nextTokenIndex
}

/** How many tokens the sequence and the prompt have in common at their beginning. */
export function sharedPrefix(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
): number {
  if (sequence.nextTokenIndex === 0) return 0
  return sequence.compareContextTokens(tokens as Binding.Token[]).firstDifferentIndex
}
