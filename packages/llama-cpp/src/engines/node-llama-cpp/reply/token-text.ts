import type * as Binding from 'node-llama-cpp'
import { DetokenizedText } from './detokenized-text.ts'
import { tokenBytes, type Vocabulary, vocabularyOf } from './token-bytes.ts'

/** The types of the tokens in a GGUF file that are no text, and of those that its maker added. */
const UNKNOWN = 2
const CONTROL = 3
const USER_DEFINED = 4
const NONE: ReadonlySet<Binding.Token> = new Set()

/** What each token of a model writes. Read from the vocabulary once, when it is first met. */
export class TokenTexts {
  readonly #model: Binding.LlamaModel
  readonly #vocabulary: Vocabulary
  /** Bytes where they are no whole characters. */
  readonly #known: (string | Uint8Array)[] = []

  constructor(model: Binding.LlamaModel) {
    this.#model = model
    this.#vocabulary = vocabularyOf(model)
  }

  /** Whether the vocabulary is of a kind whose tokens can be read one by one. */
  get known(): boolean {
    return tokenBytes(0, this.#vocabulary) !== undefined
  }

  /** Control tokens write nothing, but for those in the set. */
  of(token: Binding.Token, shown: ReadonlySet<Binding.Token>): string | Uint8Array {
    const known = this.#known[token]
    if (known !== undefined && (known !== '' || shown.size === 0)) return known
    if (shown.has(token)) return this.#vocabulary.pieces[token] ?? ''
    const text = this.#isControl(token) ? '' : wholeText(tokenBytes(token, this.#vocabulary))
    this.#known[token] = text
    return text
  }

  /** Whether a token is nothing but white space. */
  isBlank(token: Binding.Token): boolean {
    const text = this.of(token, NONE)
    return typeof text === 'string' && text !== '' && text.trim() === ''
  }

  #isControl(token: Binding.Token): boolean {
    const type = this.#vocabulary.types[token]
    if (type === CONTROL || type === UNKNOWN) return true
    return type === USER_DEFINED && this.#model.isSpecialToken(token)
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function wholeText(bytes: Uint8Array = new Uint8Array()): string | Uint8Array {
  try {
    return strict.decode(bytes)
  } catch {
    return bytes
  }
}

/** Turns tokens into text as they come; holds back the bytes of a character that is not complete yet. */
export interface TokenText {
  push(token: Binding.Token): string
  /** What is left at the end, complete or not. */
  end(): string
}

export function tokenText(
  model: Binding.LlamaModel,
  texts: TokenTexts,
  prompt: readonly Binding.Token[],
  shown: ReadonlySet<Binding.Token> = NONE,
): TokenText {
  return texts.known ? new DecodedText(texts, shown) : new DetokenizedText(model, prompt)
}

class DecodedText implements TokenText {
  readonly #texts: TokenTexts
  readonly #shown: ReadonlySet<Binding.Token>
  /** Set while bytes wait for others. */
  #decoder: InstanceType<typeof TextDecoder> | undefined

  constructor(texts: TokenTexts, shown: ReadonlySet<Binding.Token>) {
    this.#texts = texts
    this.#shown = shown
  }

  push(token: Binding.Token): string {
    const text = this.#texts.of(token, this.#shown)
    if (typeof text !== 'string') {
      this.#decoder ??= new TextDecoder('utf-8', { ignoreBOM: true })
      return this.#decoder.decode(text, { stream: true })
    }
    // A token without text leaves what waits as it is.
    return this.#decoder && text !== '' ? this.end() + text : text
  }

  end(): string {
    const left = this.#decoder?.decode() ?? ''
    this.#decoder = undefined
    return left
  }
}
