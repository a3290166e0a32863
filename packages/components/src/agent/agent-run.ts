import {
  ChatMessage,
  type JsonObject,
  type JsonValue,
  type PauseRequest,
  type RunContext,
  type Tool,
  ToolCallResult,
} from '@millrace/core'
import type { ChatGenerator } from '../generators/chat-generator.ts'
import type { Answer, AnswerOptions } from '../tools/answer-call.ts'
import { answerCalls } from '../tools/answer-calls.ts'
import { type PendingCall, pendingCalls } from '../tools/pending-calls.ts'
import { ResultStream } from '../tools/result-stream.ts'
import type { AgentState } from './agent-state.ts'
import { answerWithHooks } from './answer-with-hooks.ts'
import { type ApprovalPolicy, withEditNote } from './approvals.ts'
import { askModel, type ModelRequest } from './ask-model.ts'
import { CallHistory, ENOUGH, keyOfCall, REPORTED, repeated } from './call-history.ts'
import { describeMedia, withUserText } from './describe-media.ts'
import { type AgentHooks, type AgentMoment, checkedAnswer } from './hooks.ts'
import { answerOpenCalls } from './open-calls.ts'
import type { SavedRun } from './saved-run.ts'
import { type DecidedCalls, decideCalls, type StepCalls, whatToAsk } from './step-approvals.ts'
import { untilAborted } from './until-aborted.ts'
import { UsageSum } from './usage.ts'

/** What does not change during a run. */
export interface AgentSettings {
  readonly generator: ChatGenerator
  readonly tools: readonly Tool[]
  readonly generationKwargs: JsonObject
  readonly exitConditions: readonly string[]
  readonly maxSteps: number
  readonly approve: ApprovalPolicy
  readonly raiseOnToolFailure: boolean
  readonly showImages: boolean
  readonly limits: {
    readonly timeoutMs: number
    readonly maxConcurrency: number
    readonly maxResultCharacters: number
  }
  readonly hooks: AgentHooks
}

const LAST_STEP = 'You cannot call tools any more. Answer now, in words, with what you know.'
const EMPTY_REPLY = 'Your last reply was empty. Answer in words, or call a tool.'

/** What calls are answered with that are never run. */
const unanswered = {
  before: 'This call was not run.',
  abort: 'This call was stopped before it had a result.',
  limit: 'This call was not run: no more calls are possible.',
  length: 'This call was not run: the reply was cut off at its limit of tokens.',
  stopped: 'This call was not run: the run was ended.',
}

/** One run of an agent: steps, each of a reply and the calls in it, until something ends it. */
export class AgentRun {
  readonly #settings: AgentSettings
  readonly #context: RunContext
  readonly #state: AgentState
  readonly #history: CallHistory
  readonly #usage: UsageSum
  #messages: readonly ChatMessage[]
  #step: number

  constructor(settings: AgentSettings, state: AgentState, start: RunStart, context: RunContext) {
    this.#settings = settings
    this.#context = context
    this.#state = state
    this.#history = new CallHistory(start.history)
    this.#usage = new UsageSum(start.usage)
    this.#messages = start.messages
    this.#step = start.step
  }

  get result() {
    const messages = this.#messages
    const lastMessage = messages.at(-1)
    return {
      messages,
      ...(lastMessage === undefined ? {} : { lastMessage }),
      steps: this.#step,
      usage: this.#usage.sum,
    }
  }

  /**
   * Goes on until the end.
   *
   * @param resumed where the run had paused, and what a person said
   * @returns why it ended, or what it has to ask
   */
  async go(resumed?: {
    readonly saved: SavedRun
    readonly answers: Readonly<Record<string, JsonValue>>
  }): Promise<string | PauseRequest> {
    let end: string | PauseRequest | undefined
    if (resumed === undefined) this.#messages = answerOpenCalls(this.#messages, unanswered.before)
    try {
      if (resumed !== undefined) end = await this.#resume(resumed.saved, resumed.answers)
      while (end === undefined) {
        this.#context.signal.throwIfAborted()
        end = await this.#takeStep()
      }
      return end
    } catch (error) {
      if (!this.#context.signal.aborted) throw error
      this.#close(unanswered.abort)
      return 'abort'
    }
  }

  async #takeStep(): Promise<string | PauseRequest | undefined> {
    const { generator, maxSteps, exitConditions, hooks } = this.#settings
    this.#step++
    const isLast = this.#step >= maxSteps
    const request = await this.#prepare(isLast)
    if (typeof request === 'string') return request
    const asked = await askModel(generator, request, this.#context, this.#usage)
    if (asked.kind === 'aborted') {
      if (asked.part !== undefined) this.#messages = [...this.#messages, asked.part]
      throw this.#context.signal.reason
    }
    if (asked.kind === 'contextOverflow') return asked.kind
    const changed = checkedAnswer(
      'afterModel',
      await untilAborted(hooks.afterModel?.({ ...this.#moment(), reply: asked.reply }), this.#context.signal),
    )
    // Its calls in their places, with ids that tell them apart.
    const { messages, calls } = pendingCalls([changed?.reply ?? asked.reply])
    const reply = messages[0] as ChatMessage
    this.#messages = [...this.#messages, reply]
    if (changed?.stop !== undefined) return this.#endWith(changed.stop, unanswered.stopped)
    const { finishReason } = reply.meta ?? {}
    if (finishReason === 'length') return this.#endWith('length', unanswered.length)
    if (finishReason === 'contentFilter') return this.#endWith('contentFilter', unanswered.stopped)
    if (calls.length === 0) return this.#afterWords(reply, isLast)
    const offered = request.tools.map(({ name }) => name)
    if (
      isLast &&
      !calls.some(({ call }) => offered.includes(call.name) && exitConditions.includes(call.name))
    ) {
      return this.#endWith('steps', unanswered.limit)
    }
    return await this.#decide(calls, request.tools, isLast)
  }

  /** What the model gets in this step; or why it is not asked. */
  async #prepare(isLast: boolean): Promise<ModelRequest | string> {
    const { tools, generationKwargs, hooks, exitConditions, showImages } = this.#settings
    const endsInText = exitConditions.includes('text')
    const ending = endsInText ? [] : tools.filter(({ name }) => exitConditions.includes(name))
    const offered = isLast ? ending : tools
    const { toolChoice: _, ...withoutChoice } = generationKwargs
    // What has to be called cannot be, where nothing is offered.
    const options = isLast && offered.length === 0 ? withoutChoice : generationKwargs
    const hooked = checkedAnswer(
      'beforeModel',
      await untilAborted(
        hooks.beforeModel?.({ ...this.#moment(), tools: offered, generationKwargs: options }),
        this.#context.signal,
      ),
    )
    if (hooked?.stop !== undefined) return hooked.stop
    if (hooked?.messages !== undefined) this.#messages = answerOpenCalls(hooked.messages, unanswered.before)
    const isTold = isLast && endsInText && tools.length > 0 && this.#messages.at(-1)?.role !== 'user'
    const messages = describeMedia(this.#messages, showImages)
    return {
      messages: isTold ? withUserText(messages, LAST_STEP) : messages,
      tools: hooked?.tools ?? offered,
      generationKwargs: hooked?.generationKwargs ?? options,
    }
  }

  #afterWords(reply: ChatMessage, isLast: boolean): string | undefined {
    const { exitConditions } = this.#settings
    const text = ChatMessage.text(reply) ?? ''
    const isEmpty = text.trim() === ''
    if (isLast) return isEmpty || !exitConditions.includes('text') ? 'steps' : this.#reasonOfLastWords()
    if (!isEmpty && exitConditions.includes('text')) return 'text'
    if (this.#history.add(`text ${text}`) >= ENOUGH) return 'repeated'
    const names = exitConditions.filter((name) => name !== 'text')
    const reminder = isEmpty ? EMPTY_REPLY : `You are not done. Call ${names.join(' or ')} to finish.`
    this.#messages = [...this.#messages, ChatMessage.user(reminder)]
    return undefined
  }

  /** Without tools the last step is like any other. */
  #reasonOfLastWords(): string {
    return this.#settings.tools.length === 0 ? 'text' : 'steps'
  }

  /** Finds out which calls are to be run, and runs them, or has to ask first. */
  async #decide(
    calls: readonly PendingCall[],
    tools: readonly Tool[],
    isLast: boolean,
  ): Promise<string | PauseRequest | undefined> {
    let most = 0
    const refusals: Record<string, string> = {}
    // Equal calls of one step, such as those that roll several dice, are one: the model has seen no result between them.
    const timesOf = new Map<string, number>()
    for (const [index, { call, malformed = '' }] of calls.entries()) {
      const key = `${keyOfCall(call)}${malformed}`
      const times = timesOf.get(key) ?? this.#history.add(key)
      timesOf.set(key, times)
      most = Math.max(most, times)
      if (times >= REPORTED) refusals[index] = repeated(times)
    }
    if (most >= ENOUGH) return this.#endWith('repeated', repeated(most))
    return await this.#approve({ calls, tools, refusals, asked: [], answers: {} }, isLast)
  }

  async #resume(
    { asked, refusals, isLast, offered }: SavedRun,
    answers: Readonly<Record<string, JsonValue>>,
  ): Promise<string | PauseRequest | undefined> {
    const { calls } = pendingCalls(this.#messages.slice(-1))
    const tools = this.#settings.tools.filter(({ name }) => offered.includes(name))
    return await this.#approve({ calls, tools, refusals, asked, answers }, isLast)
  }

  /** Asks what is to be asked by the policy as it is now; when all is answered, runs the calls. */
  async #approve(step: StepCalls, isLast: boolean): Promise<string | PauseRequest | undefined> {
    const { tools, refusals } = step
    const open = await whatToAsk(step, this.#settings.approve, this.#step)
    if (open !== undefined) {
      const { questions, asked } = open
      const offered = tools.map(({ name }) => name)
      return { state: this.#save({ asked, refusals, isLast, offered }), questions }
    }
    const decided = await decideCalls(step)
    if (decided.edited.size > 0) this.#writeEdited(decided.calls)
    return await this.#run(decided, tools, isLast)
  }

  /** So that the model sees the call that was run, and not the one that it made. */
  #writeEdited(calls: readonly PendingCall[]): void {
    const message = this.#messages.at(-1) as ChatMessage
    let index = 0
    const content = message.content.map((part) =>
      part.type === 'toolCall' ? (calls[index++]?.call ?? part) : part,
    )
    this.#messages = [...this.#messages.slice(0, -1), { ...message, content } as ChatMessage]
  }

  async #run(
    { calls, edited }: DecidedCalls,
    tools: readonly Tool[],
    isLast: boolean,
  ): Promise<string | undefined> {
    const { raiseOnToolFailure, limits, exitConditions, hooks } = this.#settings
    const known = new Map<PendingCall, ToolCallResult>()
    const around = async (pending: PendingCall, options: AnswerOptions): Promise<Answer> => {
      const answer = await answerWithHooks(pending, options, hooks, this.#moment())
      const change = edited.get(pending)
      const noted = change === undefined ? answer : { ...answer, result: withEditNote(answer.result, change) }
      known.set(pending, noted.result)
      return noted
    }
    let results: readonly ToolCallResult[]
    try {
      results = await answerCalls(calls, this.#context, {
        tools,
        ...limits,
        raiseOnFailure: raiseOnToolFailure,
        state: this.#state,
        stream: new ResultStream(this.#context, undefined),
        around,
      })
    } catch (error) {
      if (!this.#context.signal.aborted) throw error
      // What is known already stays in the conversation.
      this.#add(calls.map((pending) => known.get(pending) ?? stopped(pending)))
      throw error
    }
    this.#add(results)
    const exits = results.filter(({ origin }) => exitConditions.includes(origin.name))
    if (exits.length > 0 && !exits.some(({ error }) => error)) return (exits[0] as ToolCallResult).origin.name
    return isLast ? 'steps' : undefined
  }

  #add(results: readonly ToolCallResult[]): void {
    this.#messages = [...this.#messages, ...results.map((result) => ChatMessage.tool(result))]
  }

  #endWith(reason: string, text: string): string {
    this.#close(text)
    return reason
  }

  /** No call stays without a result: the conversation can go on. */
  #close(text: string): void {
    this.#messages = answerOpenCalls(this.#messages, text)
  }

  #moment(): AgentMoment {
    // A hook changes the conversation by what it returns.
    const messages = [...this.#messages]
    return { step: this.#step, messages, state: this.#state, signal: this.#context.signal }
  }

  #save(open: Pick<SavedRun, 'asked' | 'refusals' | 'isLast' | 'offered'>): SavedRun {
    return {
      ...open,
      messages: this.#messages,
      step: this.#step,
      usage: this.#usage.sum,
      history: this.#history.keys,
      state: this.#state.values as JsonObject,
    }
  }
}

/** What a run begins with. */
export type RunStart = Pick<SavedRun, 'messages' | 'step' | 'usage' | 'history'>

function stopped({ call }: PendingCall): ToolCallResult {
  return ToolCallResult.create({ result: unanswered.abort, origin: call, error: true })
}
