import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { Sampling } from '../../request.ts'

/** Our sampling options as the binding's, all of them said: its defaults are others. */
export function evaluateOptions(
  sampling: Sampling,
  recentTokens: () => Binding.Token[],
  binding: typeof Binding,
  model: Binding.LlamaModel,
): Binding.SequenceEvaluateOptions {
  const plain = sampling.temperature < 0
  const bias = tokenBias(sampling.logitBias, binding, model)
  return {
    temperature: plain ? 1 : sampling.temperature,
    topK: plain ? 0 : sampling.topK,
    topP: plain ? 1 : sampling.topP,
    minP: plain ? 0 : sampling.minP,
    seed: sampling.seed,
    ...(penalizes(sampling)
      ? {
          repeatPenalty: {
            punishTokens: recentTokens,
            maxPunishTokens: sampling.penaltyWindow,
            penalty: sampling.repeatPenalty,
            frequencyPenalty: sampling.frequencyPenalty,
            presencePenalty: sampling.presencePenalty,
          },
        }
      : {}),
    ...(bias ? { tokenBias: bias } : {}),
  }
}

function penalizes({ repeatPenalty, frequencyPenalty, presencePenalty }: Sampling): boolean {
  return repeatPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0
}

function tokenBias(
  logitBias: Sampling['logitBias'],
  binding: typeof Binding,
  model: Binding.LlamaModel,
): Binding.TokenBias | undefined {
  const entries = Object.entries(logitBias)
  if (entries.length === 0) return undefined
  const bias = binding.TokenBias.for(model)
  for (const [key, logit] of entries) bias.set(biasedToken(key, model), { logit })
  return bias
}

/** The binding passes over tokens that end a reply, and llama.cpp reads beyond the vocabulary: both are errors here. */
function biasedToken(key: string, model: Binding.LlamaModel): Binding.Token {
  const option = 'generationKwargs.logitBias'
  const size = model.fileInfo.metadata.tokenizer?.ggml?.tokens?.length ?? 0
  const token = Number(key) as Binding.Token
  if (!/^[0-9]+$/.test(key) || token >= size) {
    const message = `Option '${option}' has the key '${key}', which is no token id: those of this model go from 0 to ${size - 1}.`
    throw new LlamaCppError('OPTION_INVALID', message, { option })
  }
  if (model.isEogToken(token)) {
    const message = `Option '${option}' has the key '${key}', a token that ends a reply; engine 'node-llama-cpp' gives those no bias.`
    throw new LlamaCppError('OPTION_UNSUPPORTED', message, { option, engine: 'node-llama-cpp' })
  }
  return token
}
