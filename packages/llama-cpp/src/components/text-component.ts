import { basename } from 'node:path'
import type { CheckContext, Finding, RunContext, SlotUse, Socket, WarmUpContext } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import type { EmbeddingContext, EmbeddingSpec, Engine, RankingContext } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { checkLoadOptions, checkParameters, optionContext } from '../options/check-options.ts'
import { type LoadOptions, poolings } from '../options/options.ts'
import { textSupport } from '../options/text-parameters.ts'
import { reportWarnings } from '../replies/chat-meta.ts'
import type { Answering } from '../replies/reply.ts'
import { checkModel } from '../session/check-model.ts'
import { chooseEngine, type EngineParameters, type GivenEngine } from '../session/choose-engine.ts'
import { answering, ModelSession, type Opening, type SessionParameters } from '../session/model-session.ts'

interface OpenText<Context> extends Answering {
  readonly context: Context
}

/** What components that embed or rank do alike: their options are checked, and their model is opened at the first need. */
export abstract class TextComponent<
  Context extends EmbeddingContext | RankingContext,
  Parameters extends SessionParameters & EngineParameters,
> {
  readonly initParameters: Parameters
  readonly #engine: Engine
  readonly #session: ModelSession<Context>

  protected constructor(
    component: { readonly type: string; readonly parameters: Socket },
    given: Parameters,
    engine: GivenEngine | undefined,
    opening: (pooling: EmbeddingSpec['pooling']) => Opening<Context>,
  ) {
    const parameters = readParameters(component, given)
    const load = parameters.modelKwargs ?? {}
    this.#engine = chooseEngine(parameters, engine)
    checkLoadOptions(load, optionContext(this.#engine.name), textSupport)
    checkParameters(component.parameters, parameters, component.type)
    this.initParameters = parameters
    this.#session = new ModelSession(parameters, this.#engine, opening(poolingOf(load)))
  }

  /** Finds or downloads the model, loads it, and opens the slots. Does nothing when that is done. */
  async warmUp(context: WarmUpContext = {}): Promise<void> {
    await this.#session.open(context)
  }

  /** Whether the file it names is there and sound; a model that would be downloaded is a warning. Loads nothing. */
  async check(context: CheckContext = {}): Promise<Finding[]> {
    if (this.#engine.needsFiles === false) return []
    return checkModel(this.initParameters, context, this.#engine.name, 'reads')
  }

  /** Gives the context, and what `meta` says of the model; tells the run what to know of it. The model stays open until the work has ended. */
  protected use<Result>(
    run: Pick<RunContext, 'signal' | 'warn'>,
    work: (opened: OpenText<Context>) => Promise<Result>,
  ): Promise<Result> {
    return this.#session.use({ signal: run.signal }, (opened) => {
      reportWarnings(run, opened.warnings)
      return work({ context: opened.context, ...answering(opened, basename(opened.modelPath)) })
    })
  }

  /** How busy its slots are; undefined while no model is loaded. */
  slotUse(): SlotUse | undefined {
    return this.#session.slotUse
  }

  /** Frees the slots, and the weights when no other component uses them. A later run loads again. */
  async close(): Promise<void> {
    await this.#session.close()
  }
}

export function embedding(pooling: EmbeddingSpec['pooling']): Opening<EmbeddingContext> {
  return (weights, spec, options) => weights.openEmbedding({ ...textSpec(spec), pooling }, options)
}

export function ranking(pooling: EmbeddingSpec['pooling']): Opening<RankingContext> {
  return (weights, spec, options) => weights.openRanking({ ...textSpec(spec), pooling }, options)
}

function textSpec({ nCtx, nBatch, slots, nThreads, flashAttn }: EmbeddingSpec): EmbeddingSpec {
  return { nCtx, nBatch, slots, nThreads, flashAttn }
}

function poolingOf({ poolingType = -1 }: LoadOptions): EmbeddingSpec['pooling'] {
  const pooling = poolings[poolingType]
  if (pooling !== undefined || poolingType === -1) return pooling
  throw new LlamaCppError(
    'OPTION_INVALID',
    `Option 'modelKwargs.poolingType': ${poolingType} is none of -1 (the model's), 0 (none), 1 (mean), 2 (first token), 3 (last token), 4 (rank).`,
    { option: 'modelKwargs.poolingType' },
  )
}

/** The error of a document without a text. */
export function textless(message: string): LlamaCppError {
  return new LlamaCppError('OPTION_INVALID', message, { option: 'documents' })
}
