import {
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, readParameters } from '@millrace/core/component'
import { documentProgress } from '../embeddings/document-progress.ts'
import { documentText } from '../embeddings/document-text.ts'
import { embed } from '../embeddings/embed.ts'
import { checkParameters } from '../options/check-options.ts'
import { embedderParameters, serverEnvironment } from '../options/server-parameters.ts'
import { loadLibrary } from '../server/ask.ts'
import { checkKey } from '../server/check-key.ts'
import { checkServer, resolveServer, withoutKey } from '../server/server.ts'

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
export class OpenAIDocumentEmbedder implements Component {
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
  readonly initParameters: ParametersOf<typeof OpenAIDocumentEmbedder>

  constructor(given: ParametersOf<typeof OpenAIDocumentEmbedder>) {
    const parameters = readParameters(OpenAIDocumentEmbedder, given)
    checkParameters(OpenAIDocumentEmbedder.parameters, parameters)
    checkServer(parameters)
    this.initParameters = parameters
  }

  /** Loads the library and looks up the environment. Asks nothing of the server. */
  async warmUp(_: WarmUpContext = {}): Promise<void> {
    resolveServer(this.initParameters)
    await loadLibrary()
  }

  /** A key that OpenAI would miss is a warning. Connects to nothing. */
  check(_: CheckContext = {}): Finding[] {
    return checkKey(this.initParameters)
  }

  async run(
    { documents }: InputsOf<OpenAIDocumentEmbedder>,
    context: RunContext = aloneContext(OpenAIDocumentEmbedder),
  ): Promise<OutputsOf<OpenAIDocumentEmbedder>> {
    const { initParameters: parameters } = this
    const { prefix = '', suffix = '', batchSize = 32, progress = true } = parameters
    const texts = documents.map((document) => prefix + documentText(document, parameters) + suffix)
    const { vectors, meta } = await embed(texts, parameters, context, {
      batchSize,
      ...(progress ? { onDone: documentProgress(context) } : {}),
    })
    return {
      documents: documents.map((document, index) => ({ ...document, embedding: vectors[index] ?? [] })),
      meta: { ...meta },
    }
  }

  /** The parameters as a file has them: a key in them becomes `${env:OPENAI_API_KEY}`. */
  toJSON(): object {
    return withoutKey(this.initParameters)
  }
}
