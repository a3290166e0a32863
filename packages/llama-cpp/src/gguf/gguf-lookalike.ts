const magics: readonly (readonly [magic: string, what: string])[] = [
  ['version https://git-lfs', "it is a Git LFS pointer, not the file that it stands for. Run 'git lfs pull'"],
  [
    'PK\x03\x04',
    'it is a zip archive, perhaps a PyTorch checkpoint. Unpack it, or convert the model to GGUF',
  ],
  ['lmgg', 'it is a GGML file from before GGUF. Get the model as GGUF'],
  ['fmgg', 'it is a GGML file from before GGUF. Get the model as GGUF'],
  ['tjgg', 'it is a GGML file from before GGUF. Get the model as GGUF'],
  ['\x1f\x8b', 'it is compressed with gzip. Unpack it first'],
  ['\x28\xb5\x2f\xfd', 'it is compressed with zstd. Unpack it first'],
  ['\xfd7zXZ', 'it is compressed with xz. Unpack it first'],
  ['7z\xbc\xaf', 'it is a 7z archive. Unpack it first'],
  ['\0\0\0\0', 'it begins with zeros, as a download does that reserved its space and never came'],
]

const patterns: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^\s*<(!doctype html|html)/i, 'it is a web page. Download the file itself, not its page'],
  [/^\s*<\?xml/, 'it is XML, probably the error message of a download'],
  // Eight bytes of length come first.
  [/^[\s\S]{8}\{"/, "it looks like safetensors. Convert the model with llama.cpp's convert_hf_to_gguf.py"],
  [/^\s*[{[]/, 'it looks like JSON'],
]

/**
 * Says what a file is that should be GGUF and isn't, and what to do about it, to end a sentence with.
 *
 * @param start the first bytes of the file; 64 tell all kinds apart
 */
export function describeLookalike(start: Uint8Array): string {
  if (start.length === 0) return 'it is empty'
  // Latin-1 has one character for each byte.
  const text = Buffer.from(start).toString('latin1')
  const known =
    magics.find(([magic]) => text.startsWith(magic)) ?? patterns.find(([pattern]) => pattern.test(text))
  if (known !== undefined) return known[1]
  if (/^[\t\n\r\x20-\x7e]+$/.test(text))
    return `it is text that begins with ${JSON.stringify(text.slice(0, 24))}`
  const bytes = [...start.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0'))
  return `it begins with the bytes ${bytes.join(' ')}`
}
