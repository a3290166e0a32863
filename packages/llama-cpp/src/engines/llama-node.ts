import { messageOf } from '@millrace/core/component'
import { chooseTemplate } from '../chat/choose-template.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { readControlTokens } from '../gguf/control-tokens.ts'
import { checkGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import type { ContextSpec, Engine, LoadingOptions, ModelContext, Weights, WeightsSpec } from './engine.ts'
import { type Device, findDevice } from './llama-node/device.ts'
import { notLoaded, onlyTheOther } from './llama-node/failures.ts'
import { nativeLoad, stepTokens } from './llama-node/load-options.ts'
import { type Binding, loadBinding, type NativeModel } from './llama-node/native.ts'
import { type ContextChat, OpenContext } from './llama-node/open-context.ts'
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
    const controlTexts = await readControlTokens(spec.modelPath)
    const device = await findDevice(binding, spec.nGpuLayers)
    signal?.throwIfAborted()
    onProgress?.(1)
    return {
      bytes: header.fileBytes,
      trainedContext: trainedContext(header),
      ...device,
      open: (context, options) => open(binding, { spec, header, controlTexts, device }, context, options),
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
  readonly controlTexts: readonly string[]
  readonly device: Device
}

async function open(
  binding: Binding,
  file: CheckedFile,
  context: ContextSpec,
  { signal, onProgress }: LoadingOptions,
): Promise<ModelContext> {
  const { spec, header, device } = file
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
  const chat = await contextChat(native, file, context.chatTemplate)
  return new OpenContext(native, new PlainText(file.controlTexts), chat, contextSize, context.slots)
}

/** The binding renders templates without any bound: what it reads is rendered here. */
async function contextChat(
  { ctx }: NativeModel,
  { spec: { modelPath }, header: { values }, controlTexts }: CheckedFile,
  given: string | undefined,
): Promise<ContextChat> {
  const text = async (key: string) => {
    const id = values[`tokenizer.ggml.${key}_token_id`]
    return typeof id === 'number' ? ctx.detokenize([id]) : ''
  }
  const names = { bos: await text('bos'), eos: await text('eos') }
  const templates = await readChatTemplates(modelPath)
  const [own, toolUse] = ['', '.tool_use'].map((name) => templates[`tokenizer.chat_template${name}`])
  const template = chooseTemplate({ given, own, toolUse, controlTexts, names, path: modelPath })
  const { tokens: always } = await ctx.tokenize('')
  return { template, bos: always.length > 0 ? names.bos : '' }
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
