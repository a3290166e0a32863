import {
  type ChatMessage,
  type Component,
  type JsonObject,
  type ObjectOf,
  type RunContext,
  type Socket,
  type Sockets,
  type Tool,
  type Toolset,
  t,
  type WarmUpContext,
} from '@millrace/core'
import { aloneContext, closeTools, flattenTools, readParameters, warmUpTools } from '@millrace/core/component'
import { conversationOf } from '../generators/chat-generator.ts'
import type { VariablesIn } from '../templates/variables-in.ts'
import { limitsOf } from '../tools/tool-limits.ts'
import { type AgentParameters, agentParameters } from './agent-parameters.ts'
import { AgentRun, type AgentSettings } from './agent-run.ts'
import { AgentState, type StateSchema, type StateSockets, stateSockets } from './agent-state.ts'
import { areKnown, checkAgent, checkToolNames } from './check-agent.ts'
import { readSavedRun } from './saved-run.ts'
import { SystemPrompt } from './system-prompt.ts'
import { usageSocket } from './usage.ts'

const ownInputs = {
  /** The conversation, or the text of one user message. */
  messages: t.described(
    t.union(t.array(t.message()), t.string()),
    'The conversation, or the text of one user message.',
  ),
  /** Options of each request of this run. */
  generationKwargs: t.optional(t.record(t.json()), { description: 'Options of each request of this run.' }),
  /** Replace those of the component. Toolsets among them must be ready. */
  tools: t.optional(t.tools(), {
    description: 'Replace those of the component. Toolsets among them must be ready.',
  }),
}

const ownOutputs = {
  /** The whole conversation, with the system prompt, calls and results. */
  messages: t.array(t.message(), {
    description: 'The whole conversation, with the system prompt, calls and results.',
  }),
  /** The last message: the answer, or the result of the tool that ended the run. */
  lastMessage: t.optional(t.message(), {
    description: 'The last message: the answer, or the result of the tool that ended the run.',
  }),
  /** Why the run ended, such as `text`, the name of a tool, or `steps`. */
  exitReason: t.string({ description: 'Why the run ended, such as `text`, the name of a tool, or `steps`.' }),
  /** How often the model was asked. */
  steps: t.integer({ description: 'How often the model was asked.' }),
  /** The tokens of all steps together. */
  usage: t.described(usageSocket, 'The tokens of all steps together.'),
}

/** The inputs of an agent: its own, the parts of its state, and the variables of its system prompt. */
export type AgentInputs<State extends StateSchema, Variables extends string> = typeof ownInputs &
  StateSockets<State> & { readonly [Name in NoInfer<Variables>]: Socket }

/** The outputs of an agent: its own, and the parts of its state. */
export type AgentOutputs<State extends StateSchema> = typeof ownOutputs & StateSockets<State>

/**
 * A model that calls tools until it has an answer: Haystack's component of this name. It asks its generator, runs the calls of
 * the reply, gives the results back, and so on. What goes wrong with a call is a result for the model.
 *
 * It ends by `exitConditions`, at the latest after `maxSteps`, where the model has to answer in words; `exitReason` says why:
 * `text`, the name of a tool, `steps`, `length`, `contentFilter`, `contextOverflow`, `repeated`, `abort`, or what a hook
 * said. No call is left without a result then, so that `messages` can go on.
 *
 * With `approve` it pauses the run before calls that a person has to approve, with a question for each. It does so in a
 * pipeline only: alone, and as a part of another component, it cannot pause, and a call that would have to wait fails the run.
 *
 * An abort ends it at once. In a pipeline it rejects; alone it gives what there is.
 *
 * @throws ComponentsError `TOOL_…` with `raiseOnToolFailure`; what the generator throws, but for an overflow of its context
 * @throws the reason of the signal, untouched, when that aborts a pipeline
 * @example
 * const agent = new Agent({ chatGenerator: new LlamaCppChatGenerator({ model: 'model.gguf' }), tools: [getWeather] })
 * const { lastMessage, exitReason } = await agent.run({ messages: 'What is the weather in Paris?' })
 * await agent.close()
 */
export class Agent<
  // biome-ignore lint/complexity/noBannedTypes: a state without parts.
  const State extends StateSchema = {},
  const Prompt extends string = '',
> implements Component
{
  static readonly type = 'Agent'
  static readonly description = 'A model that calls tools until it has an answer.'
  static readonly parameters = agentParameters as unknown as Socket<AgentParameters>

  readonly initParameters: AgentParameters<State, Prompt>
  readonly inputs: AgentInputs<State, VariablesIn<Prompt>>
  readonly outputs: AgentOutputs<State>
  readonly #prompt: SystemPrompt

  /**
   * @throws ComponentsError `AGENT_INVALID`, `VALUE_INVALID` or `TEMPLATE_…`, with the parameter in `option`
   * @throws ToolError `TOOL_DUPLICATE`, `TOOL_INVALID`
   */
  constructor(given: AgentParameters<State, Prompt>) {
    const parameters = readParameters(Agent, given) as AgentParameters<State, Prompt>
    this.initParameters = parameters
    const { tools = [], systemPrompt, stateSchema = {} } = parameters
    this.#prompt = new SystemPrompt(systemPrompt)
    const { variables } = this.#prompt
    checkAgent(parameters, variables)
    const known = flattenTools(tools)
    if (areKnown(tools)) checkToolNames(parameters, known)
    const state = stateSockets(stateSchema)
    this.inputs = {
      ...ownInputs,
      ...state,
      ...Object.fromEntries(
        variables.map((name) => [
          name,
          t.unknown({ description: `The variable '${name}' of the system prompt.` }),
        ]),
      ),
    } as Sockets as AgentInputs<State, VariablesIn<Prompt>>
    this.outputs = { ...ownOutputs, ...state } as Sockets as AgentOutputs<State>
  }

  /** Warms up the generator and the tools, and checks the names of those that are known only now. */
  async warmUp(context?: WarmUpContext): Promise<void> {
    const { chatGenerator, tools } = this.initParameters
    await Promise.all([chatGenerator.warmUp?.(context), warmUpTools(tools, this, context)])
    checkToolNames(this.initParameters, flattenTools(tools))
  }

  /** @throws what `Agent` says */
  async run(
    given: ObjectOf<AgentInputs<State, VariablesIn<Prompt>>>,
    context: RunContext = aloneContext(Agent),
  ): Promise<ObjectOf<AgentOutputs<State>>> {
    const { messages, tools, generationKwargs, ...others } = given as AgentRunInputs
    const { stateSchema = {} } = this.initParameters
    if (!context.signal.aborted) await this.warmUp({ signal: context.signal })
    const settings = this.#settings(tools, generationKwargs)
    const saved = context.resumed === undefined ? undefined : readSavedRun(context.resumed.state)
    const state = new AgentState(stateSchema, saved?.state ?? others)
    const values = Object.fromEntries(this.#prompt.variables.map((name) => [name, others[name]]))
    const start = saved ?? {
      messages: this.#prompt.before(conversationOf(messages), values),
      step: 0,
      usage: { promptTokens: 0, completionTokens: 0, totalTokens: 0 },
      history: [],
    }
    const run = new AgentRun(settings, state, start, context)
    const end = await run.go(saved && { saved, answers: context.resumed?.answers ?? {} })
    if (typeof end !== 'string') return context.pause(end)
    // The outputs of a run that was aborted reach nobody.
    if (end === 'abort' && context.runId !== ALONE) throw context.signal.reason
    return { ...run.result, exitReason: end, ...state.values } as ObjectOf<AgentOutputs<State>>
  }

  /** Closes the generator, and the tools that nothing else uses; a later run warms them up again. */
  async close(): Promise<void> {
    const { chatGenerator, tools } = this.initParameters
    await Promise.all([chatGenerator.close?.(), closeTools(tools, this)])
  }

  #settings(tools: AgentParameters['tools'], generationKwargs: JsonObject = {}): AgentSettings {
    const parameters = this.initParameters
    const { exitConditions = ['text'], maxSteps = 20, approve = 'never' } = parameters
    const { beforeModel, afterModel, beforeTool, afterTool } = parameters
    return {
      generator: parameters.chatGenerator,
      tools: flattenTools(tools ?? parameters.tools),
      generationKwargs,
      exitConditions,
      maxSteps,
      approve,
      raiseOnToolFailure: parameters.raiseOnToolFailure ?? false,
      showImages: parameters.showImages ?? false,
      limits: limitsOf({
        timeoutMs: parameters.toolTimeoutMs,
        maxConcurrency: parameters.maxToolConcurrency,
        maxResultCharacters: parameters.maxResultCharacters,
      }),
      hooks: { beforeModel, afterModel, beforeTool, afterTool },
    }
  }
}

/** The run of a component that is in no pipeline. */
const ALONE = aloneContext(Agent).runId

type AgentRunInputs = Readonly<Record<string, unknown>> & {
  readonly messages: readonly ChatMessage[] | string
  readonly tools?: readonly (Tool | Toolset)[]
  readonly generationKwargs?: JsonObject
}
