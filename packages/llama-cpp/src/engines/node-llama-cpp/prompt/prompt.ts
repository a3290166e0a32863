import type * as Binding from 'node-llama-cpp'
import type { ReplyFormat } from '../../../chat/reply-format.ts'
import { type PromptText, type TokenizeOptions, tokenizePrompt } from '../tokenizing.ts'

/** A text as the model sees it, and what ends the reply. */
export interface Prompt {
  readonly tokens: readonly Binding.Token[]
  /** Token sequences that the template ends an answer with. They are not part of it. */
  readonly stopSequences: readonly (readonly Binding.Token[])[]
  /** Texts that the template ends an answer with. */
  readonly stopTexts: readonly string[]
  /** Whether what ends an answer ends a thought, too, and so does not stop one. */
  readonly endsThoughts?: boolean
  /** How calls and thoughts are written in the reply; undefined where it is nothing but text. */
  readonly format?: ReplyFormat
}

/**
 * Tokens of the pieces of a text, each for itself; with what models expect in front of all.
 *
 * @throws LlamaCppError `CONTEXT_OVERFLOW` where they are more than there may be
 */
export async function promptTokens(
  pieces: readonly string[],
  model: Binding.LlamaModel,
  options: TokenizeOptions,
): Promise<Binding.Token[]> {
  const texts = pieces.map((text, index): PromptText => {
    return { text, special: true, trim: index === 0 ? undefined : 'trimLeadingSpace' }
  })
  const tokens = (await tokenizePrompt(model, texts, options)).flat()
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
}
