import { basename } from 'node:path'
import {
  aloneContext,
  ChatMessage,
  type Component,
  type InputsOf,
  type JsonObject,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type StreamingCallback,
  StreamingChunk,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { checkGenerationOptions } from './check-options.ts'
import type { Generation, RequestOptions } from './engines/engine.ts'
import { generationRequest, Seeds } from './generation.ts'
import { ModelSession } from './model-session.ts'
import { generationOptions } from './options.ts'
import { modelParameters } from './parameters.ts'
import { replyMessage, replyMeta } from './reply.ts'

/**
 * Answers a conversation with a model that llama.cpp runs in this process. Takes what Haystack's component of this
 * name takes, camelCased.
 *
 * The constructor checks its options and touches no file; `warmUp`, or the first run, loads. Components that name the
 * same file and load options share the weights; each has slots of its own. When the signal aborts in the middle of a
 * reply, `run` gives what there is with the finish reason `aborted`; before that it rejects with the signal's reason.
 *
 * @throws LlamaCppError from the constructor `OPTION_…`; from `warmUp` and `run` `MODEL_…`, `OUT_OF_MEMORY`,
 * `CONTEXT_OVERFLOW`, `MODALITY_UNSUPPORTED`
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
  readonly #session: ModelSession
  readonly #seeds: Seeds

  constructor(parameters: ParametersOf<typeof LlamaCppChatGenerator>) {
    this.#session = new ModelSession(parameters)
    checkGenerationOptions(parameters.generationKwargs, this.#session.engine.name)
    this.initParameters = parameters
    this.#seeds = new Seeds(parameters.modelKwargs?.seed)
  }

  /** Finds or downloads the model, loads it, and opens the slots. Does nothing when that is done. */
  async warmUp(context: WarmUpContext = {}): Promise<void> {
    await this.#session.open(context)
  }

  async run(
    { messages, generationKwargs, streamingCallback }: InputsOf<LlamaCppChatGenerator>,
    context: RunContext = aloneContext(LlamaCppChatGenerator),
  ): Promise<OutputsOf<LlamaCppChatGenerator>> {
    const { engine } = this.#session
    const parameters = this.initParameters
    checkGenerationOptions(generationKwargs, engine.name)
    const conversation = typeof messages === 'string' ? [ChatMessage.user(messages)] : messages
    if (conversation.length === 0) return { replies: [] }
    const { signal } = context
    const { context: model, modelPath } = await this.#session.open({ signal })
    const stream = new ReplyStream(context, streamingCallback ?? parameters.streamingCallback)
    const generation = await model.chat(
      {
        messages: conversation,
        ...generationRequest(
          parameters.generationKwargs,
          generationKwargs,
          parameters.modelKwargs ?? {},
          this.#seeds,
        ),
      },
      stream.listening(signal),
    )
    const meta = replyMeta(generation, basename(modelPath), engine.name)
    await stream.end(generation, { ...meta })
    return { replies: [replyMessage(generation.text, meta)] }
  }

  /** Frees the slots, and the weights when no other component uses them. A later run loads again. */
  async close(): Promise<void> {
    await this.#session.close()
  }
}

/** The chunks of one reply: numbered, the first marked, the last with the finish reason and the reply's meta. */
class ReplyStream {
  readonly #context: RunContext
  readonly #callback: StreamingCallback | undefined
  #index = 0
  #warned = false

  constructor(context: RunContext, callback: StreamingCallback | undefined) {
    this.#context = context
    this.#callback = callback
  }

  listening(signal: AbortSignal): RequestOptions {
    return {
      signal,
      onText: (content) => this.#send({ content, start: this.#index === 0 }),
      onPromptProgress: (doneTokens, totalTokens) => {
        void this.#send({ meta: { promptProgress: { doneTokens, totalTokens } } }, false)
      },
    }
  }

  end(generation: Generation, meta: JsonObject): void | Promise<void> {
    return this.#send({ finishReason: generation.finishReason, start: this.#index === 0, meta })
  }

  #send(fields: Parameters<typeof StreamingChunk.create>[0], counts = true): void | Promise<void> {
    const chunk = StreamingChunk.create({ component: this.#context.component, index: this.#index, ...fields })
    if (counts) this.#index++
    this.#context.emit(chunk)
    if (this.#callback) return this.#call(this.#callback, chunk)
  }

  /** As in Haystack, a callback that throws does not cost the reply. It is reported, once. */
  async #call(callback: StreamingCallback, chunk: StreamingChunk): Promise<void> {
    try {
      await callback(chunk)
    } catch (error) {
      if (this.#warned) return
      this.#warned = true
      process.emitWarning(
        `The streamingCallback of '${this.#context.component.name}' threw: ${error instanceof Error ? error.message : String(error)}`,
        { code: 'MILLRACE_CALLBACK_FAILED' },
      )
    }
  }
}
