import {
  ChatMessage,
  type JsonObject,
  type JsonValue,
  type PauseRequest,
  type Question,
  type RunContext,
  runHeld,
  StreamingChunk,
  type Tool,
  ToolCallResult,
} from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import type { ChatGenerator } from '../generators/chat-generator.ts'
import { type Answer, type AnswerOptions, answerCall } from '../tools/answer-call.ts'
import { answerCalls } from '../tools/answer-calls.ts'
import { cutResult } from '../tools/cut-result.ts'
import { type PendingCall, pendingCalls } from '../tools/pending-calls.ts'
import { ResultStream } from '../tools/result-stream.ts'
import type { AgentState } from './agent-state.ts'
import {
  type ApprovalPolicy,
  type AskedCall,
  approvalQuestion,
  editNote,
  fingerprintOf,
  NOT_THE_ONE,
  needsApproval,
  readDecision,
} from './approvals.ts'
import { CallHistory, keyOfCall } from './call-history.ts'
import type { AgentHooks, AgentMoment } from './hooks.ts'
import { answerOpenCalls } from './open-calls.ts'
import { isContextOverflow } from './overflow.ts'
import type { SavedRun } from './saved-run.ts'
import { UsageSum, usageOfReply } from './usage.ts'

/** What does not change during a run. */
export interface AgentSettings {
  readonly generator: ChatGenerator
  readonly tools: readonly Tool[]
  readonly generationKwargs: JsonObject
  readonly exitConditions: readonly string[]
  readonly maxSteps: number
  readonly approve: ApprovalPolicy
  readonly raiseOnToolFailure: boolean
  readonly limits: {
    readonly timeoutMs: number
    readonly maxConcurrency: number
    readonly maxResultCharacters: number
  }
  readonly hooks: AgentHooks
}

/** From this time on the same calls are not run again, and the model is told. */
const REPORTED = 3
/** The time at which they end the run. */
const ENOUGH = 5

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
    const { maxSteps, exitConditions, hooks } = this.#settings
    this.#step++
    const isLast = this.#step >= maxSteps
    const request = await this.#prepare(isLast)
    if (typeof request === 'string') return request
    const asked = await this.#ask(request)
    if (typeof asked === 'string') return asked
    const changed = await hooks.afterModel?.({ ...this.#moment(), reply: asked })
    // Its calls in their places, with ids that tell them apart.
    const { messages, calls } = pendingCalls([changed?.reply ?? asked])
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
    const { tools, generationKwargs, hooks, exitConditions } = this.#settings
    const endsInText = exitConditions.includes('text')
    const ending = endsInText ? [] : tools.filter(({ name }) => exitConditions.includes(name))
    const offered = isLast ? ending : tools
    const { toolChoice: _, ...withoutChoice } = generationKwargs
    // What has to be called cannot be, where nothing is offered.
    const options = isLast && offered.length === 0 ? withoutChoice : generationKwargs
    const hooked = await hooks.beforeModel?.({
      ...this.#moment(),
      tools: offered,
      generationKwargs: options,
    })
    if (hooked?.stop !== undefined) return hooked.stop
    if (hooked?.messages !== undefined) this.#messages = answerOpenCalls(hooked.messages, unanswered.before)
    const isShort = isLast && tools.length > 0 && this.#messages.at(-1)?.role !== 'user'
    return {
      messages: isShort && endsInText ? [...this.#messages, ChatMessage.user(LAST_STEP)] : this.#messages,
      tools: hooked?.tools ?? offered,
      generationKwargs: hooked?.generationKwargs ?? options,
    }
  }

  /** The reply, or why there is none. */
  async #ask({ messages, tools, generationKwargs }: ModelRequest): Promise<ChatMessage | string> {
    const { generator } = this.#settings
    const { signal } = this.#context
    const chunks: StreamingChunk[] = []
    let isCounted = false
    const context = hearing(this.#context, {
      emit: (chunk) => {
        chunks.push(chunk)
        this.#context.emit(chunk)
      },
      modelCall: (call) => {
        isCounted = true
        if (call.usage !== undefined) this.#usage.add(call.usage)
        this.#context.modelCall(call)
      },
    })
    const { inputs } = generator
    const request = {
      messages,
      ...(Object.hasOwn(inputs, 'tools') ? { tools } : {}),
      ...(Object.keys(generationKwargs).length > 0 ? { generationKwargs } : {}),
    }
    try {
      const { replies } = await untilAborted(runHeld(generator, request, context), signal)
      const reply = replies[0] ?? ChatMessage.assistant()
      const usage = isCounted ? undefined : usageOfReply(reply)
      if (usage !== undefined) this.#usage.add(usage)
      return reply
    } catch (error) {
      if (signal.aborted) {
        this.#keepPartOf(chunks)
        throw error
      }
      if (!isContextOverflow(error)) throw error
      this.#context.warn(
        'CONTEXT_OVERFLOW',
        `The conversation is too long for the model: ${messageOf(error)}`,
      )
      return 'contextOverflow'
    }
  }

  /** What the model had said when it was stopped. Calls that were not whole are left out. */
  #keepPartOf(chunks: readonly StreamingChunk[]): void {
    const { content } = StreamingChunk.merge(chunks)
    const said = content.filter(({ type }) => type !== 'toolCall')
    if (said.length === 0) return
    const message: ChatMessage = { role: 'assistant', content: said, meta: { finishReason: 'aborted' } }
    this.#messages = [...this.#messages, message]
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
    for (const [index, { call, malformed = '' }] of calls.entries()) {
      const times = this.#history.add(`${keyOfCall(call)}${malformed}`)
      most = Math.max(most, times)
      if (times >= REPORTED) refusals[index] = repeated(times)
    }
    if (most >= ENOUGH) return this.#endWith('repeated', repeated(most))
    return await this.#approve({ calls, tools, isLast, refusals, asked: [], answers: {} })
  }

  async #resume(
    { asked, refusals, isLast, offered }: SavedRun,
    answers: Readonly<Record<string, JsonValue>>,
  ): Promise<string | PauseRequest | undefined> {
    const { calls } = pendingCalls(this.#messages.slice(-1))
    const tools = this.#settings.tools.filter(({ name }) => offered.includes(name))
    return await this.#approve({ calls, tools, isLast, refusals, asked, answers })
  }

  /** Asks what is to be asked by the policy as it is now; when all is answered, runs the calls. */
  async #approve({
    calls,
    tools,
    isLast,
    refusals,
    asked,
    answers,
  }: Decided): Promise<string | PauseRequest | undefined> {
    const toolOf = ({ call }: PendingCall) => tools.find(({ name }) => name === call.name)
    const mayRun = (pending: PendingCall, index: number) =>
      toolOf(pending) !== undefined && pending.malformed === undefined && refusals[index] === undefined
    const wasAsked = (index: number) => asked.find((one) => one.index === index)
    const isNew = (pending: PendingCall, index: number) =>
      mayRun(pending, index) &&
      wasAsked(index) === undefined &&
      needsApproval(this.#settings.approve, pending.call.name)
    if (calls.some(isNew)) {
      // Nothing of this step has been run. What was answered already is asked again together with the rest.
      const open = calls.flatMap((pending, index) => {
        const tool = toolOf(pending)
        return tool !== undefined && (isNew(pending, index) || wasAsked(index))
          ? [{ index, pending, tool }]
          : []
      })
      return await this.#question(open, { refusals, isLast, offered: tools.map(({ name }) => name) })
    }
    const edited = new Map<PendingCall, JsonObject>()
    const decided: PendingCall[] = []
    for (const [index, pending] of calls.entries()) {
      const before = wasAsked(index)
      const refusal = refusals[index]
      if (before === undefined) decided.push(refusal === undefined ? pending : { ...pending, refusal })
      else {
        const decision = readDecision(answers[before.question])
        const tool = toolOf(pending)
        // A tool that is gone since is not the one that was asked about.
        const isSame = tool !== undefined && before.fingerprint === (await fingerprintOf(pending.call, tool))
        if (decision.kind === 'refused') decided.push({ ...pending, refusal: decision.text })
        else if (!isSame) decided.push({ ...pending, refusal: NOT_THE_ONE })
        else if (decision.kind === 'approved') decided.push(pending)
        else {
          const changed = { ...pending, call: { ...pending.call, arguments: decision.arguments } }
          edited.set(changed, decision.arguments)
          decided.push(changed)
        }
      }
    }
    if (edited.size > 0) this.#writeEdited(decided)
    return await this.#run(decided, tools, isLast, edited)
  }

  async #question(
    open: readonly { readonly index: number; readonly pending: PendingCall; readonly tool: Tool }[],
    step: Pick<SavedRun, 'refusals' | 'isLast' | 'offered'>,
  ): Promise<PauseRequest> {
    const questions: Question[] = []
    const asked: AskedCall[] = []
    for (const { index, pending, tool } of open) {
      const taken = questions.map(({ id }) => id)
      const question = approvalQuestion(pending.call, tool, this.#step, taken)
      questions.push(question)
      asked.push({ index, question: question.id, fingerprint: await fingerprintOf(pending.call, tool) })
    }
    return { state: this.#save({ ...step, asked }), questions }
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
    calls: readonly PendingCall[],
    tools: readonly Tool[],
    isLast: boolean,
    edited: ReadonlyMap<PendingCall, JsonObject>,
  ): Promise<string | undefined> {
    const { raiseOnToolFailure, limits, exitConditions } = this.#settings
    const known = new Map<PendingCall, ToolCallResult>()
    const around = async (pending: PendingCall, options: AnswerOptions): Promise<Answer> => {
      const answer = await this.#answer(pending, options)
      const change = edited.get(pending)
      const noted =
        change === undefined ? answer : { ...answer, result: withNote(answer.result, editNote(change)) }
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
      // What is known already stays in the conversation of a run that was aborted.
      this.#add(calls.flatMap((pending) => known.get(pending) ?? []))
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

  /** One call, with the hooks before and after it. */
  async #answer(pending: PendingCall, options: AnswerOptions): Promise<Answer> {
    const { beforeTool, afterTool } = this.#settings.hooks
    if (pending.refusal !== undefined || (beforeTool === undefined && afterTool === undefined)) {
      return await answerCall(pending, options)
    }
    const { maxResultCharacters: most, raiseOnFailure, signal } = options
    const { call } = pending
    try {
      const before = await untilAborted(beforeTool?.({ ...this.#moment(), call }), signal)
      const meant =
        before?.arguments === undefined
          ? pending
          : { ...pending, call: { ...call, arguments: before.arguments } }
      const answer =
        before?.result === undefined
          ? await answerCall(meant, options)
          : { result: ToolCallResult.create({ result: cutResult(before.result, most), origin: call }) }
      const after = await untilAborted(
        afterTool?.({ ...this.#moment(), call: meant.call, result: answer.result }),
        signal,
      )
      const result =
        after?.result === undefined
          ? answer.result
          : { ...answer.result, result: cutResult(after.result, most) }
      // The result belongs to the call as it stands in the conversation.
      return { ...answer, result: { ...result, origin: call } }
    } catch (error) {
      signal.throwIfAborted()
      if (raiseOnFailure) throw error
      return {
        result: ToolCallResult.create({
          result: cutResult(messageOf(error), most),
          origin: call,
          error: true,
        }),
      }
    }
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
    return { step: this.#step, messages: this.#messages, state: this.#state, signal: this.#context.signal }
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

interface ModelRequest {
  readonly messages: readonly ChatMessage[]
  readonly tools: readonly Tool[]
  readonly generationKwargs: JsonObject
}

interface Decided extends Pick<SavedRun, 'asked' | 'refusals' | 'isLast'> {
  readonly calls: readonly PendingCall[]
  readonly tools: readonly Tool[]
  readonly answers: Readonly<Record<string, JsonValue>>
}

function repeated(times: number): string {
  return `This call was not run: it, or the calls that it belongs to, came ${times} times with the same arguments. The result is above. Answer with what you know, or call something else.`
}

function withNote(result: ToolCallResult, note: string): ToolCallResult {
  const { result: given } = result
  const text =
    typeof given === 'string' ? `${given}\n${note}` : [...given, { type: 'text' as const, text: note }]
  return { ...result, result: text }
}

/** A context with other listeners. It has getters and private fields, which a copy would lose. */
function hearing(context: RunContext, heard: Pick<RunContext, 'emit' | 'modelCall'>): RunContext {
  return new Proxy(context, {
    get: (target, key) => {
      if (key === 'emit' || key === 'modelCall') return heard[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** Rejects with the reason of the signal at once, even where what is waited for does not listen to it. */
async function untilAborted<Value>(promise: Value | PromiseLike<Value>, signal: AbortSignal): Promise<Value> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
