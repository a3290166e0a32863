import {
  ChatMessage,
  type CheckContext,
  type Component,
  type Finding,
  type InputsOf,
  type OutputsOf,
  type ParametersOf,
  type RunContext,
  type StreamingCallback,
  type Tool,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, closeTools, flattenTools, warmUpTools, withoutNulls } from '@millrace/core/component'
import { setMaxListeners } from '#platform'
import { answerCall } from './answer-call.ts'
import { type PendingCall, pendingCalls } from './pending-calls.ts'
import { ResultStream } from './result-stream.ts'
import { runLimited } from './run-limited.ts'

/**
 * Runs the tools that a model called, several at once, and makes a message of each result. Haystack's component of
 * this name, with outputs that close the loop back to the model.
 *
 * The calls are those of the assistant messages at the end of `messages`; without any, `replies` is the only output, and
 * so the way out of a loop. Whatever goes wrong with a call is told to the model as a result with `error: true`: an unknown
 * tool, arguments that do not fit, a tool that throws. With a call that could not be read (`meta.malformedToolCalls`), too.
 *
 * Without `tools` it runs those that the other components of its pipeline have in their parameters, so that they are named
 * once: by the generator that offers them. It keeps nothing between its visits. The conversation so far comes in as `conversation` and goes out in `messages`.
 *
 * @throws ToolError `TOOL_DUPLICATE`, `TOOL_INVALID` for its tools; with `raiseOnFailure` `TOOL_FAILED`,
 * `TOOL_INVALID_ARGUMENTS`, and ComponentsError `TOOL_UNKNOWN`, `TOOL_CALL_MALFORMED`, `TOOL_RESULT_INVALID`, `TOOL_TIMEOUT`
 * @throws the reason of the signal, at once, even while a tool does not listen to it
 * @example
 * const invoker = new ToolInvoker({ tools: [add] })
 * const { toolMessages = [] } = await invoker.run({ messages: replies })
 */
export class ToolInvoker implements Component {
  static readonly type = 'ToolInvoker'
  static readonly description = 'Runs the tools that a model called, and makes messages of the results.'
  static readonly parameters = t.object({
    /** What may be called. Without it, the tools of the other components of the pipeline. */
    tools: t.optional(t.tools(), {
      description: 'What may be called. Without it, the tools of the other components of the pipeline.',
    }),
    /** Whether a call that fails fails the run. Otherwise the model is told. */
    raiseOnFailure: t.boolean({
      default: false,
      description: 'Whether a call that fails fails the run. Otherwise the model is told.',
    }),
    /** How many calls run at once. */
    maxConcurrency: t.integer({ default: 4, minimum: 1, description: 'How many calls run at once.' }),
    /** The longest that one call may take, in milliseconds. No limit without it. */
    timeoutMs: t.optional(t.integer({ minimum: 1, maximum: 2 ** 31 - 1 }), {
      description: 'The longest that one call may take, in milliseconds. No limit without it.',
    }),
    /** Called with each result, in the order of the calls. A pipeline streams without it. */
    streamingCallback: t.optional(t.callback<StreamingCallback>(), {
      description: 'Called with each result, in the order of the calls. A pipeline streams without it.',
    }),
  })

  readonly inputs = {
    /** The replies of a model, or a whole conversation that ends with them. */
    messages: t.array(t.message(), {
      description: 'The replies of a model, or a whole conversation that ends with them.',
    }),
    /** What stands before `messages`. Only for the output `messages`. */
    conversation: t.optional(t.array(t.message()), {
      description: 'What stands before `messages`. Only for the output `messages`.',
    }),
    /** Replace those of the component. Toolsets among them must be ready. */
    tools: t.optional(t.tools(), {
      description: 'Replace those of the component. Toolsets among them must be ready.',
    }),
  }
  readonly outputs = {
    /** The results, in the order of the calls. Left out when there were none. */
    toolMessages: t.optional(t.array(t.message()), {
      description: 'The results, in the order of the calls. Left out when there were none.',
    }),
    /** All of it for the model to go on: conversation, messages, results. Left out without calls. */
    messages: t.optional(t.array(t.message()), {
      description:
        'All of it for the model to go on: conversation, messages, results. Left out without calls.',
    }),
    /** The messages as they came, when they hold no calls. */
    replies: t.optional(t.array(t.message()), {
      description: 'The messages as they came, when they hold no calls.',
    }),
  }
  readonly initParameters: ParametersOf<typeof ToolInvoker>

  constructor(given: ParametersOf<typeof ToolInvoker> = {}) {
    const parameters = withoutNulls(ToolInvoker.parameters.type, given)
    this.initParameters = parameters
    flattenTools(parameters.tools)
  }

  async warmUp(context?: WarmUpContext): Promise<void> {
    await warmUpTools(this.initParameters.tools, this, context)
  }

  /** Whether there is anything to call. What a connection to `tools` brings is not known here. */
  check({ pipelineTools }: CheckContext = {}): Finding[] {
    const tools = this.initParameters.tools ?? pipelineTools
    if (tools === undefined || tools.length > 0) return []
    const message =
      this.initParameters.tools === undefined
        ? "It has no 'tools', and no other component of the pipeline has any: every call would be answered with an error."
        : "Its list of 'tools' is empty: every call would be answered with an error."
    return [{ level: 'warning', code: 'NO_TOOLS', message, option: 'tools' }]
  }

  async run(
    { messages, conversation = [], tools }: InputsOf<ToolInvoker>,
    context: RunContext = aloneContext(ToolInvoker),
  ): Promise<OutputsOf<ToolInvoker>> {
    context.signal.throwIfAborted()
    const pending = pendingCalls(messages)
    if (pending.calls.length === 0) return { replies: messages }
    const own = this.initParameters.tools
    if (tools === undefined && own !== undefined) await this.warmUp({ signal: context.signal })
    const available = flattenTools(tools ?? own ?? context.pipelineTools)
    const toolMessages = await this.#answer(pending.calls, available, context)
    return { toolMessages, messages: [...conversation, ...pending.messages, ...toolMessages] }
  }

  /** Closes the toolsets that nothing else uses; a later run warms them up again. */
  async close(): Promise<void> {
    await closeTools(this.initParameters.tools, this)
  }

  async #answer(
    calls: readonly PendingCall[],
    tools: readonly Tool[],
    context: RunContext,
  ): Promise<readonly ChatMessage[]> {
    const { raiseOnFailure = false, maxConcurrency = 4, timeoutMs, streamingCallback } = this.initParameters
    const stream = new ResultStream(context, streamingCallback)
    // It may have aborted while the toolsets were warmed up.
    context.signal.throwIfAborted()
    // Aborts with the run, and when a call fails that fails the run. Each call that runs listens to it.
    const stop = new AbortController()
    setMaxListeners(0, stop.signal)
    const onAbort = () => stop.abort(context.signal.reason)
    context.signal.addEventListener('abort', onAbort)
    const report = context.toolCall
    const options = { tools, signal: stop.signal, timeoutMs, raiseOnFailure, report }
    try {
      const results = await runLimited(
        calls,
        maxConcurrency,
        (call) => answerCall(call, options),
        (result, index) => stream.result(result, index),
      )
      await stream.end(calls.length)
      return results.map((result) => ChatMessage.tool(result))
    } catch (error) {
      stop.abort(error)
      throw error
    } finally {
      context.signal.removeEventListener('abort', onAbort)
    }
  }
}
