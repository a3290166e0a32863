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
import { embed } from '../embeddings/embed.ts'
import { OpenAIError } from '../errors.ts'
import { embedderParameters, serverEnvironment } from '../options/server-parameters.ts'
import { Embedder } from './embedder.ts'

const ownParameters = {
  /** How many texts go in one request. */
  batchSize: t.integer({ minimum: 1, default: 32, description: 'How many texts go in one request.' }),
  /** Tells whoever listens to the run how many documents are done. */
  progress: t.boolean({
    default: true,
    description: 'Tells whoever listens to the run how many documents are done.',
  }),
  /** Keys of the meta whose values go in front of the content. */
  metaFieldsToEmbed: t.array(t.string({ minLength: 1 }), {
    default: [],
    description: 'Keys of the meta whose values go in front of the content.',
  }),
  /** Stands between them, and before the content. */
  embeddingSeparator: t.string({
    default: '\n',
    description: 'Stands between them, and before the content.',
  }),
}

/**
 * Gives each document the vector of its text, with a model on a server that speaks OpenAI's protocol; `batchSize` of them in one
 * request. Chunks of the run say how many are done, unless `progress` is false. The documents come out in the order they came
 * in, with the same ids. Otherwise as `OpenAITextEmbedder`.
 *
 * @throws OpenAIError as `OpenAITextEmbedder`; `OPENAI_INPUT_INVALID` for a document without any text
 * @example
 * const embedder = new OpenAIDocumentEmbedder({ model: 'nomic-embed-text', apiBaseUrl: 'http://localhost:11434/v1' })
 * const { documents } = await embedder.run({ documents: [Document.create({ content: 'Paris is in France.' })] })
 */
export class OpenAIDocumentEmbedder
  extends Embedder<ParametersOf<typeof OpenAIDocumentEmbedder>>
  implements Component
{
  static readonly type = 'OpenAIDocumentEmbedder'
  static readonly description = "Gives documents their vectors with a model on a server of OpenAI's protocol."
  static readonly parameters: ObjectSocket<typeof embedderParameters & typeof ownParameters> = t.object({
    ...embedderParameters,
    ...ownParameters,
  })
  /** In these `${env:NAME}` is replaced when the first request is made. */
  static readonly environment: readonly string[] = serverEnvironment
  static readonly servers: readonly string[] = ['apiBaseUrl']

  readonly inputs = {
    /** What gets a vector each. */
    documents: t.array(t.document(), { description: 'What gets a vector each.' }),
  }
  readonly outputs = {
    /** The same documents with their `embedding`. */
    documents: t.array(t.document(), { description: 'The same documents with their `embedding`.' }),
    /** The model, tokens where the server counts them, and times. */
    meta: t.json({ description: 'The model, tokens where the server counts them, and times.' }),
  }

  constructor(given: ParametersOf<typeof OpenAIDocumentEmbedder>) {
    super(OpenAIDocumentEmbedder, given)
  }

  async run(
    { documents }: InputsOf<OpenAIDocumentEmbedder>,
    context: RunContext = aloneContext(OpenAIDocumentEmbedder),
  ): Promise<OutputsOf<OpenAIDocumentEmbedder>> {
    const { initParameters: parameters } = this
    const { prefix = '', suffix = '', batchSize = 32, progress = true } = parameters
    const texts = documents.map((document) => prefix + documentText(document, parameters, refuse) + suffix)
    const { vectors, meta } = await embed(texts, parameters, context, {
      batchSize,
      ...(progress ? { onDone: documentProgress(context) } : {}),
    })
    return {
      documents: documents.map((document, index) => ({ ...document, embedding: vectors[index] ?? [] })),
      meta: { ...meta },
    }
  }
}

function refuse(message: string): OpenAIError {
  return new OpenAIError('OPENAI_INPUT_INVALID', message)
}
