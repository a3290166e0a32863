import { basename } from 'node:path'
import {
  aloneContext,
  ChatMessage,
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type StreamingCallback,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { checkModel } from './check-model.ts'
import {
  checkGenerationOptions,
  checkLoadOptions,
  checkParameters,
  type OptionContext,
} from './check-options.ts'
import type { Engine } from './engines/engine.ts'
import { LlamaCppError } from './errors.ts'
import { generationRequest, mergeOptions, Seeds } from './generation.ts'
import { chooseEngine, ModelSession } from './model-session.ts'
import { generationOptions } from './options.ts'
import { modelParameters } from './parameters.ts'
import { replyMessage, replyMeta } from './reply.ts'
import { ReplyStream } from './reply-stream.ts'

/** Parameters of Haystack's component that a later version takes. */
const LATER = ['tools', 'chatHandlerName', 'modelClipPath']

/**
 * Answers a conversation with a model that llama.cpp runs in this process. Takes what Haystack's component of this
 * name takes, camelCased.
 *
 * The constructor checks its options and touches no file; `warmUp`, or the first run, loads. Components that name the
 * same file and load options share the weights; each has slots of its own. When the signal aborts in the middle of a
 * reply, `run` gives what there is with the finish reason `aborted`; before that it rejects with the signal's reason.
 *
 * @throws LlamaCppError from the constructor `OPTION_…`, `ENGINE_UNAVAILABLE`; from `warmUp` and `run` `MODEL_…`,
 * `OUT_OF_MEMORY`, `CONTEXT_OVERFLOW`, `MODALITY_UNSUPPORTED`, `OPTION_…`, `ENGINE_FAILED`, `CLOSED`
 * @example
 * const generator = new LlamaCppChatGenerator({ model: 'qwen3-0.6b.gguf', nCtx: 4096 })
 * const { replies } = await generator.run({ messages: 'What is the capital of France?' })
 * console.log(ChatMessage.text(replies[0]))
 * await generator.close()
 */
export class LlamaCppChatGenerator implements Component {
  static readonly type = 'LlamaCppChatGenerator'
  static readonly description = 'Answers a conversation with a GGUF model, in this process.'
  static readonly parameters = t.object({
    ...modelParameters,
    generationKwargs: t.optional(generationOptions, {
      description: 'Options of every request. Those of a run win, key by key.',
    }),
    streamingCallback: t.optional(t.callback<StreamingCallback>(), {
      description: 'Called with each piece of a reply. A pipeline streams without it.',
    }),
  })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs']

  readonly inputs = {
    messages: t.described(
      t.union(t.array(t.message()), t.string()),
      'The conversation, or the text of one user message.',
    ),
    generationKwargs: t.optional(generationOptions, { description: 'Options of this request.' }),
    streamingCallback: t.optional(t.callback<StreamingCallback>(), {
      description: 'Replaces that of the component.',
    }),
  }
  readonly outputs = {
    replies: t.array(t.message(), { description: 'One reply; none for an empty conversation.' }),
  }
  readonly initParameters: ParametersOf<typeof LlamaCppChatGenerator>
  readonly #engine: Engine
  readonly #options: OptionContext
  readonly #session: ModelSession
  readonly #seeds: Seeds

  /** @param engine for tests: in place of the one that the parameters ask for */
  constructor(parameters: ParametersOf<typeof LlamaCppChatGenerator>, engine?: Engine) {
    refuseLater(parameters)
    this.#engine = engine ?? chooseEngine(parameters.engine)
    this.#options = { engine: this.#engine.name, warned: new Set() }
    checkLoadOptions(parameters.modelKwargs ?? {}, this.#options)
    checkGenerationOptions(parameters.generationKwargs ?? {}, this.#options)
    checkParameters(LlamaCppChatGenerator.parameters, parameters, LlamaCppChatGenerator.type)
    this.initParameters = parameters
    this.#session = new ModelSession(parameters, this.#engine)
    this.#seeds = new Seeds(parameters.modelKwargs?.seed)
  }

  /** Finds or downloads the model, loads it, and opens the slots. Does nothing when that is done. */
  async warmUp(context: WarmUpContext = {}): Promise<void> {
    await this.#session.open(context)
  }

  /** Whether the files it names are there and sound; a model that would be downloaded is a warning. Loads nothing. */
  async check(context: CheckContext = {}): Promise<Finding[]> {
    return checkModel(this.initParameters, context)
  }

  async run(
    { messages, generationKwargs, streamingCallback }: InputsOf<LlamaCppChatGenerator>,
    context: RunContext = aloneContext(LlamaCppChatGenerator),
  ): Promise<OutputsOf<LlamaCppChatGenerator>> {
    const { modelKwargs = {}, ...parameters } = this.initParameters
    const options = mergeOptions(parameters.generationKwargs, generationKwargs)
    checkGenerationOptions(options, this.#options)
    const conversation = typeof messages === 'string' ? [ChatMessage.user(messages)] : messages
    if (conversation.length === 0) return { replies: [] }
    const { context: model, modelPath } = await this.#session.open({ signal: context.signal })
    const name = options.model ?? basename(modelPath)
    const stream = new ReplyStream(context, streamingCallback ?? parameters.streamingCallback, name)
    const request = { messages: conversation, ...generationRequest(options, modelKwargs, this.#seeds) }
    const generation = await model.chat(request, stream.listening())
    const meta = replyMeta(generation, name, this.#engine.name)
    await stream.end(generation, { ...meta })
    return { replies: [replyMessage(generation.text, meta)] }
  }

  /**
   * Frees the slots, and the weights when no other component uses them. What waits or runs is rejected with the error
   * `CLOSED`; a later run loads again.
   */
  async close(): Promise<void> {
    await this.#session.close()
  }
}

function refuseLater(parameters: object): void {
  const name = LATER.find((later) => (parameters as Record<string, unknown>)[later] !== undefined)
  if (name === undefined) return
  const message = `Parameter '${name}' is not part of this version: tools and images come with a later one. Leave it out.`
  throw new LlamaCppError('OPTION_UNSUPPORTED', message, { option: name })
}
