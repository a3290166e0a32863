import { LlamaCppError } from '../errors.ts'
import { readControlTokens } from '../gguf/control-tokens.ts'
import { checkGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import { messageOf } from '../model-unreadable.ts'
import type { ContextSpec, Engine, LoadingOptions, ModelContext, Weights, WeightsSpec } from './engine.ts'
import { type Device, findDevice } from './llama-node/device.ts'
import { notLoaded, onlyTheOther } from './llama-node/failures.ts'
import { nativeLoad, stepTokens } from './llama-node/load-options.ts'
import { type Binding, loadBinding } from './llama-node/native.ts'
import { OpenContext } from './llama-node/open-context.ts'
import { PlainText } from './llama-node/plain-text.ts'
import { physicalCores, threadsFor } from './threads.ts'

/**
 * The engine for images and sound, mirostat and typical sampling. It runs in a child process only, see
 * `isolatedEngine`: its binding blocks the process while it loads, and a load that fails ends the process.
 *
 * The binding has no weights apart from contexts: each context loads the file for itself. With `useMmap` the pages are
 * shared, except where llama.cpp repacks weights for the CPU.
 *
 * What it cannot do is refused: see `onlyTheOther`. Prompts are not reused between requests, listeners are told of no
 * prompt progress, and a reply does not wait for them. The binding logs to stderr and, in places, to stdout.
 */
export const llamaNode: Engine = {
  name: 'llama.node',
  async load(spec: WeightsSpec, { signal, onProgress }: LoadingOptions): Promise<Weights> {
    const binding = await loadBinding()
    const header = await checkGgufHeader(spec.modelPath)
    const plain = new PlainText(await readControlTokens(spec.modelPath))
    const device = await findDevice(binding, spec.nGpuLayers)
    signal?.throwIfAborted()
    onProgress?.(1)
    return {
      bytes: header.fileBytes,
      trainedContext: trainedContext(header),
      ...device,
      open: (context, options) => open(binding, { spec, header, plain, device }, context, options),
      openEmbedding: () => Promise.reject(onlyTheOther('engine', 'it does not embed here')),
      openRanking: () => Promise.reject(onlyTheOther('engine', 'it does not rank here')),
      // There is nothing to free: the contexts hold everything.
      dispose: async () => {},
    }
  },
}

interface CheckedFile {
  readonly spec: WeightsSpec
  readonly header: GgufHeader
  readonly plain: PlainText
  readonly device: Device
}

async function open(
  binding: Binding,
  { spec, header, plain, device }: CheckedFile,
  context: ContextSpec,
  { signal, onProgress }: LoadingOptions,
): Promise<ModelContext> {
  const contextSize = context.nCtx || trainedContext(header)
  if (contextSize === 0) throw untold(spec.modelPath)
  const nThreads = context.nThreads ?? threadsFor(header.fileBytes, physicalCores(), device.device !== 'cpu')
  const { model, projector } = nativeLoad(spec, { ...context, nThreads }, contextSize)
  onProgress?.(0)
  signal?.throwIfAborted()
  const native = await binding.loadModel(model)
  try {
    if (projector) native.initMultimodal(projector)
    const step = stepTokens(context, spec.nGpuLayers)
    native.ctx.enableParallelMode({ n_parallel: context.slots, n_batch: step })
    signal?.throwIfAborted()
  } catch (cause) {
    await native.release()
    if (signal?.aborted) throw signal.reason
    throw notLoaded(projector?.path ?? spec.modelPath, messageOf(cause), cause)
  }
  onProgress?.(1)
  return new OpenContext(native, plain, contextSize, context.slots)
}

function untold(path: string): LlamaCppError {
  const message = `'${path}' does not say what context it was trained with. Set 'nCtx'.`
  return new LlamaCppError('MODEL_UNSUPPORTED', message, { path, engine: 'llama.node' })
}

/** 0 where the file does not say it. */
function trainedContext({ architecture, values }: GgufHeader): number {
  const length = values[`${architecture}.context_length`]
  return typeof length === 'number' ? length : 0
}
