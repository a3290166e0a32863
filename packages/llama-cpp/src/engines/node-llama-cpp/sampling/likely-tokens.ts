import type * as Binding from 'node-llama-cpp'
import type { LikelyToken, TokenLogprob } from '../../request.ts'
import { tokenBytes, type Vocabulary, vocabularyOf } from '../reply/token-bytes.ts'

/** What stands for a probability of zero, whose logarithm JSON cannot say. */
const LEAST = -9999

/** The probabilities of the whole vocabulary, likeliest first, at the temperature that they were taken at. */
export interface Distribution {
  readonly probabilities: ReadonlyMap<Binding.Token, number>
  readonly temperature: number
}

/** Says how likely tokens were: the log-softmax of the model's logits, as llama-cpp-python defines it. */
export class LikelyTokens {
  readonly #model: Binding.LlamaModel
  readonly #vocabulary: Vocabulary
  readonly #alternatives: number

  constructor(model: Binding.LlamaModel, alternatives: number) {
    this.#model = model
    this.#vocabulary = vocabularyOf(model)
    this.#alternatives = alternatives
  }

  describe(token: Binding.Token, { probabilities, temperature }: Distribution): TokenLogprob {
    const top = probabilities.values().next().value ?? 0
    // The logit less the largest one: in the temperature's power nothing is lost, in the probability much would be.
    const logit = (probability: number) => temperature * Math.log(probability / top)
    let sum = 0
    for (const probability of probabilities.values()) sum += Math.exp(logit(probability))
    const logSum = Math.log(sum)
    const describe = (each: Binding.Token, probability: number): LikelyToken => ({
      ...this.#written(each),
      logprob: Math.max(LEAST, logit(probability) - logSum),
    })
    const topLogprobs: LikelyToken[] = []
    for (const [each, probability] of probabilities) {
      if (topLogprobs.length === this.#alternatives) break
      topLogprobs.push(describe(each, probability))
    }
    return { ...describe(token, probabilities.get(token) ?? 0), topLogprobs }
  }

  #written(token: Binding.Token): Pick<LikelyToken, 'token' | 'bytes'> {
    const bytes = tokenBytes(token, this.#vocabulary)
    if (bytes) return { token: Buffer.from(bytes).toString(), bytes: [...bytes] }
    const text = this.#model.detokenize([token], true)
    return { token: text, bytes: [...Buffer.from(text)] }
  }
}
