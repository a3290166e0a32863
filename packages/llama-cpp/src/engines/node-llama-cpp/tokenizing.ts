import { setImmediate } from 'node:timers/promises'
import type * as Binding from 'node-llama-cpp'
import { promptOverflow } from '../overlong.ts'

export interface TokenizeOptions {
  readonly signal?: AbortSignal | undefined
  /** Ends when there are more tokens than this: whoever asks needs no further ones. */
  readonly most?: number
}

/** What is tokenized in one go, in characters: about ten milliseconds. */
const PIECE = 16 * 1024
/** Before a single space between words, or behind a single line break among what is not white space. */
const CUTS = /[\p{L}\p{N},.;:](?= [\p{L}\p{N}"'])|\S\n(?=\S)/gu
/** A token that goes over such a place, with white space in the spelling of either kind of vocabulary. */
const OVER_A_CUT = /([A-Za-z0-9,.;:]|[^\0-\x7f▁ĉĊċČčĠ])[Ġ▁ ]|[Ċ\n][^\s▁ĉĊċČčĠ]/u
/** Short texts with cuts in them, which must give the same tokens in pieces. */
const PROBES: readonly (readonly [string, string])[] = [
  ['the cat', ' sat on a mat'],
  ['The end.\n', 'a new line'],
]

interface Vocabulary {
  /** The bytes of the longest token, where each token stands for bytes of the text. */
  readonly longest: number | undefined
  /** Whether a text may be cut at `CUTS`. */
  readonly isCut: boolean
}

const vocabularies = new WeakMap<Binding.LlamaModel, Vocabulary>()

/**
 * The tokens of a text. The binding tokenizes at a stretch, which takes seconds for megabytes; so a long text goes in
 * pieces, between which the process does other things and the signal is looked at. It is cut only where the tokens are
 * the same as those of the whole, and not at all where that is not certain.
 */
export async function tokenize(
  model: Binding.LlamaModel,
  text: string,
  specialTokens: boolean,
  trim: 'trimLeadingSpace' | undefined,
  { signal, most = Number.POSITIVE_INFINITY }: TokenizeOptions,
): Promise<Binding.Token[]> {
  if (!isLong(text) || !vocabularyOf(model).isCut) return model.tokenize(text, specialTokens, trim)
  const tokens: Binding.Token[] = []
  for (let start = 0; start < text.length && tokens.length <= most; ) {
    const end = cutBehind(text, start + PIECE)
    const piece = model.tokenize(
      text.slice(start, end),
      specialTokens,
      start === 0 ? trim : 'trimLeadingSpace',
    )
    for (const token of piece) tokens.push(token)
    start = end
    await setImmediate()
    signal?.throwIfAborted()
  }
  return tokens
}

/** Whether a text is more than is tokenized in one go. */
export function isLong(text: string): boolean {
  return text.length > PIECE
}

export interface PromptText {
  readonly text: string
  readonly special: boolean
  readonly trim?: 'trimLeadingSpace' | undefined
}

/**
 * The tokens of each text of a prompt.
 *
 * @throws LlamaCppError `CONTEXT_OVERFLOW` where long texts have more than there may be, if that is certain before they
 * are tokenized
 */
export async function tokenizePrompt(
  model: Binding.LlamaModel,
  texts: readonly PromptText[],
  { signal, most = Number.POSITIVE_INFINITY }: TokenizeOptions,
): Promise<readonly Binding.Token[][]> {
  const least = texts.reduce((sum, { text }) => sum + leastTokens(model, text), 0)
  if (least > most) throw promptOverflow(least, most, true)
  const all: Binding.Token[][] = []
  let count = 0
  for (const { text, special, trim } of texts) {
    const tokens = await tokenize(model, text, special, trim, { signal, most: most - count })
    count += tokens.length
    if (count > most && isLong(text)) throw promptOverflow(count, most, true)
    all.push(tokens)
  }
  return all
}

/** How many tokens a text has at least; 0 for one that is not long. */
function leastTokens(model: Binding.LlamaModel, text: string): number {
  if (!isLong(text)) return 0
  const { longest } = vocabularyOf(model)
  return longest === undefined ? 0 : Math.ceil(Buffer.byteLength(text) / longest)
}

function cutBehind(text: string, index: number): number {
  CUTS.lastIndex = index
  return CUTS.exec(text) ? CUTS.lastIndex : text.length
}

function vocabularyOf(model: Binding.LlamaModel): Vocabulary {
  const present = vocabularies.get(model)
  if (present) return present
  const { model: kind, tokens = [] } = model.fileInfo.metadata.tokenizer?.ggml ?? {}
  // Others drop white space, or put a word that they do not know into one token, however long it is.
  const isOfBytes = ['gpt2', 'llama', 'gemma4'].includes(String(kind))
  const vocabulary = {
    longest: isOfBytes
      ? tokens.reduce((most, token) => Math.max(most, Buffer.byteLength(token)), 1)
      : undefined,
    isCut:
      isOfBytes &&
      !tokens.some((token) => OVER_A_CUT.test(token)) &&
      PROBES.every((probe) => isSame(model, probe)),
  }
  vocabularies.set(model, vocabulary)
  return vocabulary
}

function isSame(model: Binding.LlamaModel, [before, after]: readonly [string, string]): boolean {
  return [true, false].every((special) => {
    const pieces = [...model.tokenize(before, special), ...model.tokenize(after, special, 'trimLeadingSpace')]
    return pieces.join() === model.tokenize(before + after, special).join()
  })
}
