import type * as Binding from 'node-llama-cpp'

/** The types of a token in a GGUF file, as far as they decide how it is written. */
const CONTROL = 3
const USER_DEFINED = 4
const BYTE = 6

/** How the vocabulary of a model writes its tokens. */
export interface Vocabulary {
  /** As the binding names it. */
  readonly kind: string
  readonly pieces: readonly string[]
  readonly types: readonly number[]
}

export function vocabularyOf(model: Binding.LlamaModel): Vocabulary {
  const ggml = model.fileInfo.metadata.tokenizer?.ggml
  return { kind: model.vocabularyType, pieces: ggml?.tokens ?? [], types: ggml?.token_type ?? [] }
}

/**
 * The UTF-8 of a token, which need not be whole characters: what the binding's own text of it loses. Undefined where
 * the vocabulary is of a kind that is not known here.
 */
export function tokenBytes(token: number, { kind, pieces, types }: Vocabulary): Uint8Array | undefined {
  const piece = pieces[token]
  if (piece === undefined) return undefined
  const type = types[token]
  if (type === CONTROL || type === USER_DEFINED) return Buffer.from(piece)
  if (kind === 'bpe') return byteLevelBytes(piece)
  if (kind !== 'spm' && kind !== 'ugm') return undefined
  const byte = type === BYTE ? /^<0x([0-9A-Fa-f]{2})>$/.exec(piece)?.[1] : undefined
  return byte === undefined
    ? Buffer.from(piece.replaceAll('\u2581', ' '))
    : Uint8Array.of(Number.parseInt(byte, 16))
}

/** Byte-level BPE writes each byte as a character: those that can be printed as themselves, the others from U+0100. */
function byteLevelBytes(piece: string): Uint8Array | undefined {
  const bytes = Array.from(piece, (character) => BYTES.get(character))
  return bytes.every((byte) => byte !== undefined) ? Uint8Array.from(bytes) : Buffer.from(piece)
}

const BYTES: ReadonlyMap<string, number> = byteCharacters()

function byteCharacters(): Map<string, number> {
  const bytes = new Map<string, number>()
  let next = 0x100
  for (let byte = 0; byte < 0x100; byte++) {
    const shown = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad)
    bytes.set(String.fromCharCode(shown ? byte : next++), byte)
  }
  return bytes
}
