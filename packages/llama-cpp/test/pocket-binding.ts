import * as binding from 'node-llama-cpp'
import { pocketPath } from './pocket.ts'

export interface PocketBinding {
  readonly binding: typeof binding
  readonly llama: binding.Llama
  readonly model: binding.LlamaModel
  readonly context: binding.LlamaContext
  dispose(): Promise<void>
}

/** The pocket model on the bare binding, for tests of what stands between it and the engine. */
export async function openPocket(sequences = 1): Promise<PocketBinding> {
  const llama = await binding.getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: binding.LlamaLogLevel.error,
  })
  const model = await llama.loadModel({ modelPath: pocketPath })
  const context = await model.createContext({
    contextSize: 512,
    sequences,
    threads: 1,
    flashAttention: false,
  })
  return { binding, llama, model, context, dispose: () => llama.dispose() }
}
