import {
  type Component,
  type InputsOf,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  t,
} from '@millrace/core'
import { aloneContext, documentProgress, documentText } from '@millrace/core/component'
import type { EmbeddingContext } from '../engines/engine.ts'
import { modelUrls } from '../options/parameters.ts'
import { documentParameters, textParameters } from '../options/text-parameters.ts'
import { embeddingMeta, normalized, truncatedCount } from '../replies/embedding-meta.ts'
import { ReportedCall } from '../replies/reported-call.ts'
import type { GivenEngine } from '../session/choose-engine.ts'
import { embedding, TextComponent, textless } from './text-component.ts'

const ownParameters = {
  /** Goes in front of the text of every document. */
  prefix: t.string({ default: '', description: 'Goes in front of the text of every document.' }),
  /** Goes behind it. */
  suffix: t.string({ default: '', description: 'Goes behind it.' }),
  /** Gives vectors the Euclidean length 1. In llama-cpp-python the default is false. */
  normalize: t.boolean({
    default: true,
    description: 'Gives vectors the Euclidean length 1. In llama-cpp-python the default is false.',
  }),
  /** Tells whoever listens to the run how many documents are done. */
  progress: t.boolean({
    default: true,
    description: 'Tells whoever listens to the run how many documents are done.',
  }),
}

/**
 * Gives each document the vector of its text, with a GGUF model that llama.cpp runs; `slots` of them at once. Chunks
 * of the run say how many are done, unless `progress` is false. The documents come out in the order they came in, with
 * the same ids. Otherwise as `LlamaCppTextEmbedder`.
 *
 * @throws LlamaCppError as `LlamaCppTextEmbedder`; `OPTION_INVALID` for a document without any text
 * @example
 * const embedder = new LlamaCppDocumentEmbedder({ model: 'nomic-embed-text-v1.5.gguf', prefix: 'search_document: ', slots: 4 })
 * const { documents } = await embedder.run({ documents: [Document.create({ content: 'Paris is in France.' })] })
 */
export class LlamaCppDocumentEmbedder
  extends TextComponent<EmbeddingContext, ParametersOf<typeof LlamaCppDocumentEmbedder>>
  implements Component
{
  static readonly type = 'LlamaCppDocumentEmbedder'
  static readonly description = 'Gives documents their vectors with a GGUF model.'
  static readonly parameters: ObjectSocket<
    typeof textParameters & typeof documentParameters & typeof ownParameters
  > = t.object({ ...textParameters, ...ownParameters, ...documentParameters })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs']
  static readonly urls: readonly string[] = modelUrls

  readonly inputs = {
    /** What gets a vector each. */
    documents: t.array(t.document(), { description: 'What gets a vector each.' }),
  }
  readonly outputs = {
    /** The same documents with their `embedding`. */
    documents: t.array(t.document(), { description: 'The same documents with their `embedding`.' }),
    /** The model, the engine, tokens, times, and how many texts were cut off. */
    meta: t.json({ description: 'The model, the engine, tokens, times, and how many texts were cut off.' }),
  }

  /** @param engine for tests: in place of the one that the parameters ask for, or what to make of that */
  constructor(parameters: ParametersOf<typeof LlamaCppDocumentEmbedder>, engine?: GivenEngine) {
    super(LlamaCppDocumentEmbedder, parameters, engine, embedding)
  }

  async run(
    { documents }: InputsOf<LlamaCppDocumentEmbedder>,
    run: RunContext = aloneContext(LlamaCppDocumentEmbedder),
  ): Promise<OutputsOf<LlamaCppDocumentEmbedder>> {
    const parameters = this.initParameters
    const { prefix = '', suffix = '', truncate = true, normalize = true, progress = true } = parameters
    const texts = documents.map((document) => prefix + documentText(document, parameters, textless) + suffix)
    return this.use(run, async ({ context, ...from }) => {
      const started = performance.now()
      const call = new ReportedCall(run, { ...from, operation: 'embeddings' })
      const embedded = await call.answer(() =>
        context.embed(texts, {
          signal: run.signal,
          truncate,
          ...(progress ? { onDone: documentProgress(run) } : {}),
        }),
      )
      const meta = embeddingMeta(from, embedded, started)
      call.end(meta)
      return {
        documents: documents.map((document, index) => {
          const vector = embedded[index]?.vector ?? []
          return { ...document, embedding: normalize ? normalized(vector) : vector }
        }),
        meta: { ...meta, truncated: truncatedCount(embedded) },
      }
    })
  }
}
