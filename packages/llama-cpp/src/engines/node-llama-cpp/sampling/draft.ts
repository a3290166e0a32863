import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import type { ContextSpec, DraftSpec } from '../../engine.ts'
import { threadsFor, type WithThreads } from '../../threads.ts'
import { contextFailure, loadFailure } from '../failures.ts'
import { checkpointOptions } from '../kept-prefix.ts'
import { prefill } from '../prefill.ts'
import { PromptPace } from '../prompt-pace.ts'
import { vocabularyOf } from '../reply/token-bytes.ts'
import type { Drafts } from './drafted-tokens.ts'
import { guardSampling } from './native-sampling.ts'
import { lookUp } from './prompt-lookup.ts'

/** A draft model that is less sure of a token than this does not guess on: a wrong guess costs an evaluation. */
const LEAST_CONFIDENCE = 0.6
/** How many tokens at the end a vocabulary may have more than that of its draft, as in llama.cpp: padding. */
const MOST_PADDING = 128

/** Where all slots of a context get their guesses. */
export interface DraftSource {
  /** The guesses of one slot. */
  of(sequence: Binding.LlamaContextSequence): Drafts
  dispose(): Promise<void>
}

export interface DraftSetting {
  readonly binding: typeof Binding
  readonly llama: Binding.Llama
  /** The model whose tokens are guessed. */
  readonly model: Binding.LlamaModel
  readonly contextSize: number
  readonly nGpuLayers: number
  readonly signal: AbortSignal | undefined
}

/**
 * Opens what guesses; a draft model is loaded, and freed with it.
 *
 * @throws LlamaCppError `MODEL_UNSUPPORTED` for a draft model with another vocabulary, and what loading a model throws
 */
export async function openDrafts(
  draft: DraftSpec,
  spec: WithThreads<Pick<ContextSpec, 'slots' | 'nBatch' | 'flashAttn'>>,
  setting: DraftSetting,
): Promise<DraftSource> {
  if (draft.kind === 'promptLookup') return lookupSource(draft)
  const model = await loadDraftModel(draft.path, setting)
  try {
    checkVocabulary(draft.path, model, setting.model)
  } catch (error) {
    await model.dispose()
    throw error
  }
  const contextSize = setting.contextSize + draft.numPredTokens
  try {
    const context = await model.createContext({
      contextSize,
      batchSize: Math.min(spec.nBatch, contextSize) * spec.slots,
      sequences: spec.slots,
      threads: threadsFor(model.size, spec.nThreads),
      flashAttention: spec.flashAttn,
      failedCreationRemedy: false,
    })
    guardSampling(context)
    return new ModelSource(model, context, draft.numPredTokens, Math.min(spec.nBatch, contextSize))
  } catch (cause) {
    // Not waited for: see LoadedWeights.
    void model.dispose()
    throw contextFailure(cause, contextSize, spec.slots, [], setting.binding)
  }
}

function lookupSource({
  maxNgramSize,
  numPredTokens,
}: Extract<DraftSpec, { kind: 'promptLookup' }>): DraftSource {
  return {
    of: () => ({ guess: async (tokens) => lookUp(tokens, maxNgramSize, numPredTokens) }),
    dispose: async () => {},
  }
}

async function loadDraftModel(
  path: string,
  { binding, llama, nGpuLayers, signal }: DraftSetting,
): Promise<Binding.LlamaModel> {
  try {
    return await llama.loadModel({
      modelPath: path,
      gpuLayers: nGpuLayers === -1 ? 'max' : nGpuLayers,
      ...(signal ? { loadSignal: signal } : {}),
    })
  } catch (cause) {
    if (signal?.aborted) throw signal.reason
    throw await loadFailure(cause, path, [], binding)
  }
}

/** A guess is the number of a token: it must mean the same to both models. */
function checkVocabulary(path: string, draft: Binding.LlamaModel, target: Binding.LlamaModel): void {
  const [ours, theirs] = [vocabularyOf(target), vocabularyOf(draft)]
  const shared = Math.min(ours.pieces.length, theirs.pieces.length)
  const different =
    ours.kind !== theirs.kind
      ? `is of the kind '${theirs.kind}', not '${ours.kind}'`
      : Math.abs(ours.pieces.length - theirs.pieces.length) > MOST_PADDING
        ? `has ${theirs.pieces.length} tokens, not ${ours.pieces.length}`
        : differentToken(ours.pieces, theirs.pieces, shared)
  if (different === undefined) return
  throw new LlamaCppError(
    'MODEL_UNSUPPORTED',
    `The draft model '${path}' cannot guess for this model: its vocabulary ${different}. Use a smaller model of the same family, or modelKwargs.draftModel: 'promptLookup'.`,
    { path, option: 'modelKwargs.draftModel', engine: 'node-llama-cpp' },
  )
}

function differentToken(
  ours: readonly string[],
  theirs: readonly string[],
  shared: number,
): string | undefined {
  for (let token = 0; token < shared; token++) {
    if (ours[token] === theirs[token]) continue
    return `has ${JSON.stringify(theirs[token])} as token ${token}, not ${JSON.stringify(ours[token])}`
  }
  return undefined
}

class ModelSource implements DraftSource {
  readonly #model: Binding.LlamaModel
  readonly #context: Binding.LlamaContext
  readonly #numPredTokens: number
  readonly #batchSize: number
  readonly #pace = new PromptPace()
  readonly #drafts = new Map<Binding.LlamaContextSequence, Drafts>()

  constructor(
    model: Binding.LlamaModel,
    context: Binding.LlamaContext,
    numPredTokens: number,
    batchSize: number,
  ) {
    this.#model = model
    this.#context = context
    this.#numPredTokens = numPredTokens
    this.#batchSize = batchSize
  }

  of(sequence: Binding.LlamaContextSequence): Drafts {
    const present = this.#drafts.get(sequence)
    if (present) return present
    const own = this.#context.getSequence({ checkpoints: checkpointOptions })
    const drafts: Drafts = { guess: (tokens, signal) => this.#guess(own, tokens, signal) }
    this.#drafts.set(sequence, drafts)
    return drafts
  }

  async dispose(): Promise<void> {
    await this.#context.dispose()
    await this.#model.dispose()
  }

  /** The likeliest tokens of the draft model, as long as it is sure of them. */
  async #guess(
    own: Binding.LlamaContextSequence,
    tokens: readonly Binding.Token[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Binding.Token[]> {
    const { rest } = await prefill(own, tokens, {
      largestSlice: this.#batchSize,
      pace: signal && this.#pace,
      signal,
      contextShift: undefined,
    })
    const generateNext = { token: true, confidence: true, options: { temperature: 0 } }
    const guesses: Binding.Token[] = []
    for (let pending = rest; guesses.length < this.#numPredTokens; ) {
      const last = pending.length - 1
      const outputs = await own.controlledEvaluate(
        pending.map((token, index) => (index < last ? token : [token, { generateNext }])),
      )
      const { token, confidence = 0 } = outputs[last]?.next ?? {}
      if (token === undefined || token === null || confidence < LEAST_CONFIDENCE) break
      guesses.push(token)
      pending = [token]
    }
    return guesses
  }
}
