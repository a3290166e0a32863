import { open } from 'node:fs/promises'
import { readText } from './gguf-metadata.ts'
import { GgufReader } from './gguf-reader.ts'
import { ARRAY, STRING, skipValues } from './skip-values.ts'

const INT32 = 5

/** What a token is for: 2 the unknown, 3 control. What users defined (4) is read in any text, by every tokenizer. */
const CONTROLLING: readonly number[] = [2, 3]

/** llama.cpp takes these for control tokens, whatever the file says of them. */
const LOOKS_CONTROLLING =
  /^(<\|[^|]*\|>|<｜[^｜]*｜>|<\/?s>|<(end|start)_of_\w+>|<(eos|bos|eot|EOT|EOD|PAD|MID|PRE|SUF)>|_<EOT>|\[(EOT|EOS|PAD)\])$/

/**
 * The texts of a model's control tokens, such as `<|im_end|>`. llama.cpp, asked to read control tokens in a prompt,
 * reads them wherever they stand.
 */
export async function readControlTokens(path: string): Promise<string[]> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const reader = new GgufReader(handle, path, size)
    await reader.load(24)
    reader.skip(16)
    const { tokens, types } = await readVocabulary(reader, reader.uint64())
    return tokens.filter((token, id) => CONTROLLING.includes(types[id] ?? 1) || LOOKS_CONTROLLING.test(token))
  } finally {
    await handle.close()
  }
}

interface Vocabulary {
  readonly tokens: readonly string[]
  readonly types: readonly number[]
}

async function readVocabulary(reader: GgufReader, count: number): Promise<Vocabulary> {
  reader.expectItems(count, 13)
  let tokens: string[] = []
  let types: number[] = []
  for (let index = 0; index < count; index += 1) {
    const key = await readText(reader)
    await reader.load(4)
    const type = reader.uint32()
    if (type === ARRAY) {
      await reader.load(12)
      const elementType = reader.uint32()
      const length = reader.uint64()
      if (key === 'tokenizer.ggml.tokens' && elementType === STRING) tokens = await readTexts(reader, length)
      else if (key === 'tokenizer.ggml.token_type' && elementType === INT32)
        types = await readNumbers(reader, length)
      else await skipValues(reader, elementType, length)
    } else await skipValues(reader, type, 1)
  }
  return { tokens, types }
}

async function readTexts(reader: GgufReader, count: number): Promise<string[]> {
  reader.expectItems(count, 8)
  const texts: string[] = []
  for (let index = 0; index < count; index += 1) {
    if (!reader.has(8)) await reader.load(8)
    const length = reader.uint64()
    if (!reader.has(length)) await reader.load(length)
    texts.push(reader.text(length))
  }
  return texts
}

async function readNumbers(reader: GgufReader, count: number): Promise<number[]> {
  reader.expectItems(count, 4)
  const numbers: number[] = []
  for (let index = 0; index < count; index += 1) {
    if (!reader.has(4)) await reader.load(4)
    numbers.push(reader.uint32())
  }
  return numbers
}
