import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { BatchOptions, EmbeddingContext, TextEmbedding } from '../../engine.ts'
import { overlong } from '../../overlong.ts'
import { TextSlots } from '../../text-slots.ts'
import { engineFailure } from '../failures.ts'
import { isLong, tokenize } from '../tokenizing.ts'

/**
 * Several contexts of the binding as one. Each has one sequence: the binding reads the vector of a context's first one
 * alone.
 */
export class NodeEmbeddingContext implements EmbeddingContext {
  readonly contextSize: number
  readonly dimensions: number
  readonly #model: Binding.LlamaModel
  readonly #contexts: readonly Binding.LlamaEmbeddingContext[]
  readonly #slots: TextSlots<Binding.LlamaEmbeddingContext>

  constructor(
    model: Binding.LlamaModel,
    contexts: readonly Binding.LlamaEmbeddingContext[],
    contextSize: number,
  ) {
    this.contextSize = contextSize
    this.dimensions = model.embeddingVectorSize
    this.#model = model
    this.#contexts = contexts
    this.#slots = new TextSlots(contexts)
  }

  embed(texts: readonly string[], options: BatchOptions): Promise<readonly TextEmbedding[]> {
    return this.#slots.map(texts, options, (slot, text) => this.#embed(slot, text, options))
  }

  async dispose(): Promise<void> {
    await this.#slots.close()
    await Promise.all(this.#contexts.map((context) => context.dispose()))
  }

  async #embed(
    slot: Binding.LlamaEmbeddingContext,
    text: string,
    { truncate, signal }: BatchOptions,
  ): Promise<TextEmbedding> {
    const all = await tokenize(this.#model, text, false, undefined, { signal, most: this.contextSize })
    const total = slot.calculateInputLength(all)
    // The binding puts the model's own tokens around those of a text.
    const room = this.contextSize - (total - all.length)
    const truncated = all.length > room
    if (truncated && (!truncate || room < 1)) throw overlong('A text', total, this.contextSize, isLong(text))
    const tokens = all.length === 0 ? this.#ownTokens() : all.slice(0, room)
    try {
      const { vector } = await slot.getEmbeddingFor(tokens)
      return { vector, tokens: slot.calculateInputLength(tokens), truncated }
    } catch (cause) {
      throw engineFailure(cause)
    }
  }

  /** What is evaluated for a text of which the tokenizer leaves nothing, such as white space in some models. */
  #ownTokens(): Binding.Token[] {
    const { bos, eos, sep } = this.#model.tokens
    const token = bos ?? sep ?? eos
    if (token !== null) return [token]
    throw new LlamaCppError(
      'MODEL_UNSUPPORTED',
      'A text has no tokens, and the model has none of its own to evaluate in their place. Leave the text out.',
    )
  }
}
