interface Lookalike {
  readonly test: RegExp
  readonly what: string
}

// Tested against the first bytes, read as Latin-1: one character for each byte.
const lookalikes: readonly Lookalike[] = [
  {
    test: /^version https:\/\/git-lfs/,
    what: "it is a Git LFS pointer, not the file that it stands for. Run 'git lfs pull'",
  },
  { test: /^\s*<(!doctype html|html)/i, what: 'it is a web page. Download the file itself, not its page' },
  { test: /^\s*<\?xml/, what: 'it is XML, probably the error message of a download' },
  {
    test: /^PK\x03\x04/,
    what: 'it is a zip archive, perhaps a PyTorch checkpoint. Unpack it, or convert the model to GGUF',
  },
  {
    test: /^[\s\S]{8}\{"/,
    what: "it looks like safetensors. Convert the model with llama.cpp's convert_hf_to_gguf.py",
  },
  { test: /^(lmgg|fmgg|tjgg|algg)/, what: 'it is a GGML file from before GGUF. Get the model as GGUF' },
  { test: /^\x1f\x8b/, what: 'it is compressed with gzip. Unpack it first' },
  { test: /^\x28\xb5\x2f\xfd/, what: 'it is compressed with zstd. Unpack it first' },
  { test: /^\xfd7zXZ/, what: 'it is compressed with xz. Unpack it first' },
  { test: /^7z\xbc\xaf/, what: 'it is a 7z archive. Unpack it first' },
  { test: /^\0+$/, what: 'it begins with zeros only, as a download does that reserved its space and never came' },
  { test: /^\s*[{[]/, what: 'it looks like JSON' },
]

/**
 * Says what a file is that should be GGUF and isn't, and what to do about it, to end a sentence with.
 *
 * @param start the first bytes of the file; 64 tell all kinds apart
 */
export function describeLookalike(start: Uint8Array): string {
  if (start.length === 0) return 'it is empty'
  const text = Buffer.from(start).toString('latin1')
  const known = lookalikes.find(({ test }) => test.test(text))
  if (known !== undefined) return known.what
  if (/^[\t\n\r\x20-\x7e]+$/.test(text)) return `it is text that begins with ${JSON.stringify(text.slice(0, 24))}`
  return `it begins with the bytes ${Buffer.from(start.subarray(0, 4)).toString('hex').replace(/..(?!$)/g, '$& ')}`
}
