import { basename } from 'node:path'
import type { CheckContext, Finding, Socket, WarmUpContext } from '@millrace/core'
import type { EmbeddingContext, EmbeddingSpec, Engine, RankingContext } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { checkLoadOptions, checkParameters } from '../options/check-options.ts'
import { needsOf } from '../options/engine-need.ts'
import { type LoadOptions, poolings } from '../options/options.ts'
import { textSupport } from '../options/text-parameters.ts'
import { checkModel } from './check-model.ts'
import { chooseEngine } from './choose-engine.ts'
import { ModelSession, type Opening, type SessionParameters } from './model-session.ts'

interface TextComponent {
  readonly type: string
  readonly parameters: Socket
}

interface TextParameters extends SessionParameters {
  readonly engine?: 'auto' | 'node-llama-cpp' | 'llama.node'
}

interface OpenText<Context> {
  readonly context: Context
  readonly model: string
  readonly engine: string
}

/** The model of a component that embeds or ranks: its options checked, found and opened at the first need. */
export class TextSession<Context extends EmbeddingContext | RankingContext> {
  readonly #parameters: TextParameters
  readonly #engine: Engine
  readonly #session: ModelSession<Context>

  private constructor(
    component: TextComponent,
    parameters: TextParameters,
    engine: Engine | undefined,
    opening: (pooling: EmbeddingSpec['pooling']) => Opening<Context>,
  ) {
    const load = parameters.modelKwargs ?? {}
    if (parameters.engine === 'llama.node') throw otherEngine()
    const needs = needsOf('modelKwargs', load, textSupport)
    this.#engine = engine ?? chooseEngine(parameters.engine, needs, parameters.isolation)
    checkLoadOptions(load, { engine: this.#engine.name, warned: new Set() }, textSupport)
    checkParameters(component.parameters, parameters, component.type)
    this.#parameters = parameters
    this.#session = new ModelSession(parameters, this.#engine, opening(poolingOf(load)))
  }

  static embedding(component: TextComponent, parameters: TextParameters, engine: Engine | undefined) {
    return new TextSession<EmbeddingContext>(
      component,
      parameters,
      engine,
      (pooling) => (weights, spec, options) => weights.openEmbedding({ ...textSpec(spec), pooling }, options),
    )
  }

  static ranking(component: TextComponent, parameters: TextParameters, engine: Engine | undefined) {
    return new TextSession<RankingContext>(
      component,
      parameters,
      engine,
      (pooling) => (weights, spec, options) => weights.openRanking({ ...textSpec(spec), pooling }, options),
    )
  }

  async open(context: WarmUpContext): Promise<void> {
    await this.#session.open(context)
  }

  /** Gives the context, and what `meta` says of the model. The model stays open until the work has ended. */
  use<Result>(signal: AbortSignal, work: (opened: OpenText<Context>) => Promise<Result>): Promise<Result> {
    return this.#session.use({ signal }, ({ context, modelPath }) =>
      work({ context, model: basename(modelPath), engine: this.#engine.name }),
    )
  }

  async check(context: CheckContext): Promise<Finding[]> {
    if (this.#engine.needsFiles === false) return []
    return checkModel(this.#parameters, context, this.#engine.name)
  }

  close(): Promise<void> {
    return this.#session.close()
  }
}

function textSpec({ nCtx, nBatch, slots, nThreads, flashAttn }: EmbeddingSpec): EmbeddingSpec {
  return { nCtx, nBatch, slots, nThreads, flashAttn }
}

function otherEngine(): LlamaCppError {
  return new LlamaCppError(
    'OPTION_UNSUPPORTED',
    "Engine 'llama.node' is not asked to embed or to rank; engine 'node-llama-cpp' does both. Leave 'engine' out.",
    { option: 'engine', engine: 'node-llama-cpp' },
  )
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
