import type * as Binding from 'node-llama-cpp'
import type { TokenLogprob } from '../../request.ts'
import { LikelyTokens } from './likely-tokens.ts'
import { distributions } from './sampled-tokens.ts'

/** Each token of a slice brings the probabilities of a whole vocabulary along. */
const SLICE = 8

export interface PromptLogprobsOptions {
  readonly model: Binding.LlamaModel
  /** How many alternatives. */
  readonly logprobs: number
  readonly signal: AbortSignal | undefined
}

/**
 * How likely each token of a prompt is behind those before it; the first is behind nothing. Whatever the sequence held
 * is evaluated anew, for what is expected behind a token is only known when that is evaluated. Leaves the sequence with
 * all of the prompt but the last token.
 */
export async function promptLogprobs(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
  { model, logprobs, signal }: PromptLogprobsOptions,
): Promise<TokenLogprob[]> {
  const likely = new LikelyTokens(model, logprobs)
  const described: TokenLogprob[] = []
  await sequence.clearHistory()
  for (let start = 0; start < tokens.length - 1; start += SLICE) {
    signal?.throwIfAborted()
    const slice = tokens.slice(start, Math.min(start + SLICE, tokens.length - 1))
    for (const [index, distribution] of (await distributions(sequence, slice)).entries()) {
      described.push(likely.describe(tokens[start + index + 1] as Binding.Token, distribution))
    }
  }
  return described
}
