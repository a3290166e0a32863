/**
 * Guesses that what followed the last tokens before will follow them again: the earliest place is taken, of the
 * longest run of last tokens that has one. So does llama-cpp-python's `LlamaPromptLookupDecoding`.
 */
export function lookUp<Token>(
  tokens: readonly Token[],
  maxNgramSize: number,
  numPredTokens: number,
): readonly Token[] {
  for (let size = Math.min(maxNgramSize, tokens.length - 1); size > 0; size--) {
    const end = tokens.length - size
    for (let start = 0; start < end; start++) {
      if (!repeats(tokens, start, end, size)) continue
      return tokens.slice(start + size, start + size + numPredTokens)
    }
  }
  return []
}

function repeats(tokens: readonly unknown[], start: number, end: number, size: number): boolean {
  for (let offset = 0; offset < size; offset++) {
    if (tokens[start + offset] !== tokens[end + offset]) return false
  }
  return true
}
