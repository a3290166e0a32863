import type * as Binding from 'node-llama-cpp'
import { keepPrefix, markPlace } from '../kept-prefix.ts'

/** Where the guesses of one slot come from. */
export interface Drafts {
  /** What may follow the tokens, as far as there is a guess. Rejects with the reason of the signal when it aborts. */
  guess(tokens: readonly Binding.Token[], signal: AbortSignal | undefined): Promise<readonly Binding.Token[]>
}

/**
 * Samples as `evaluateWithMetadata` does, and checks guesses at the tokens to come in the same evaluation: each place
 * is sampled by itself, and the guesses count as far as they are what was sampled. The binding can do this by itself,
 * but takes one guess of an evaluation at most, and none of several is free.
 *
 * Only for options in which no token depends on those before other than through the model.
 */
export async function* draftedTokens(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
  options: Binding.SequenceEvaluateOptions,
  drafts: Drafts,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly token: Binding.Token }> {
  // The end of a prompt is evaluated as it would be without guesses.
  let pending = tokens
  let guesses: readonly Binding.Token[] = []
  for (let round = 0; ; round++) {
    const sampled = await sampleAfter(sequence, pending, guesses, options, round)
    let given = 0
    try {
      for (const token of sampled) {
        given++
        if (!options.yieldEogToken && sequence.model.isEogToken(token)) return
        yield { token }
      }
      given++
    } finally {
      // Whoever stops listening goes on from the token that came last, which the sequence does not hold yet.
      await forget(sequence, sampled.length - given)
    }
    pending = sampled.slice(-1)
    guesses = await fittingGuesses(sequence, pending, drafts, signal)
  }
}

/** The tokens that follow: at least one, and one more for each guess that came true. Leaves no wrong guess behind. */
async function sampleAfter(
  sequence: Binding.LlamaContextSequence,
  pending: readonly Binding.Token[],
  guesses: readonly Binding.Token[],
  options: Binding.SequenceEvaluateOptions,
  round: number,
): Promise<Binding.Token[]> {
  const { temperature, topK, topP, minP, seed, tokenBias, contextShift } = options
  // Each evaluation has a sampler of its own: with one seed, all would draw the same number.
  const given = { temperature, topK, topP, minP, tokenBias, seed: ((seed ?? 0) + round) % 2 ** 32 }
  const known = Object.entries(given).filter(([, value]) => value !== undefined)
  const generateNext = { token: true, options: Object.fromEntries(known) }
  const last = pending.length - 1
  if (guesses.length > 0) await markPlace(sequence)
  const outputs = await sequence.controlledEvaluate(
    [...pending, ...guesses].map((token, index) => (index < last ? token : [token, { generateNext }])),
    contextShift ? { contextShift } : undefined,
  )
  const sampled: Binding.Token[] = []
  for (let index = 0; index <= guesses.length; index++) {
    const token = outputs[last + index]?.next.token
    if (token === undefined || token === null) break
    sampled.push(token)
    if (token !== guesses[index]) break
  }
  if (sampled.length === 0) throw noToken()
  await forget(sequence, guesses.length - (sampled.length - 1))
  return sampled
}

/** The native sampling failed, or left no token that may follow. */
export function noToken(): Error {
  return new RangeError('no token could be sampled')
}

async function forget(sequence: Binding.LlamaContextSequence, count: number): Promise<void> {
  if (count <= 0) return
  const held = sequence.contextTokens.slice(0, -count)
  const lost = held.slice(await keepPrefix(sequence, held.length))
  if (lost.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(lost)
}

/** Guesses that leave the context as it is: a shift for the sake of a guess would forget what is certain. */
async function fittingGuesses(
  sequence: Binding.LlamaContextSequence,
  pending: readonly Binding.Token[],
  drafts: Drafts,
  signal: AbortSignal | undefined,
): Promise<readonly Binding.Token[]> {
  const free = sequence.contextSize - 1 - sequence.nextTokenIndex - pending.length
  if (free <= 0) return []
  try {
    const guesses = await drafts.guess([...sequence.contextTokens, ...pending], signal)
    return guesses.slice(0, free)
  } catch (error) {
    // Whoever listens stops at the next token, which needs no guess.
    if (signal?.aborted) return []
    throw error
  }
}
