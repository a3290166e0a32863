import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import {
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type JsonObject,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type SlotUse,
  type StreamingCallback,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, readParameters } from '@millrace/core/component'
import type { Engine } from '../engines/engine.ts'
import type { Generation, ReplyDelta, RequestOptions } from '../engines/request.ts'
import {
  checkCompletionOptions,
  checkLoadOptions,
  checkParameterSupport,
  checkParameters,
  type OptionContext,
  optionContext,
} from '../options/check-options.ts'
import { type CompletionOptions, completionOptions } from '../options/completion-options.ts'
import { completionLoadSupport } from '../options/option-support.ts'
import { modelParameters, modelUrls } from '../options/parameters.ts'
import { cutWarnings, reportWarnings, withWarnings } from '../replies/chat-meta.ts'
import { type Answering, logprobJson, makeReplyMeta, type ReplyMeta } from '../replies/reply.ts'
import { ReplyStream } from '../replies/reply-stream.ts'
import { ReportedCall } from '../replies/reported-call.ts'
import { completionRequest } from '../requests/completion-request.ts'
import { mergeOptions, Seeds } from '../requests/generation.ts'
import { checkModel } from '../session/check-model.ts'
import { chooseEngine, type GivenEngine } from '../session/choose-engine.ts'
import { answering, ModelSession } from '../session/model-session.ts'

const ownParameters = {
  /** Options of every request. Those of a run win, key by key. */
  generationKwargs: t.optional(completionOptions, {
    description: 'Options of every request. Those of a run win, key by key.',
  }),
  /** Called with each piece of a reply. A pipeline streams without it. */
  streamingCallback: t.optional(t.callback<StreamingCallback>(), {
    description: 'Called with each piece of a reply. A pipeline streams without it.',
  }),
}

/**
 * Continues a text with a GGUF model that llama.cpp runs, without a server; with the option `suffix`, fills the gap
 * before it. Takes what Haystack's component of this name takes, camelCased. There it is deprecated for the chat generator; here
 * it is not, for a chat cannot do this: the model reads the prompt as it is, without a template, and nothing in it is
 * a control token.
 *
 * It loads, shares weights, aborts, is isolated and closes as `LlamaCppChatGenerator` does. Tools, images and
 * `responseFormat` are for chats; `grammar` is here, too. The defaults are those of completions in llama-cpp-python:
 * `maxTokens` 16, `temperature` 0.8.
 *
 * @throws LlamaCppError from the constructor `OPTION_…`; from `warmUp` and `run` `MODEL_…`, among them
 * `MODEL_UNSUPPORTED` for a `suffix` where the model has no infill tokens, `OUT_OF_MEMORY`, `ENGINE_UNAVAILABLE`,
 * `CONTEXT_OVERFLOW`, `OPTION_…`, `ENGINE_FAILED`, `ENGINE_CRASHED`, `CLOSED`
 * @example
 * const generator = new LlamaCppGenerator({ model: 'qwen3-0.6b.gguf', nCtx: 4096 })
 * const { replies } = await generator.run({ prompt: 'The capital of France is' })
 * console.log(replies[0])
 * await generator.close()
 */
export class LlamaCppGenerator implements Component {
  static readonly type = 'LlamaCppGenerator'
  static readonly description = 'Continues a text with a GGUF model, or fills a gap in one.'
  static readonly parameters: ObjectSocket<typeof modelParameters & typeof ownParameters> = t.object({
    ...modelParameters,
    ...ownParameters,
  })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs']
  static readonly urls: readonly string[] = modelUrls

  readonly inputs = {
    /** The text to continue. */
    prompt: t.string({ description: 'The text to continue.' }),
    /** Options of this request. */
    generationKwargs: t.optional(completionOptions, { description: 'Options of this request.' }),
    /** Replaces that of the component. */
    streamingCallback: t.optional(t.callback<StreamingCallback>(), {
      description: 'Replaces that of the component.',
    }),
  }
  readonly outputs = {
    /** One reply; none for an empty prompt. */
    replies: t.array(t.string(), { description: 'One reply; none for an empty prompt.' }),
    /** What the meta of a chat reply says, for each reply; with echo and logprobs, promptLogprobs. */
    meta: t.array(t.record(t.json()), {
      description:
        'What the meta of a chat reply says, for each reply; with echo and logprobs, promptLogprobs.',
    }),
  }
  readonly initParameters: ParametersOf<typeof LlamaCppGenerator>
  readonly #engine: Engine
  readonly #options: OptionContext
  readonly #session: ModelSession
  readonly #seeds: Seeds

  /** @param engine for tests: in place of the one that the parameters ask for, or what to make of that */
  constructor(given: ParametersOf<typeof LlamaCppGenerator>, engine?: GivenEngine) {
    const parameters = readParameters(LlamaCppGenerator, given)
    const { modelKwargs = {}, generationKwargs = {} } = parameters
    this.#engine = chooseEngine(parameters, engine)
    this.#options = optionContext(this.#engine.name)
    checkParameterSupport(parameters, this.#options)
    checkLoadOptions(modelKwargs, this.#options, completionLoadSupport)
    checkCompletionOptions(generationKwargs, this.#options)
    checkParameters(LlamaCppGenerator.parameters, parameters, LlamaCppGenerator.type)
    this.initParameters = parameters
    this.#session = new ModelSession(parameters, this.#engine)
    this.#seeds = new Seeds(modelKwargs.seed)
  }

  /** Finds or downloads the model, loads it, and opens the slots. Does nothing when that is done. */
  async warmUp(context: WarmUpContext = {}): Promise<void> {
    await this.#session.open(context)
  }

  /** Whether the files it names are there and sound; a model that would be downloaded is a warning. Loads nothing. */
  async check(context: CheckContext = {}): Promise<Finding[]> {
    if (this.#engine.needsFiles === false) return []
    return checkModel(this.initParameters, context, this.#engine.name)
  }

  async run(
    { prompt, generationKwargs, streamingCallback }: InputsOf<LlamaCppGenerator>,
    context: RunContext = aloneContext(LlamaCppGenerator),
  ): Promise<OutputsOf<LlamaCppGenerator>> {
    const { modelKwargs = {}, ...parameters } = this.initParameters
    const options = mergeOptions<CompletionOptions>(parameters.generationKwargs, generationKwargs)
    checkCompletionOptions(options, this.#options)
    if (prompt === '') {
      context.warn(
        'PROMPT_EMPTY',
        "There is no reply to no prompt: 'prompt' is an empty text. Look at what gives it.",
      )
      return { replies: [], meta: [] }
    }
    return this.#session.use({ signal: context.signal }, async (opened) => {
      const { context: model, modelPath } = opened
      reportWarnings(context, opened.warnings)
      const name = options.model ?? basename(modelPath)
      const stream = new ReplyStream(context, streamingCallback ?? parameters.streamingCallback, name)
      const echo = new Echo(options.echo ? prompt : '', stream.listening())
      const request = completionRequest(prompt, options, modelKwargs, this.#seeds)
      const by = answering(opened, name)
      const call = new ReportedCall(context, { ...by, operation: 'textCompletion', options, input: prompt })
      const generation = await call.answer(() => model.complete(request, echo.listening))
      await echo.start()
      const cut = cutWarnings(generation, request)
      reportWarnings(context, cut)
      const meta = withWarnings(completionMeta(generation, by), cut)
      const replies = [`${echo.text}${generation.text}`]
      call.end(meta, replies)
      await stream.end(generation, { ...meta })
      return { replies, meta: [{ ...meta }] }
    })
  }

  /** How busy its slots are; undefined while no model is loaded. */
  slotUse(): SlotUse | undefined {
    return this.#session.slotUse
  }

  /**
   * Frees the slots, and the weights when no other component uses them. What waits or runs is rejected with the error
   * `CLOSED`; a later run loads again.
   */
  async close(): Promise<void> {
    await this.#session.close()
  }
}

/** Puts a text in front of a reply, when its first piece comes: a request that fails before says nothing. */
class Echo {
  readonly text: string
  readonly listening: RequestOptions
  readonly #heard: RequestOptions
  #started = false

  constructor(text: string, heard: RequestOptions) {
    this.text = text
    this.#heard = heard
    this.listening = text === '' ? heard : { ...heard, onDelta: (delta) => this.#pass(delta) }
  }

  /** Sends the text, once. */
  async start(): Promise<void> {
    if (this.#started || this.text === '') return
    this.#started = true
    await this.#heard.onDelta?.({ kind: 'text', text: this.text })
  }

  async #pass(delta: ReplyDelta): Promise<void> {
    await this.start()
    await this.#heard.onDelta?.(delta)
  }
}

function completionMeta(generation: Generation, by: Answering): ReplyMeta & JsonObject {
  const meta: ReplyMeta = { ...makeReplyMeta(generation, by), responseId: `cmpl-${randomUUID()}` }
  const { promptLogprobs } = generation
  return { ...meta, ...(promptLogprobs ? { promptLogprobs: promptLogprobs.map(logprobJson) } : {}) }
}
