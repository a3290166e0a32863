import type { GgufReader } from './gguf-reader.ts'
import { readEntries } from './metadata-entries.ts'
import { INT32, LONGEST_NAME, STRING } from './metadata-values.ts'

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
  const { tokens, types } = await readVocabulary(path)
  return tokens.filter((token, id) => CONTROLLING.includes(types[id] ?? 1) || LOOKS_CONTROLLING.test(token))
}

/** The texts of the tokens of a model, and what each is for. Either is empty where the file has no such list. */
export async function readVocabulary(
  path: string,
): Promise<{ readonly tokens: readonly string[]; readonly types: readonly number[] }> {
  let tokens: string[] = []
  let types: number[] = []
  await readEntries(path, async ({ key, type, length }, reader) => {
    if (length === undefined) return false
    if (key === 'tokenizer.ggml.tokens' && type === STRING) tokens = await readTexts(reader, length)
    else if (key === 'tokenizer.ggml.token_type' && type === INT32) types = await readNumbers(reader, length)
    else return false
    return true
  })
  return { tokens, types }
}

async function readTexts(reader: GgufReader, count: number): Promise<string[]> {
  reader.expectItems(count)
  const texts: string[] = []
  for (let index = 0; index < count; index += 1) {
    if (!reader.has(8)) await reader.load(8)
    const length = reader.uint64()
    if (length > LONGEST_NAME) throw reader.damaged(`it has a token of ${length} bytes`)
    if (!reader.has(length)) await reader.load(length)
    texts.push(reader.text(length))
  }
  return texts
}

async function readNumbers(reader: GgufReader, count: number): Promise<number[]> {
  reader.expectItems(count)
  const numbers: number[] = []
  for (let index = 0; index < count; index += 1) {
    if (!reader.has(4)) await reader.load(4)
    numbers.push(reader.uint32())
  }
  return numbers
}
