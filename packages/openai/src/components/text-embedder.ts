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
import { embed } from '../embeddings/embed.ts'
import { OpenAIError } from '../errors.ts'
import { embedderParameters, serverEnvironment } from '../options/server-parameters.ts'
import { Embedder } from './embedder.ts'

/**
 * Turns a text, such as a query, into a vector, with a model on a server that speaks OpenAI's protocol. Its sockets are those of
 * `LlamaCppTextEmbedder`. Nothing is asked before the first request. A run whose signal aborts rejects with its reason.
 *
 * @throws OpenAIError from the constructor `OPENAI_OPTION_…`; from `run` `OPENAI_INPUT_INVALID` for an empty text, and what a
 * server answers. DefinitionError `COMPONENT_PARAMETERS` for a variable of the environment that is not set
 * @example
 * const embedder = new OpenAITextEmbedder({ model: 'nomic-embed-text', apiBaseUrl: 'http://localhost:11434/v1' })
 * const { embedding } = await embedder.run({ text: 'What is the capital of France?' })
 */
export class OpenAITextEmbedder
  extends Embedder<ParametersOf<typeof OpenAITextEmbedder>>
  implements Component
{
  static readonly type = 'OpenAITextEmbedder'
  static readonly description = "Turns a text into a vector with a model on a server of OpenAI's protocol."
  static readonly parameters: ObjectSocket<typeof embedderParameters> = t.object(embedderParameters)
  /** In these `${env:NAME}` is replaced when the first request is made. */
  static readonly environment: readonly string[] = serverEnvironment
  static readonly servers: readonly string[] = ['apiBaseUrl']

  readonly inputs = {
    /** The text, which must not be empty. */
    text: t.string({ description: 'The text, which must not be empty.' }),
  }
  readonly outputs = {
    /** As many numbers as the model has dimensions. */
    embedding: t.array(t.number(), { description: 'As many numbers as the model has dimensions.' }),
    /** The model, tokens where the server counts them, and times. */
    meta: t.json({ description: 'The model, tokens where the server counts them, and times.' }),
  }

  constructor(given: ParametersOf<typeof OpenAITextEmbedder>) {
    super(OpenAITextEmbedder, given)
  }

  async run(
    { text }: InputsOf<OpenAITextEmbedder>,
    context: RunContext = aloneContext(OpenAITextEmbedder),
  ): Promise<OutputsOf<OpenAITextEmbedder>> {
    const { prefix = '', suffix = '' } = this.initParameters
    if (text === '') {
      throw new OpenAIError('OPENAI_INPUT_INVALID', "Input 'text' is empty: there is nothing to embed.")
    }
    const { vectors, meta } = await embed([prefix + text + suffix], this.initParameters, context)
    return { embedding: vectors[0] ?? [], meta: { ...meta } }
  }
}
