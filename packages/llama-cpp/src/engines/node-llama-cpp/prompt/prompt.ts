import type * as Binding from 'node-llama-cpp'
import { promptOverflow } from '../../overlong.ts'
import { isLong, refuseOverlong, type TokenizeOptions, tokenize } from '../tokenizing.ts'
import type { ReplyFormat } from './chat-template.ts'

/** A text as the model sees it, and what ends the reply. */
export interface Prompt {
  readonly tokens: readonly Binding.Token[]
  /** Token sequences that the template ends an answer with. They are not part of it. */
  readonly stopSequences: readonly (readonly Binding.Token[])[]
  /** Texts that the template ends an answer with. */
  readonly stopTexts: readonly string[]
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
  refuseOverlong(model, pieces, options)
  const { signal, most = Number.POSITIVE_INFINITY } = options
  const tokens: Binding.Token[] = []
  for (const [index, piece] of pieces.entries()) {
    if (piece === '') continue
    const trim = index === 0 ? undefined : 'trimLeadingSpace'
    const left = most - tokens.length
    const ofPiece = await tokenize(model, piece, true, trim, { signal, most: left })
    if (ofPiece.length > left && isLong(piece))
      throw promptOverflow(tokens.length + ofPiece.length, most, true)
    for (const token of ofPiece) tokens.push(token)
  }
  return withBos(tokens, model)
}

export function withBos(tokens: Binding.Token[], model: Binding.LlamaModel): Binding.Token[] {
  const { bos, shouldPrependBosToken } = model.tokens
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens
}
