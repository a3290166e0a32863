import type * as Binding from 'node-llama-cpp'

type Sequence = Binding.LlamaContextSequence

/**
 * What a sequence keeps of its states. None are taken by the binding on its own: their number of each sequence is one
 * that its memory can bear, and where it fails to take one nobody is told.
 */
export const checkpointOptions = { max: 2, interval: false } as const

/** How many tokens the checkpoints of a sequence hold, in their order. */
const checkpoints = new WeakMap<Sequence, readonly number[]>()

/** How many tokens the sequence and the prompt have in common at their beginning. */
export function sharedPrefix(sequence: Sequence, tokens: readonly Binding.Token[]): number {
  if (sequence.nextTokenIndex === 0) return 0
  return sequence.compareContextTokens(tokens as Binding.Token[]).firstDifferentIndex
}

/**
 * To how many of its first tokens, at most so many, a sequence can go back without evaluating any of them. All of them,
 * where a model keeps keys and values of all tokens. One with sliding windows can as long as the whole window before
 * that place is there; one with recurrent states to a checkpoint alone.
 */
export function reusable(sequence: Sequence, length: number): number {
  if (length >= sequence.nextTokenIndex) return sequence.nextTokenIndex
  if (length <= 0) return 0
  if (!isRecurrent(sequence)) {
    const window = sequence.needsCheckpoints ? (sequence.model.fileInsights.swaSize ?? 0) : undefined
    if (window === undefined || sequence.stateCellsStartIndex <= Math.max(0, length - window)) return length
    return 0
  }
  return checkpoints.get(sequence)?.findLast((held) => held <= length) ?? 0
}

/**
 * Drops what a sequence holds beyond so many tokens, and what it can only keep by evaluating it again: the binding would
 * do that in one call, which no signal stops. Resolves with how many tokens are left.
 */
export async function keepPrefix(sequence: Sequence, length: number): Promise<number> {
  const end = sequence.nextTokenIndex
  const kept = reusable(sequence, length)
  if (kept === end) return end
  if (kept === 0) await sequence.clearHistory()
  else await sequence.eraseContextTokenRanges([{ start: kept, end }])
  checkpoints.set(sequence, checkpoints.get(sequence)?.filter((held) => held <= kept) ?? [])
  return sequence.nextTokenIndex
}

/** Whether going back a token takes a checkpoint. */
export function isRecurrent({ model }: Sequence): boolean {
  return model.fileInsights.isRecurrent || model.fileInsights.isHybrid
}

/** Makes what the sequence holds a place to go back to, where that takes a checkpoint. */
export async function markPlace(sequence: Sequence): Promise<void> {
  const end = sequence.nextTokenIndex
  if (!isRecurrent(sequence) || end === 0) return
  await sequence.takeCheckpoint()
  const before = checkpoints.get(sequence)?.filter((held) => held < end) ?? []
  checkpoints.set(sequence, [...before, end].slice(-checkpointOptions.max))
}
