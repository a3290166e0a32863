import type { JsonValue } from '@millrace/core'
import type { ContextSpec, EmbeddingSpec, Engine, LoadingOptions, Weights, WeightsSpec } from '../engine.ts'
import { nodeLlamaCpp } from '../node-llama-cpp.ts'
import { replayResult } from './recorded-answer.ts'
import { recordedModelName, recordedOptions, recordedRequest } from './recorded-request.ts'
import { Recorder } from './recorder.ts'
import {
  type RecordedModel,
  RecordingEmbeddingContext,
  RecordingModelContext,
  RecordingRankingContext,
  recorded,
} from './recording-contexts.ts'
import { RecordingFolder } from './recording-folder.ts'
import { Replayer } from './replayer.ts'
import {
  type ReplayedModel,
  ReplayingEmbeddingContext,
  ReplayingModelContext,
  ReplayingRankingContext,
} from './replaying-contexts.ts'

export interface RecordedEngineOptions {
  /** Where the recordings are, one file for each request; relative to the working directory. Meant to be committed. */
  readonly folder: string
  /**
   * `record` asks the engine and writes its answers down; `replay` answers from the folder, and needs neither the
   * engine nor the files of models.
   * @defaultValue `'replay'`
   */
  readonly mode?: 'record' | 'replay'
  /**
   * Whose answers they are.
   * @defaultValue node-llama-cpp
   */
  readonly engine?: Engine
}

/**
 * An engine whose answers were recorded, for tests of pipelines without weights: give it to a component as the second
 * parameter of its constructor. Equal requests get their answers in the order of recording, and the last one again
 * after that. A request is equal when all is equal that can change an answer: seeds count only where one was chosen.
 *
 * @throws LlamaCppError from what a component then does: `RECORDING_MISSING` for a request, or a model, that was not
 * recorded; `RECORDING_INVALID` for a file that no recording wrote
 * @example
 * const engine = recordedEngine({ folder: 'test/recordings' })
 * const generator = new LlamaCppChatGenerator({ model: 'qwen3-0.6b.gguf' }, engine)
 */
export function recordedEngine({
  folder,
  mode = 'replay',
  engine = nodeLlamaCpp,
}: RecordedEngineOptions): Engine {
  const recordings = new RecordingFolder(folder)
  if (mode === 'replay') {
    const replayer = new Replayer(recordings)
    return {
      name: engine.name,
      needsFiles: false,
      load: async (spec) => new ReplayingWeights(replayer, spec),
    }
  }
  const recorder = new Recorder(recordings)
  return {
    ...(engine.needsFiles === undefined ? {} : { needsFiles: engine.needsFiles }),
    name: engine.name,
    load: async (spec, options) => new RecordingWeights(recorder, spec, await engine.load(spec, options)),
  }
}

/** What is recorded of a model when a context is opened. */
interface OpenedModel {
  readonly trainedContext: number
  readonly dimensions?: number
}

class RecordingWeights implements Weights {
  readonly bytes: number
  readonly trainedContext: number
  readonly device: Weights['device']
  readonly warnings: Weights['warnings']
  readonly #recorder: Recorder
  readonly #spec: WeightsSpec
  readonly #weights: Weights

  constructor(recorder: Recorder, spec: WeightsSpec, weights: Weights) {
    this.bytes = weights.bytes
    this.trainedContext = weights.trainedContext
    this.device = weights.device
    this.warnings = weights.warnings
    this.#recorder = recorder
    this.#spec = spec
    this.#weights = weights
  }

  async open(spec: ContextSpec, options: LoadingOptions) {
    const of = this.#of(spec, options)
    const context = await this.#weights.open(spec, options)
    await this.#recordOpening(of, 'text', {})
    return new RecordingModelContext(context, of)
  }

  async openEmbedding(spec: EmbeddingSpec, options: LoadingOptions) {
    const of = this.#of(spec, options)
    const context = await this.#weights.openEmbedding(spec, options)
    await this.#recordOpening(of, 'embedding', { dimensions: context.dimensions })
    return new RecordingEmbeddingContext(context, of)
  }

  async openRanking(spec: EmbeddingSpec, options: LoadingOptions) {
    const of = this.#of(spec, options)
    const context = await this.#weights.openRanking(spec, options)
    await this.#recordOpening(of, 'ranking', {})
    return new RecordingRankingContext(context, of)
  }

  dispose(): Promise<void> {
    return this.#weights.dispose()
  }

  #of(spec: ContextSpec | EmbeddingSpec, { modelName }: LoadingOptions): RecordedModel {
    return {
      recorder: this.#recorder,
      model: recordedModelName(modelName ?? this.#spec.modelPath),
      options: recordedOptions(this.#spec, spec),
    }
  }

  async #recordOpening(of: RecordedModel, context: string, known: object): Promise<void> {
    const { trainedContext } = this
    await recorded(of, 'open', { context }, async () => ({ trainedContext, ...known }))
  }
}

class ReplayingWeights implements Weights {
  /** Nothing is loaded. */
  readonly bytes = 0
  readonly trainedContext = 0
  readonly #replayer: Replayer
  readonly #spec: WeightsSpec

  constructor(replayer: Replayer, spec: WeightsSpec) {
    this.#replayer = replayer
    this.#spec = spec
  }

  async open(spec: ContextSpec, options: LoadingOptions) {
    return new ReplayingModelContext((await this.#open('text', spec, options)).of)
  }

  async openEmbedding(spec: EmbeddingSpec, options: LoadingOptions) {
    const { of, known } = await this.#open('embedding', spec, options)
    return new ReplayingEmbeddingContext({ ...of, dimensions: known.dimensions ?? 0 })
  }

  async openRanking(spec: EmbeddingSpec, options: LoadingOptions) {
    return new ReplayingRankingContext((await this.#open('ranking', spec, options)).of)
  }

  async dispose(): Promise<void> {}

  async #open(
    context: string,
    spec: ContextSpec | EmbeddingSpec,
    { modelName, signal }: LoadingOptions,
  ): Promise<{ readonly of: ReplayedModel; readonly known: OpenedModel }> {
    signal?.throwIfAborted()
    const model = recordedModelName(modelName ?? this.#spec.modelPath)
    const options = recordedOptions(this.#spec, spec)
    const answer = await this.#replayer.next(recordedRequest('open', model, options, { context }))
    // What was recorded of a request of this kind; its file has the hash of the request in its name.
    const known = replayResult(answer) as JsonValue as unknown as OpenedModel
    const contextSize = spec.nCtx || known.trainedContext
    return { of: { replayer: this.#replayer, model, options, contextSize }, known }
  }
}
