import { LlamaCppError } from '../../errors.ts'
import type { Sampling } from '../request.ts'
import { onlyTheOther } from './failures.ts'

/**
 * Our sampling options as the binding's, all of them said. Left alone it would draw with XTC and DRY on, at a
 * temperature of 0 too; `typical_p` is what it reads, where its types say `typ_p`.
 */
export function samplingOptions(sampling: Sampling): object {
  if (Object.keys(sampling.logitBias).length > 0) {
    throw onlyTheOther('generationKwargs.logitBias', 'its binding does not apply it')
  }
  if (sampling.repeatPenalty <= 0) {
    const message = `Option 'generationKwargs.repeatPenalty' is ${sampling.repeatPenalty}; llama.cpp divides by it. Give a number above 0; 1 is off.`
    throw new LlamaCppError('OPTION_INVALID', message, { option: 'generationKwargs.repeatPenalty' })
  }
  const plain = sampling.temperature < 0
  return {
    temperature: plain ? 1 : sampling.temperature,
    top_k: plain ? 0 : Math.max(0, sampling.topK),
    top_p: plain ? 1 : sampling.topP,
    min_p: plain ? 0 : sampling.minP,
    typical_p: plain ? 1 : sampling.typicalP,
    mirostat: plain ? 0 : sampling.mirostatMode,
    mirostat_tau: sampling.mirostatTau,
    mirostat_eta: sampling.mirostatEta,
    seed: sampling.seed,
    penalty_last_n: sampling.penaltyWindow,
    penalty_repeat: sampling.repeatPenalty,
    penalty_freq: sampling.frequencyPenalty,
    penalty_present: sampling.presencePenalty,
    xtc_probability: 0,
    xtc_threshold: 0.5,
    dry_multiplier: 0,
    top_n_sigma: -1,
    n_probs: 0,
    n_keep: 0,
    ignore_eos: false,
  }
}
