import type * as Binding from 'node-llama-cpp'

/** How long one slice of a prompt should take: what an abort has to wait for, in milliseconds. */
const SLICE_MS = 40
const FIRST_SLICE = 64
const SMALLEST_SLICE = 16

/**
 * Evaluates all but the last token of a prompt, of which the sequence may hold a beginning already. The binding cannot
 * stop within an evaluation, so it gets slices, sized by the speed of the ones before, and the signal is looked at in
 * between.
 *
 * @returns how many tokens the sequence held already
 */
export async function prefill(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
  largestSlice: number,
  options: {
    readonly signal: AbortSignal | undefined
    readonly onProgress?: ((doneTokens: number, totalTokens: number) => void) | undefined
    readonly contextShift: Binding.ContextShiftOptions | undefined
  },
): Promise<number> {
  const cached = await keepPrefix(sequence, tokens)
  const last = tokens.length - 1
  let done = cached
  let size = Math.min(FIRST_SLICE, largestSlice)
  while (done < last) {
    options.signal?.throwIfAborted()
    const slice = tokens.slice(done, Math.min(done + size, last))
    const start = performance.now()
    await sequence.evaluateWithoutGeneratingNewTokens(
      slice,
      options.contextShift ? { contextShift: options.contextShift } : undefined,
    )
    done += slice.length
    const perToken = (performance.now() - start) / slice.length
    size = Math.max(SMALLEST_SLICE, Math.min(largestSlice, Math.round(SLICE_MS / perToken), size * 4))
    if (done < last) options.onProgress?.(done, tokens.length)
  }
  options.signal?.throwIfAborted()
  return cached
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
