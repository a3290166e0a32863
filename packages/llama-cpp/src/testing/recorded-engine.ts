import {
  type Component,
  type ComponentClass,
  type ComponentPackage,
  componentPackage,
  type JsonValue,
} from '@millrace/core'
import type { Engine } from '../engines/engine.ts'
import { factsOf, type OpeningName, openingOf, weightsOver } from '../engines/engine-calls.ts'
import { llamaCppComponents } from '../llama-cpp-components.ts'
import type { GivenEngine } from '../session/choose-engine.ts'
import { replayResult } from './recorded-answer.ts'
import { recordedModel, recordedRequest } from './recorded-request.ts'
import { Recorder, recordingCall } from './recorder.ts'
import { RecordingFolder } from './recording-folder.ts'
import { Replayer, replayingCall } from './replayer.ts'

export interface RecordedEngineOptions {
  /** Where the recordings are, one file for each request; relative to the working directory. Meant to be committed. */
  readonly folder: string
  /**
   * `record` asks the engine that the component asks for, and writes its answers down; `replay` answers from the folder,
   * and needs neither an engine nor the files of models.
   * @defaultValue `'replay'`
   */
  readonly mode?: 'record' | 'replay'
}

/**
 * An engine whose answers were recorded, for tests of pipelines without weights: give it to components as the second
 * parameter of their constructors. Equal requests get their answers in the order of recording, and the last one again
 * after that. A request is equal when all is equal that can change an answer: seeds count only where one was chosen.
 *
 * @throws LlamaCppError from what a component then does: `RECORDING_MISSING` for a request, or a model, that was not
 * recorded; `RECORDING_INVALID` for a file that no recording wrote
 * @example
 * const engine = recordedEngine({ folder: 'test/recordings' })
 * const generator = new LlamaCppChatGenerator({ model: 'qwen3-0.6b.gguf' }, engine)
 */
export function recordedEngine({ folder, mode = 'replay' }: RecordedEngineOptions): GivenEngine {
  const recordings = new RecordingFolder(folder)
  const recorder = new Recorder(recordings)
  const replayer = new Replayer(recordings)
  // Components share a load only through the same engine.
  const made = new Map<Engine, Engine>()
  return (asked) => {
    const engine =
      made.get(asked) ?? (mode === 'record' ? recording(asked, recorder) : replaying(asked, replayer))
    made.set(asked, engine)
    return engine
  }
}

const kinds: Readonly<Record<OpeningName, string>> = {
  open: 'text',
  openEmbedding: 'embedding',
  openRanking: 'ranking',
}

function recording(asked: Engine, recorder: Recorder): Engine {
  const { name, needsFiles = true, sharesWeights = true } = asked
  return {
    name,
    needsFiles,
    sharesWeights,
    async load(spec, options) {
      const weights = await asked.load(spec, options)
      const { trainedContext } = weights
      const opening = openingOf(weights)
      return weightsOver(
        factsOf(weights),
        async (kind, contextSpec, loading) => {
          const model = recordedModel(spec, contextSpec, loading)
          const { opened, call } = await opening(kind, contextSpec, loading)
          const { dimensions } = opened
          await recorder.record(recordedRequest('open', model, { context: kinds[kind] }), async () => ({
            trainedContext,
            ...(dimensions === undefined ? {} : { dimensions }),
          }))
          return { opened, call: recordingCall(call, recorder, model) }
        },
        () => weights.dispose(),
      )
    },
  }
}

/** What is recorded of a model when a context is opened. */
interface OpenedModel {
  readonly trainedContext: number
  readonly dimensions?: number
}

function replaying({ name }: Engine, replayer: Replayer): Engine {
  return {
    name,
    needsFiles: false,
    load: async (spec) =>
      weightsOver(
        { bytes: 0, trainedContext: 0 },
        async (kind, contextSpec, loading) => {
          loading.signal?.throwIfAborted()
          const model = recordedModel(spec, contextSpec, loading)
          const answer = await replayer.next(recordedRequest('open', model, { context: kinds[kind] }))
          // What was recorded of a request of this kind; its file has the hash of the request in its name.
          const known = replayResult(answer) as JsonValue as unknown as OpenedModel
          const contextSize = contextSpec.nCtx || known.trainedContext
          return {
            opened: { contextSize, dimensions: known.dimensions },
            call: replayingCall(replayer, model),
          }
        },
        async () => {},
      ),
  }
}

/**
 * The components of `@millrace/llama-cpp` on one recorded engine, for a `Registry` in place of `llamaCppComponents`: a
 * pipeline that is loaded with it records or replays.
 */
export function recordedComponents(options: RecordedEngineOptions): ComponentPackage {
  const engine = recordedEngine(options)
  const { name, components } = llamaCppComponents
  return componentPackage({ name, components: components.map((component) => withEngine(component, engine)) })
}

function withEngine(component: ComponentClass, engine: GivenEngine): ComponentClass {
  // All of them take it as their second parameter.
  const Original = component as ComponentClass & (new (parameters: unknown, given: GivenEngine) => Component)
  return class extends Original {
    constructor(parameters: unknown) {
      super(parameters, engine)
    }
  }
}
