import {
  ChatMessage,
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type JsonObject,
  type ModelCall,
  type ObjectSocket,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type StreamingCallback,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, flattenTools, readParameters } from '@millrace/core/component'
import { Answer } from '../chat/answer.ts'
import { chatBody } from '../chat/chat-body.ts'
import { readAnswer } from '../chat/read-answer.ts'
import { ReplyStream } from '../chat/reply-stream.ts'
import { checkGenerationOptions, checkParameters } from '../options/check-options.ts'
import { type GenerationOptions, generationOptions, mergeOptions } from '../options/generation-options.ts'
import { serverEnvironment, serverParameters } from '../options/server-parameters.ts'
import { ask, loadLibrary } from '../server/ask.ts'
import { checkKey } from '../server/check-key.ts'
import { ReportedCall } from '../server/reported-call.ts'
import { checkServer, resolveServer, type Server, withoutKey } from '../server/server.ts'
import { TimeLimits } from '../server/time-limits.ts'
import { WarmToolsets } from './warm-toolsets.ts'

const ownParameters = {
  /** Options of every request. Those of a run win, key by key. */
  generationKwargs: t.optional(generationOptions, {
    description: 'Options of every request. Those of a run win, key by key.',
  }),
  /** What the model may call. Those of a run replace them. */
  tools: t.optional(t.tools(), { description: 'What the model may call. Those of a run replace them.' }),
  /** Has the server hold calls to the schemas of the tools. OpenAI refuses a schema with optional or open properties. */
  strictTools: t.boolean({
    default: false,
    description:
      'Has the server hold calls to the schemas of the tools. OpenAI refuses a schema with optional or open properties.',
  }),
  /** Sends the thoughts of earlier replies back, under this key. Default: they are left out. */
  reasoningKey: t.optional(t.literal('reasoning_content', 'reasoning'), {
    description: 'Sends the thoughts of earlier replies back, under this key. Default: they are left out.',
  }),
  /** The longest silence of the server in the middle of a reply, in milliseconds. */
  idleTimeoutMs: t.integer({
    minimum: 1,
    maximum: 2_147_483_647,
    default: 300_000,
    description: 'The longest silence of the server in the middle of a reply, in milliseconds.',
  }),
  /** Called with each piece of a reply. A pipeline streams without it. */
  streamingCallback: t.optional(t.callback<StreamingCallback>(), {
    description: 'Called with each piece of a reply. A pipeline streams without it.',
  }),
}

/**
 * Answers a conversation with a model on a server that speaks OpenAI's protocol: llama-server, Ollama, vLLM, LM Studio, OpenAI
 * itself. Sockets, messages and options are those of `LlamaCppChatGenerator`, so that one can stand in for the other.
 *
 * - Nothing is asked before the first request; `warmUp` loads the library and looks up the environment.
 * - A request that the server could not take is sent again, after the time that the server asks for, within `timeoutMs`. A reply
 *   that has begun is not: what was streamed stays streamed.
 * - A call that cannot be read is kept in `meta.malformedToolCalls`; every call has an id of its own.
 * - `meta.usage` is there when the server sends it, on the first reply.
 *
 * When the signal aborts in the middle of a reply, `run` gives what there is with the finish reason `aborted`; before
 * that it rejects with the signal's reason. More in docs/other-models.md.
 *
 * @throws OpenAIError from the constructor `OPENAI_OPTION_…`; from `run` all codes but those of embedders. ToolError
 * `TOOL_DUPLICATE`. DefinitionError `COMPONENT_PARAMETERS` for a variable of the environment that is not set
 * @example
 * const generator = new OpenAIChatGenerator({ model: 'qwen3:4b', apiBaseUrl: 'http://localhost:11434/v1' })
 * const { replies } = await generator.run({ messages: 'What is the capital of France?' })
 */
export class OpenAIChatGenerator implements Component {
  static readonly type = 'OpenAIChatGenerator'
  static readonly description =
    "Answers a conversation with a model on a server of OpenAI's protocol: text, tools, images, JSON by a schema."
  static readonly parameters: ObjectSocket<typeof serverParameters & typeof ownParameters> = t.object({
    ...serverParameters,
    ...ownParameters,
  })
  /** In these `${env:NAME}` is replaced when the first request is made. */
  static readonly environment: readonly string[] = serverEnvironment
  static readonly servers: readonly string[] = ['apiBaseUrl']

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
    /** One reply, or as many as `n` says; none for an empty conversation. */
    replies: t.array(t.message(), {
      description: 'One reply, or as many as `n` says; none for an empty conversation.',
    }),
  }
  readonly initParameters: ParametersOf<typeof OpenAIChatGenerator>
  readonly #toolsets = new WarmToolsets()

  constructor(given: ParametersOf<typeof OpenAIChatGenerator>) {
    const parameters = readParameters(OpenAIChatGenerator, given)
    checkGenerationOptions(parameters.generationKwargs ?? {})
    checkParameters(OpenAIChatGenerator.parameters, parameters)
    checkServer(parameters)
    flattenTools(parameters.tools)
    this.initParameters = parameters
  }

  /** Loads the library, looks up the environment, and warms up the toolsets. Asks nothing of the server. */
  async warmUp(_: WarmUpContext = {}): Promise<void> {
    resolveServer(this.initParameters)
    await Promise.all([loadLibrary(), this.#toolsets.warmUp(this.initParameters.tools)])
  }

  /** A key that OpenAI would miss is a warning. Connects to nothing. */
  check(_: CheckContext = {}): Finding[] {
    return checkKey(this.initParameters)
  }

  async run(
    { messages, generationKwargs, tools, streamingCallback }: InputsOf<OpenAIChatGenerator>,
    context: RunContext = aloneContext(OpenAIChatGenerator),
  ): Promise<OutputsOf<OpenAIChatGenerator>> {
    const { initParameters: parameters } = this
    const options = mergeOptions(parameters.generationKwargs, generationKwargs)
    checkGenerationOptions(options)
    const conversation = typeof messages === 'string' ? [ChatMessage.user(messages)] : messages
    if (conversation.length === 0) return { replies: [] }
    context.signal.throwIfAborted()
    const server = resolveServer(parameters)
    const offered = tools ?? parameters.tools
    await this.#toolsets.warmUp(offered)
    const { strictTools = false, reasoningKey } = parameters
    const body = chatBody(
      options,
      { messages: conversation, tools: flattenTools(offered), strictTools, reasoningKey },
      server,
    )
    const call = new ReportedCall(context, server, {
      operation: 'chat',
      options: { ...options },
      input: conversation,
    })
    const stream = new ReplyStream(context, streamingCallback ?? parameters.streamingCallback, server.model)
    try {
      const answer = new Answer()
      const isAborted = await this.#answer(body, answer, { server, context, stream })
      const replies = repliesOf(answer, server, { isAborted, options, context })
      const meta = replies[0]?.meta ?? {}
      call.end(reported(answer, meta, replies))
      const reason = isAborted ? 'aborted' : answer.choices[0]?.finishReason
      if (reason !== undefined) await stream.end(reason, { ...meta }, context.signal)
      return { replies }
    } catch (error) {
      call.end({ error })
      throw error
    }
  }

  /** Whether the answer ended because the run was aborted in the middle of it. */
  async #answer(
    body: JsonObject,
    answer: Answer,
    {
      server,
      context,
      stream,
    }: { readonly server: Server; readonly context: RunContext; readonly stream: ReplyStream },
  ): Promise<boolean> {
    const { timeoutMs = 600_000, idleTimeoutMs = 300_000, maxRetries = 2 } = this.initParameters
    const limits = new TimeLimits(context.signal, server, timeoutMs)
    try {
      const response = await ask('chat/completions', body, server, { limits, maxRetries })
      for await (const pieces of readAnswer(response, answer, server, limits.signal)) {
        limits.heard()
        await stream.send(pieces, limits.signal)
        limits.signal.throwIfAborted()
        limits.listen(idleTimeoutMs)
      }
      return false
    } catch (error) {
      if (!context.signal.aborted) throw limits.exceeded ?? error
      if (answer.choices[0]?.isEmpty ?? true) throw context.signal.reason
      return true
    } finally {
      limits.end()
    }
  }

  /** The parameters as a file has them: a key in them becomes `${env:OPENAI_API_KEY}`. */
  toJSON(): object {
    return withoutKey(this.initParameters)
  }
}

function repliesOf(
  answer: Answer,
  server: Server,
  {
    isAborted,
    options,
    context,
  }: { readonly isAborted: boolean; readonly options: GenerationOptions; readonly context: RunContext },
): ChatMessage[] {
  return answer.choices.map((choice, index) => {
    const finishReason = isAborted ? 'aborted' : choice.finishReason
    const warnings = finishReason === 'length' ? cutWarnings(options) : []
    for (const { code, message } of warnings) context.warn(code, message)
    return choice.message({
      model: answer.model ?? server.model,
      index,
      finishReason,
      // Of all replies together: who adds up the replies must not count it again.
      ...(index === 0 && answer.usage !== undefined ? { usage: answer.usage } : {}),
      ...answer.meta(),
      ...(warnings.length > 0 ? { warnings } : {}),
    })
  })
}

/** Where a reply that was to be JSON ends in the middle. */
function cutWarnings({ responseFormat }: GenerationOptions): { code: string; message: string }[] {
  if (responseFormat === undefined || responseFormat === null || responseFormat.type === 'text') return []
  const message =
    'The reply was cut off in the middle of the JSON of generationKwargs.responseFormat: it is not complete. Raise generationKwargs.maxTokens, or the context of the server.'
  return [{ code: 'REPLY_CUT', message }]
}

function reported(answer: Answer, meta: JsonObject, replies: readonly ChatMessage[]): Partial<ModelCall> {
  const { usage, timings, id, model } = answer
  const { finishReason, warnings } = meta
  return {
    ...(model === undefined ? {} : { responseModel: model }),
    ...(id === undefined ? {} : { responseId: id }),
    ...(usage === undefined ? {} : { usage: usage as unknown as NonNullable<ModelCall['usage']> }),
    ...(timings === undefined ? {} : { timings }),
    ...(typeof finishReason === 'string' ? { finishReason } : {}),
    ...(warnings === undefined
      ? {}
      : { warnings: warnings as unknown as NonNullable<ModelCall['warnings']> }),
    replies,
  }
}
