import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { hubHint } from '@millrace/llama-cpp'

const SCHEME = /^(npm|hf|https?|file):/i
/** Files of models, also of kinds that llama.cpp does not read: what is said of them is that they are no GGUF files. */
const MODEL_FILE = /\.(gguf|ggml|safetensors|bin|pth?|onnx|llamafile)$/i
const PIPELINE_FILE = /\.ya?ml$/i

/**
 * Whether what stands in the place of a pipeline file names a model: by its scheme or its ending, by its first bytes, or,
 * where there is no such file, because it looks like a name of the Hugging Face hub.
 */
export function isModelName(written: string): boolean {
  if (written === '-' || PIPELINE_FILE.test(written)) return false
  if (SCHEME.test(written) || MODEL_FILE.test(written)) return true
  const stats = statSync(written, { throwIfNoEntry: false })
  if (stats !== undefined) return stats.isFile() && beginsAsGguf(written)
  return hubHint(written) !== '' && /gguf|:/i.test(written)
}

function beginsAsGguf(path: string): boolean {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const bytes = Buffer.alloc(4)
    readSync(file, bytes)
    return bytes.toString('latin1') === 'GGUF'
  } catch {
    return false
  } finally {
    if (file !== undefined) closeSync(file)
  }
}
