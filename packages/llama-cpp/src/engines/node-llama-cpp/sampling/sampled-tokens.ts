import type * as Binding from 'node-llama-cpp'
import type { TokenLogprob } from '../../request.ts'
import { keepPrefix, markPlace } from '../kept-prefix.ts'
import { type Drafts, draftedTokens, noToken } from './drafted-tokens.ts'
import { type Distribution, LikelyTokens } from './likely-tokens.ts'

export interface SampledToken {
  readonly token: Binding.Token
  /** Where log probabilities were asked for. */
  readonly logprob?: TokenLogprob
}

export interface SampledTokensSetting {
  readonly model: Binding.LlamaModel
  /** How many alternatives; undefined for no log probabilities. */
  readonly logprobs: number | undefined
  /** Guesses at the tokens to come. They are left out where they could change which tokens come. */
  readonly drafts?: Drafts | undefined
  readonly signal?: AbortSignal | undefined
}

/** Takes the logits as they are, but for the temperature: a power of two, so that no bit of them is lost. */
const RAW = { temperature: 8, topK: 0, topP: 1, minP: 0, seed: 0 } as const

/**
 * Evaluates the tokens behind what the sequence holds, and samples what follows, until the model ends or the caller
 * stops listening. Log probabilities are those of the model before any option; they do not change which tokens come.
 */
export function sampledTokens(
  sequence: Binding.LlamaContextSequence,
  tokens: Binding.Token[],
  options: Binding.SequenceEvaluateOptions,
  { model, logprobs, drafts, signal }: SampledTokensSetting,
): AsyncIterable<SampledToken> {
  if (logprobs !== undefined)
    return tokensWithLogprobs(sequence, tokens, options, new LikelyTokens(model, logprobs))
  if (drafts && isFree(options)) return draftedTokens(sequence, tokens, options, drafts, signal)
  return sequence.evaluateWithMetadata(tokens, {}, options)
}

/** Whether nothing that was sampled decides what may be sampled next, other than through the model. */
function isFree({ grammarEvaluationState, repeatPenalty }: Binding.SequenceEvaluateOptions): boolean {
  return grammarEvaluationState === undefined && repeatPenalty === undefined
}

/**
 * The binding gives probabilities only after all options, and of one evaluation only once. Where the options leave
 * them alone they are the model's own. Elsewhere each evaluation is done a second time for them: the same tokens on the
 * same state, which leaves the sequence and the sampler as they were.
 */
async function* tokensWithLogprobs(
  sequence: Binding.LlamaContextSequence,
  tokens: Binding.Token[],
  options: Binding.SequenceEvaluateOptions,
  likely: LikelyTokens,
): AsyncGenerator<SampledToken> {
  if (isFree(options) && options.temperature === 0 && options.tokenBias === undefined) {
    return yield* likeliestTokens(sequence, tokens, options, likely)
  }
  let evaluated = tokens
  await markPlace(sequence)
  for await (const { token } of sequence.evaluateWithMetadata(tokens, {}, options)) {
    const logprob = likely.describe(token, await distributionAfter(sequence, evaluated.length))
    await markPlace(sequence)
    yield { token, logprob }
    evaluated = [token]
  }
}

/** The likeliest token each time, with one evaluation for it and its probability. */
async function* likeliestTokens(
  sequence: Binding.LlamaContextSequence,
  tokens: Binding.Token[],
  { contextShift, yieldEogToken }: Binding.SequenceEvaluateOptions,
  likely: LikelyTokens,
): AsyncGenerator<SampledToken> {
  const generateNext = { token: true, probabilities: true, options: { temperature: 0 } }
  for (let evaluated = tokens; ; ) {
    const last = evaluated.length - 1
    const outputs = await sequence.controlledEvaluate(
      evaluated.map((token, index) => (index < last ? token : [token, { generateNext }])),
      contextShift ? { contextShift } : undefined,
    )
    const { token, probabilities } = outputs[last]?.next ?? {}
    if (token === undefined || token === null || probabilities === undefined) throw noToken()
    if (!yieldEogToken && sequence.model.isEogToken(token)) return
    yield { token, logprob: likely.describe(token, { probabilities, temperature: 1 }) }
    evaluated = [token]
  }
}

/** What the model expects after the tokens of a sequence, of which the last ones are evaluated again. */
async function distributionAfter(
  sequence: Binding.LlamaContextSequence,
  count: number,
): Promise<Distribution> {
  const held = sequence.contextTokens
  const again = held.slice(await keepPrefix(sequence, held.length - count))
  const [distribution] = await distributions(sequence, again, again.length - 1)
  return distribution as Distribution
}

/** Evaluates the tokens, and gives what the model expects after each from the index on. */
export async function distributions(
  sequence: Binding.LlamaContextSequence,
  tokens: readonly Binding.Token[],
  from = 0,
  contextShift?: Binding.ContextShiftOptions,
): Promise<Distribution[]> {
  const input = tokens.map(
    (token, index): Binding.ControlledEvaluateInputItem =>
      index < from ? token : [token, { generateNext: { probabilities: true, options: RAW } }],
  )
  const outputs = await sequence.controlledEvaluate(input, contextShift ? { contextShift } : undefined)
  return outputs.slice(from).map((output) => {
    const probabilities = output?.next.probabilities
    if (probabilities === undefined) throw noToken()
    return { probabilities, temperature: RAW.temperature }
  })
}
