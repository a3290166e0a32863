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
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, closeTools, flattenTools, readParameters, warmUpTools } from '@millrace/core/component'
import { answerCalls } from './answer-calls.ts'
import { pendingCalls } from './pending-calls.ts'
import { ResultStream } from './result-stream.ts'
import { limitsOf, toolLimits } from './tool-limits.ts'
import { LooseState } from './tool-state.ts'

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
    /** Whether a call that fails fails the run. Otherwise its result says what went wrong. */
    raiseOnFailure: t.boolean({
      default: false,
      description: 'Whether a call that fails fails the run. Otherwise its result says what went wrong.',
    }),
    /** How many calls run at once. */
    maxConcurrency: toolLimits.maxConcurrency,
    /** The longest that one call may take, in milliseconds. */
    timeoutMs: toolLimits.timeoutMs,
    /** How many characters of text a result may have. Of a longer one the model gets the beginning and the end. */
    maxResultCharacters: toolLimits.maxResultCharacters,
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
    /** What tools may read and write: their `inputsFromState` and `outputsToState`. */
    state: t.optional(t.record(t.unknown()), {
      description: 'What tools may read and write: their `inputsFromState` and `outputsToState`.',
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
    /** The state as the tools left it: lists are added to, other values replaced. Left out when none was given. */
    state: t.optional(t.record(t.unknown()), {
      description:
        'The state as the tools left it: lists are added to, other values replaced. Left out when none was given.',
    }),
  }
  readonly initParameters: ParametersOf<typeof ToolInvoker>

  constructor(given: ParametersOf<typeof ToolInvoker> = {}) {
    const parameters = readParameters(ToolInvoker, given)
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
    { messages, conversation = [], tools, state: given }: InputsOf<ToolInvoker>,
    context: RunContext = aloneContext(ToolInvoker),
  ): Promise<OutputsOf<ToolInvoker>> {
    context.signal.throwIfAborted()
    const pending = pendingCalls(messages)
    const state = given === undefined ? undefined : new LooseState(given)
    if (pending.calls.length === 0) return { replies: messages, ...(state && { state: state.values }) }
    const own = this.initParameters.tools
    if (tools === undefined && own !== undefined) await this.warmUp({ signal: context.signal })
    const { streamingCallback, raiseOnFailure = false, ...limits } = this.initParameters
    const results = await answerCalls(pending.calls, context, {
      tools: flattenTools(tools ?? own ?? context.pipelineTools),
      ...limitsOf(limits),
      raiseOnFailure,
      state,
      stream: new ResultStream(context, streamingCallback),
    })
    const toolMessages = results.map((result) => ChatMessage.tool(result))
    return {
      toolMessages,
      messages: [...conversation, ...pending.messages, ...toolMessages],
      ...(state && { state: state.values }),
    }
  }

  /** Closes the toolsets that nothing else uses; a later run warms them up again. */
  async close(): Promise<void> {
    await closeTools(this.initParameters.tools, this)
  }
}
