import type { EngineWarning } from '../engines/engine.ts'
import { checkGgufHeader } from '../gguf/gguf-header.ts'
import { unusualHeader } from '../gguf/unusual-header.ts'
import { splitParts } from '../model-file/model-split.ts'
import type { LoadOptions } from '../options/options.ts'

interface LoadedFiles {
  readonly modelPath: string
  readonly loraPath?: string | undefined
  readonly draftPath?: string | undefined
}

/** What is said about a model that goes into a process of its own although nobody chose that. */
export function unusualWarning(risk: string): EngineWarning {
  const message = `${risk} It is loaded in a child process, which llama.cpp may end; with isolation: none in this one.`
  return { code: 'MODEL_UNUSUAL', message }
}

/**
 * Why to load these files could end the process, as a sentence about one of them; undefined where they are like those
 * of all models.
 */
export async function riskOf(files: LoadedFiles, load: LoadOptions): Promise<string | undefined> {
  const { modelPath, loraPath, draftPath } = files
  return (
    about(modelPath, await unusualHeader(splitParts(modelPath), load.kvOverrides)) ??
    (draftPath === undefined ? undefined : about(draftPath, await unusualHeader(splitParts(draftPath)))) ??
    (loraPath === undefined ? undefined : about(loraPath, await unusualAdapter(loraPath)))
  )
}

function about(path: string, reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : `'${path}' is unlike other files of its kind: ${reason}.`
}

async function unusualAdapter(path: string): Promise<string | undefined> {
  const { values, tensors } = await checkGgufHeader(path)
  if (values['general.type'] !== 'adapter' || values['adapter.type'] !== 'lora')
    return 'it does not say that it is a LoRA'
  const other = tensors.find(({ name, shape }) => !/\.lora_[ab]$/.test(name) || shape.length !== 2)
  return other === undefined ? undefined : `its tensor '${other.name}' is not one of a LoRA`
}
