import { basename } from 'node:path'
import {
  ChatMessage,
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type SlotUse,
  type StreamingCallback,
  t,
  type WarmUpContext,
} from '@millrace/core'
import {
  aloneContext,
  closeTools,
  flattenTools,
  isToolset,
  readParameters,
  warmUpTools,
} from '@millrace/core/component'
import type { Engine } from '../engines/engine.ts'
import {
  checkGenerationOptions,
  checkLoadOptions,
  checkParameterSupport,
  checkParameters,
  type OptionContext,
  optionContext,
} from '../options/check-options.ts'
import { generationOptions } from '../options/generation-options.ts'
import { chatLoadSupport } from '../options/option-support.ts'
import { modelParameters, modelUrls } from '../options/parameters.ts'
import { cutWarnings, reportWarnings, withWarnings } from '../replies/chat-meta.ts'
import { makeReplyMeta, replyMessage } from '../replies/reply.ts'
import { ReplyStream } from '../replies/reply-stream.ts'
import { ReportedCall } from '../replies/reported-call.ts'
import { checkGeneration } from '../requests/check-generation.ts'
import { generationRequest, mergeOptions, Seeds } from '../requests/generation.ts'
import { heldTools } from '../requests/held-tools.ts'
import { offeredTools } from '../requests/offered-tools.ts'
import { ChatSetup, checkChat, findingsOf } from '../session/chat-setup.ts'
import { checkModel } from '../session/check-model.ts'
import { chooseEngine, type GivenEngine } from '../session/choose-engine.ts'
import { answering, ModelSession, type OpenSession } from '../session/model-session.ts'
import { checkProjectorNames, projectorParameters } from '../session/projector.ts'

const ownParameters = {
  /** Options of every request. Those of a run win, key by key. */
  generationKwargs: t.optional(generationOptions, {
    description: 'Options of every request. Those of a run win, key by key.',
  }),
  /** What the model may call. Those of a run replace them. */
  tools: t.optional(t.tools(), { description: 'What the model may call. Those of a run replace them.' }),
  /** Called with each piece of a reply. A pipeline streams without it. */
  streamingCallback: t.optional(t.callback<StreamingCallback>(), {
    description: 'Called with each piece of a reply. A pipeline streams without it.',
  }),
}

/**
 * Answers a conversation with a GGUF model that llama.cpp runs, without a server. Takes what Haystack's component of
 * this name takes, camelCased, with llama-cpp-python's defaults.
 *
 * - The constructor checks its options and touches no file; `warmUp`, or the first run, loads. Components that name the
 *   same file and load options share the weights; each has `slots` of its own, and requests beyond them queue.
 * - With `tools` the reply may hold calls, whose arguments obey the schema of the tool; `toolChoice` says whether it
 *   must. A call that cannot be read is kept in `meta.malformedToolCalls`.
 * - With `modelClipPath` messages of the user may hold images. That needs the engine `llama.node`.
 * - `responseFormat` and `grammar` hold the reply to a schema or a grammar; what cannot be enforced is refused.
 * - `isolation` says where the engine runs: `auto` keeps `node-llama-cpp` in this process and gives `llama.node`, and a
 *   model whose header is unusual, a child process, of which a crash costs only the requests that it was working on.
 *
 * When the signal aborts in the middle of a reply, `run` gives what there is with the finish reason `aborted`; before
 * that it rejects with the signal's reason. The meta of a reply is a `ReplyMeta`. More in docs/llama-cpp.md.
 *
 * @throws LlamaCppError from the constructor `OPTION_…`; from `warmUp` and `run` `MODEL_…`, `OUT_OF_MEMORY`,
 * `ENGINE_UNAVAILABLE`, `CONTEXT_OVERFLOW`, `MODALITY_UNSUPPORTED`, `OPTION_…`, `ENGINE_FAILED`, `ENGINE_CRASHED`,
 * `CLOSED`. ToolError `TOOL_DUPLICATE` from the constructor and `run`
 * @example
 * const generator = new LlamaCppChatGenerator({ model: 'qwen3-0.6b.gguf', nCtx: 4096 })
 * const { replies } = await generator.run({ messages: 'What is the capital of France?' })
 * console.log(ChatMessage.text(replies[0]))
 * await generator.close()
 */
export class LlamaCppChatGenerator implements Component {
  static readonly type = 'LlamaCppChatGenerator'
  static readonly description =
    'Answers a conversation with a GGUF model: text, tools, images, JSON by a schema.'
  static readonly parameters: ObjectSocket<
    typeof modelParameters & typeof projectorParameters & typeof ownParameters
  > = t.object({ ...modelParameters, ...projectorParameters, ...ownParameters })
  /** In these `${env:NAME}` is replaced when the model is loaded. */
  static readonly environment: readonly string[] = ['model', 'modelKwargs', 'modelClipPath']
  static readonly urls: readonly string[] = modelUrls

  readonly inputs = {
    /** The conversation, or the text of one user message. */
    messages: t.described(
      t.union(t.array(t.message()), t.string()),
      'The conversation, or the text of one user message.',
    ),
    /** Options of this request. */
    generationKwargs: t.optional(generationOptions, { description: 'Options of this request.' }),
    /** Replace those of the component; an empty list means none. */
    tools: t.optional(t.tools(), {
      description: 'Replace those of the component; an empty list means none.',
    }),
    /** Replaces that of the component. */
    streamingCallback: t.optional(t.callback<StreamingCallback>(), {
      description: 'Replaces that of the component.',
    }),
  }
  readonly outputs = {
    /** One reply; none for an empty conversation. */
    replies: t.array(t.message(), { description: 'One reply; none for an empty conversation.' }),
  }
  readonly initParameters: ParametersOf<typeof LlamaCppChatGenerator>
  readonly #engine: Engine
  readonly #options: OptionContext
  readonly #session: ModelSession
  readonly #seeds: Seeds
  #setup: { readonly key: string; readonly chat: Promise<ChatSetup> } | undefined

  /** @param engine for tests: in place of the one that the parameters ask for, or what to make of that */
  constructor(given: ParametersOf<typeof LlamaCppChatGenerator>, engine?: GivenEngine) {
    const parameters = readParameters(LlamaCppChatGenerator, given)
    checkProjectorNames(parameters)
    this.#engine = chooseEngine(parameters, engine)
    this.#options = optionContext(this.#engine.name, parameters.modelClipPath)
    checkParameterSupport(parameters, this.#options)
    checkLoadOptions(parameters.modelKwargs ?? {}, this.#options, chatLoadSupport)
    checkGenerationOptions(parameters.generationKwargs ?? {}, this.#options)
    checkParameters(LlamaCppChatGenerator.parameters, parameters, LlamaCppChatGenerator.type)
    this.initParameters = parameters
    this.#session = new ModelSession(parameters, this.#engine)
    flattenTools(parameters.tools)
    this.#seeds = new Seeds(parameters.modelKwargs?.seed)
  }

  /** Finds or downloads the model, loads it, and opens the slots. Does nothing when that is done. */
  async warmUp(context: WarmUpContext = {}): Promise<void> {
    const opened = await this.#session.open(context)
    await warmUpTools(this.initParameters.tools, this, context)
    await this.#chat(opened)
  }

  /**
   * Whether the files it names are there and sound, and whether a reply can be held to its schema. A model that would be
   * downloaded is a warning, as is a choice of tools that its own tools leave no way to make, a chat template that is
   * missing or knows no tools, and parameters of a tool that no grammar holds a call to. Loads nothing.
   */
  async check(context: CheckContext = {}): Promise<Finding[]> {
    if (this.#engine.needsFiles === false) return []
    const { initParameters } = this
    const { name } = this.#engine
    // What a toolset holds is known when it is ready.
    const own = (initParameters.tools ?? []).some(isToolset) ? [] : flattenTools(initParameters.tools)
    const { tools, warnings } = heldTools(offeredTools(own, 'auto').tools)
    const model = await checkModel(initParameters, context, name, 'writes', (path, given) =>
      checkChat(path, given, tools, name),
    )
    return [...model, ...checkGeneration(initParameters, name), ...findingsOf(warnings, 'tools')]
  }

  async run(
    { messages, generationKwargs, tools, streamingCallback }: InputsOf<LlamaCppChatGenerator>,
    context: RunContext = aloneContext(LlamaCppChatGenerator),
  ): Promise<OutputsOf<LlamaCppChatGenerator>> {
    const { modelKwargs = {}, ...parameters } = this.initParameters
    const options = mergeOptions(parameters.generationKwargs, generationKwargs)
    checkGenerationOptions(options, this.#options)
    const conversation = typeof messages === 'string' ? [ChatMessage.user(messages)] : messages
    if (conversation.length === 0) {
      context.warn(
        'PROMPT_EMPTY',
        "There is no reply to no messages: 'messages' is an empty list. Look at what gives it.",
      )
      return { replies: [] }
    }
    const offered = tools ?? parameters.tools
    // Nothing is waited for before the session knows of this run: a `close` that comes next has to end it.
    return this.#session.use({ signal: context.signal }, async (opened) => {
      const { context: model, modelPath } = opened
      // Those of a run are closed by whoever gave them.
      if (tools === undefined) await warmUpTools(offered, this, { signal: context.signal })
      else await Promise.all(tools.map((tool) => tool.warmUp?.({ signal: context.signal })))
      const name = options.model ?? basename(modelPath)
      const stream = new ReplyStream(context, streamingCallback ?? parameters.streamingCallback, name)
      const request = generationRequest(options, modelKwargs, this.#seeds)
      const { toolChoice, ...choosable } = offeredTools(
        flattenTools(offered),
        request.toolChoice,
        options.functions,
      )
      const held = heldTools(choosable.tools)
      const chat = await this.#chat(opened)
      const warnings = [...(chat?.warnings(held.tools) ?? []), ...held.warnings]
      reportWarnings(context, [...opened.warnings, ...warnings])
      const by = answering(opened, name)
      const call = new ReportedCall(context, { ...by, operation: 'chat', options, input: conversation })
      const generation = await call.answer(() =>
        model.chat({ ...request, messages: conversation, tools: held.tools, toolChoice }, stream.listening()),
      )
      const cut = cutWarnings(generation, { ...request, toolChoice })
      reportWarnings(context, cut)
      const meta = withWarnings(
        {
          ...makeReplyMeta(generation, by),
          ...(chat ? { chatFormat: { ...chat.meta(held.tools) } } : {}),
        },
        [...warnings, ...cut],
      )
      const replies = [replyMessage(generation, meta)]
      call.end(meta, replies)
      await stream.end(generation, { ...meta })
      return { replies }
    })
  }

  /** How the model writes conversations, read off its file once; undefined where an engine has no files. */
  async #chat({ modelPath, made }: Pick<OpenSession, 'modelPath' | 'made'>): Promise<ChatSetup | undefined> {
    if (this.#engine.needsFiles === false) return undefined
    const { chatTemplate } = made.context
    const key = `${modelPath}\n${chatTemplate ?? ''}`
    if (this.#setup?.key !== key)
      this.#setup = { key, chat: ChatSetup.read(modelPath, chatTemplate, this.#engine.name) }
    return this.#setup.chat
  }

  /**
   * Writes what the free slots hold into a folder: a component with this model and these options, and the folder as its
   * `stateFolder`, starts from there. Resolves with how many slots were written. Read only files of your own.
   */
  saveState(folder: string): Promise<number> {
    return this.#session.saveState(folder)
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
    await closeTools(this.initParameters.tools, this)
  }
}
