import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { BatchOptions, RankingContext, TextScore } from '../../engine.ts'
import { overlong } from '../../overlong.ts'
import { TextSlots } from '../../text-slots.ts'
import { engineFailure } from '../failures.ts'
import { isLong, tokenize } from '../tokenizing.ts'

type Tokens = Binding.Token[]

/** Several contexts of the binding as one, as for embeddings. */
export class NodeRankingContext implements RankingContext {
  readonly contextSize: number
  readonly #model: Binding.LlamaModel
  readonly #contexts: readonly Binding.LlamaRankingContext[]
  readonly #slots: TextSlots<Binding.LlamaRankingContext>

  constructor(
    model: Binding.LlamaModel,
    contexts: readonly Binding.LlamaRankingContext[],
    contextSize: number,
  ) {
    this.contextSize = contextSize
    this.#model = model
    this.#contexts = contexts
    this.#slots = new TextSlots(contexts)
  }

  async rank(query: string, texts: readonly string[], options: BatchOptions): Promise<readonly TextScore[]> {
    const asked = await this.#tokenize(query, options)
    return this.#slots.map(texts, options, (slot, text) => this.#score(slot, asked, text, options))
  }

  async dispose(): Promise<void> {
    await this.#slots.close()
    await Promise.all(this.#contexts.map((context) => context.dispose()))
  }

  async #score(
    slot: Binding.LlamaRankingContext,
    query: Tokens,
    text: string,
    options: BatchOptions,
  ): Promise<TextScore> {
    const all = await this.#tokenize(text, options)
    const total = slot.calculateInputLength(query, all)
    const truncated = total > this.contextSize
    if (truncated && !options.truncate)
      throw overlong('The query with a text', total, this.contextSize, isLong(text))
    const tokens = truncated ? all.slice(0, this.#room(slot, query, all, total)) : all
    try {
      const score = await slot.rank(query, tokens)
      return { score, tokens: slot.calculateInputLength(query, tokens), truncated }
    } catch (cause) {
      throw engineFailure(cause)
    }
  }

  /** How many tokens of a text fit beside the query. The template of a model may show the text more than once. */
  #room(slot: Binding.LlamaRankingContext, query: Tokens, text: Tokens, total: number): number {
    const around = slot.calculateInputLength(query, [])
    const room = Math.floor(((this.contextSize - around) * text.length) / (total - around))
    if (room > 0) return room
    throw new LlamaCppError(
      'CONTEXT_OVERFLOW',
      `The query takes ${around} tokens with what the model puts around it, and the context holds ${this.contextSize}: no text fits beside it. Shorten the query, or raise nCtx and nBatch.`,
      { actual: around, expected: this.contextSize },
    )
  }

  #tokenize(text: string, { signal }: BatchOptions): Promise<Tokens> {
    return tokenize(this.#model, text, false, 'trimLeadingSpace', { signal, most: this.contextSize })
  }
}
