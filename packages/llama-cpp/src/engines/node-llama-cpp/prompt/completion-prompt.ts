import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { CompletionRequest } from '../../request.ts'
import { type PromptText, type TokenizeOptions, tokenizePrompt } from '../tokenizing.ts'
import type { Prompt } from './prompt.ts'

/**
 * What the model reads for a completion. A text is plain text: a `<|im_end|>` in it is never a control token. Token ids
 * are taken as they are, but for the token that the model wants at the beginning.
 *
 * @throws LlamaCppError `MODEL_UNSUPPORTED` for a suffix where the model has no infill tokens, `OPTION_INVALID` for a
 * number that is no token, `CONTEXT_OVERFLOW`
 */
export async function completionPrompt(
  { prompt, suffix, suffixFirst }: Pick<CompletionRequest, 'prompt' | 'suffix' | 'suffixFirst'>,
  model: Binding.LlamaModel,
  options: TokenizeOptions,
): Promise<Prompt> {
  const texts: PromptText[] = [
    { text: typeof prompt === 'string' ? prompt : '', special: false },
    { text: suffix ?? '', special: false, trim: 'trimLeadingSpace' },
  ]
  const [written = [], after = []] = await tokenizePrompt(model, texts, options)
  const words = typeof prompt === 'string' ? written : prompt.map((id) => checkedToken(id, model))
  const tokens = suffix === undefined ? words : infillTokens(words, after, suffixFirst ?? false, model)
  return { tokens: withBeginning(tokens, model), stopSequences: [], stopTexts: [] }
}

function checkedToken(id: number, model: Binding.LlamaModel): Binding.Token {
  const size = model.fileInfo.metadata.tokenizer?.ggml?.tokens?.length ?? 0
  if (Number.isInteger(id) && id >= 0 && id < size) return id as Binding.Token
  throw new LlamaCppError(
    'OPTION_INVALID',
    `The prompt has ${id} among its token ids; those of this model go from 0 to ${size - 1}.`,
    { option: 'prompt' },
  )
}

/** A model without a middle token was made to read the suffix first, with what it continues at the end. */
function infillTokens(
  prefix: readonly Binding.Token[],
  suffix: readonly Binding.Token[],
  suffixFirst: boolean,
  model: Binding.LlamaModel,
): Binding.Token[] {
  const marks = model.tokens.infill
  if (marks.prefix === null || marks.suffix === null) {
    throw new LlamaCppError(
      'MODEL_UNSUPPORTED',
      "This model cannot fill a gap: it has no tokens for what stands before and after one. Leave 'suffix' out, or use a model made for code.",
      { option: 'generationKwargs.suffix', engine: 'node-llama-cpp' },
    )
  }
  const before = [marks.prefix, ...prefix]
  const after = [marks.suffix, ...suffix]
  if (marks.middle === null) return [...after, ...before]
  return [...(suffixFirst ? [...after, ...before] : [...before, ...after]), marks.middle]
}

/** An empty prompt still needs a token to begin with. */
function withBeginning(
  tokens: readonly Binding.Token[],
  model: Binding.LlamaModel,
): readonly Binding.Token[] {
  const { bos, shouldPrependBosToken } = model.tokens
  if (bos !== null && tokens[0] !== bos && (shouldPrependBosToken || tokens.length === 0))
    return [bos, ...tokens]
  return tokens
}
