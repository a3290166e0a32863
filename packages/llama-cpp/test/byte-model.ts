import type * as Binding from 'node-llama-cpp'

/** The tokens of a text in a vocabulary in which each byte is a token. */
export function byteTokens(text: string): Binding.Token[] {
  return [...Buffer.from(text)] as Binding.Token[]
}

/** A model of which only the vocabulary is real, and of no known kind: each byte is a token, what is no byte has no text. */
export const byteModel = {
  fileInfo: { metadata: {} },
  detokenize: (tokens: readonly number[]) =>
    Buffer.from(tokens.filter((token) => token < 256)).toString('utf8'),
} as unknown as Binding.LlamaModel
