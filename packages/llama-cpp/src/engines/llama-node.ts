import { chooseTemplate } from '../chat/choose-template.ts'
import { LlamaCppError } from '../errors.ts'
import { readChatTemplates } from '../gguf/chat-templates.ts'
import { readControlTokens } from '../gguf/control-tokens.ts'
import { checkGgufHeader, type GgufHeader } from '../gguf/gguf-header.ts'
import type {
  ContextSpec,
  EmbeddingContext,
  Engine,
  LoadingOptions,
  ModelContext,
  RankingContext,
  Weights,
  WeightsSpec,
} from './engine.ts'
import { loadFailure, onlyTheOther } from './llama-node/failures.ts'
import { nativeLoad, stepTokens } from './llama-node/load-options.ts'
import { type Binding, loadBinding, type NativeModel, type NativeProjector } from './llama-node/native.ts'
import { type ContextChat, OpenContext } from './llama-node/open-context.ts'
import { PlainText } from './llama-node/plain-text.ts'
import { tryLoad } from './llama-node/try-load.ts'

/**
 * The engine for images and sound, mirostat and typical sampling.
 *
 * Its binding has no weights apart from contexts: each context loads the file for itself. With `useMmap` the pages are
 * shared, except where llama.cpp repacks weights for the CPU. The binding loads in one go and blocks the process
 * meanwhile; a load is therefore tried in a child process first, which can be aborted and says why it failed.
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
    signal?.throwIfAborted()
    onProgress?.(1)
    return new FileWeights(binding, spec, header, controlTexts)
  },
}

class FileWeights implements Weights {
  readonly bytes: number
  readonly trainedContext: number
  readonly #binding: Binding
  readonly #spec: WeightsSpec
  readonly #header: GgufHeader
  readonly #controlTexts: readonly string[]
  readonly #plain: PlainText

  constructor(binding: Binding, spec: WeightsSpec, header: GgufHeader, controlTexts: readonly string[]) {
    this.bytes = header.fileBytes
    this.trainedContext = trainedContext(header)
    this.#binding = binding
    this.#spec = spec
    this.#header = header
    this.#controlTexts = controlTexts
    this.#plain = new PlainText(controlTexts)
  }

  async open(spec: ContextSpec, { signal, onProgress }: LoadingOptions): Promise<ModelContext> {
    const contextSize = spec.nCtx || this.trainedContext
    if (contextSize === 0) throw untold(this.#spec.modelPath)
    const load = nativeLoad(this.#spec, spec, contextSize)
    const files = {
      modelPath: this.#spec.modelPath,
      projectorPath: spec.projector?.path,
      contextSize,
      slots: spec.slots,
    }
    onProgress?.(0)
    await tryLoad(load, files, signal)
    const native = await this.#binding.loadModel(load.model)
    try {
      if (load.projector) initProjector(native, load.projector)
      const step = stepTokens(spec, this.#spec.nGpuLayers)
      native.ctx.enableParallelMode({ n_parallel: spec.slots, n_batch: step })
      signal?.throwIfAborted()
    } catch (cause) {
      await native.release()
      if (signal?.aborted) throw signal.reason
      throw loadFailure({ exitCode: null, signal: null, words: `error: ${String(cause)}` }, files)
    }
    onProgress?.(1)
    return new OpenContext(native, this.#plain, await this.#chat(native, spec), contextSize, spec.slots)
  }

  /** The binding renders templates without any bound: what it reads is rendered here. */
  async #chat({ ctx }: NativeModel, { chatTemplate }: ContextSpec): Promise<ContextChat> {
    const { modelPath } = this.#spec
    const { values } = this.#header
    const text = async (key: string) => {
      const id = values[`tokenizer.ggml.${key}_token_id`]
      return typeof id === 'number' ? ctx.detokenize([id]) : ''
    }
    const names = { bos: await text('bos'), eos: await text('eos') }
    const templates = await readChatTemplates(modelPath)
    const template = chooseTemplate({
      given: chatTemplate,
      own: templates['tokenizer.chat_template'],
      toolUse: templates['tokenizer.chat_template.tool_use'],
      controlTexts: this.#controlTexts,
      names,
      path: modelPath,
    })
    const { tokens: always } = await ctx.tokenize('')
    return { template, bos: always.length > 0 ? names.bos : '' }
  }

  async openEmbedding(): Promise<EmbeddingContext> {
    throw onlyTheOther('engine', 'embeddings are not asked of it')
  }

  async openRanking(): Promise<RankingContext> {
    throw onlyTheOther('engine', 'ranking is not asked of it')
  }

  /** There is nothing to free: the contexts hold everything. */
  async dispose(): Promise<void> {}
}

/** The binding tells of it with `console.log`, which belongs to whoever runs a pipeline. */
function initProjector(native: NativeModel, projector: NativeProjector): void {
  const { log } = console
  console.log = () => undefined
  try {
    native.initMultimodal(projector)
  } finally {
    console.log = log
  }
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
