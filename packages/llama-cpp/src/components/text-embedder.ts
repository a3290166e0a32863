import {
  type Component,
  type InputsOf,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  t,
} from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import type { EmbeddingContext } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { modelUrls } from '../options/parameters.ts'
import { textParameters } from '../options/text-parameters.ts'
import { embeddingMeta, normalized } from '../replies/embedding-meta.ts'
import { ReportedCall } from '../replies/reported-call.ts'
import type { GivenEngine } from '../session/choose-engine.ts'
import { embedding, TextComponent } from './text-component.ts'

const ownParameters = {
  /** Goes in front of every text. */
  prefix: t.string({ default: '', description: 'Goes in front of every text.' }),
  /** Goes behind every text. */
  suffix: t.string({ default: '', description: 'Goes behind every text.' }),
  /**
   * Gives vectors the Euclidean length 1, so that a dot product is the cosine. In llama-cpp-python the default is
   * false.
   */
  normalize: t.boolean({
    default: true,
    description:
      'Gives vectors the Euclidean length 1, so that a dot product is the cosine. In llama-cpp-python the default is false.',
  }),
}

/**
 * Turns a text, such as a query, into a vector, with a GGUF model that llama.cpp runs on the engine `node-llama-cpp`:
 * in this process, or with `isolation: 'process'` in a child of it.
 *
 * The constructor checks its options and touches no file; `warmUp`, or the first run, loads. Components that name the
 * same file and load options share the weights, generators too. A run whose signal aborts rejects with its reason.
 *
 * @throws LlamaCppError from the constructor `OPTION_…`; from `warmUp` and `run` `MODEL_…`, `OUT_OF_MEMORY`,
 * `ENGINE_UNAVAILABLE`, `CONTEXT_OVERFLOW` with `truncate: false`, `OPTION_INVALID` for an empty text, `ENGINE_FAILED`,
 * `ENGINE_CRASHED`, `CLOSED`
 * @example
 * const embedder = new LlamaCppTextEmbedder({ model: 'nomic-embed-text-v1.5.gguf', prefix: 'search_query: ' })
 * const { embedding } = await embedder.run({ text: 'What is the capital of France?' })
 * await embedder.close()
 */
export class LlamaCppTextEmbedder
  extends TextComponent<EmbeddingContext, ParametersOf<typeof LlamaCppTextEmbedder>>
  implements Component
{
  static readonly type = 'LlamaCppTextEmbedder'
  static readonly description = 'Turns a text into a vector with a GGUF model.'
  static readonly parameters: ObjectSocket<typeof textParameters & typeof ownParameters> = t.object({
    ...textParameters,
    ...ownParameters,
  })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs']
  static readonly urls: readonly string[] = modelUrls

  readonly inputs = {
    /** The text, which must not be empty. */
    text: t.string({ description: 'The text, which must not be empty.' }),
  }
  readonly outputs = {
    /** As many numbers as the model has dimensions. */
    embedding: t.array(t.number(), { description: 'As many numbers as the model has dimensions.' }),
    /** The model, the engine, tokens, times, and whether the text was cut off. */
    meta: t.json({ description: 'The model, the engine, tokens, times, and whether the text was cut off.' }),
  }

  /** @param engine for tests: in place of the one that the parameters ask for, or what to make of that */
  constructor(parameters: ParametersOf<typeof LlamaCppTextEmbedder>, engine?: GivenEngine) {
    super(LlamaCppTextEmbedder, parameters, engine, embedding)
  }

  async run(
    { text }: InputsOf<LlamaCppTextEmbedder>,
    run: RunContext = aloneContext(LlamaCppTextEmbedder),
  ): Promise<OutputsOf<LlamaCppTextEmbedder>> {
    const { prefix = '', suffix = '', truncate = true, normalize = true } = this.initParameters
    if (text === '') {
      throw new LlamaCppError('OPTION_INVALID', "Input 'text' is empty: there is nothing to embed.", {
        option: 'text',
      })
    }
    const { signal } = run
    return this.use(run, async ({ context, ...from }) => {
      const started = performance.now()
      const call = new ReportedCall(run, { ...from, operation: 'embeddings' })
      const embedded = await call.answer(() => context.embed([prefix + text + suffix], { signal, truncate }))
      const meta = embeddingMeta(from, embedded, started)
      call.end(meta)
      const { vector = [], truncated = false } = embedded[0] ?? {}
      return {
        embedding: normalize ? normalized(vector) : vector,
        meta: { ...meta, truncated },
      }
    })
  }
}
