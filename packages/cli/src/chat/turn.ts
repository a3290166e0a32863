import {
  ChatMessage,
  type Pipeline,
  type Question,
  type RunEvent,
  type RunResult,
  StreamingChunk,
} from '@millrace/core'
import { withValues } from '../arguments/question.ts'
import { RunView, type RunViewOptions } from '../output/run/run-view.ts'
import type { UsageCounter } from '../output/run/usage.ts'
import type { Terminal } from '../terminal.ts'
import type { ChatSockets } from './chat-sockets.ts'

export interface Talk {
  readonly pipeline: Pipeline
  readonly sockets: ChatSockets
  /** Inputs by component and socket that are the same in every turn. */
  readonly inputs: Readonly<Record<string, unknown>>
}

export interface TurnOptions {
  readonly terminal: Terminal
  readonly view: RunViewOptions
  /** Stops the turn. */
  readonly signal: AbortSignal
  readonly usages: readonly UsageCounter[]
  /** Warnings that were shown in an earlier turn. */
  readonly warned: Set<string>
  /** Answers to what the run asks, by id; undefined when the user gave up. */
  readonly answer: (questions: readonly Question[]) => Promise<Readonly<Record<string, unknown>> | undefined>
}

/** What a turn adds to the conversation; undefined when the user gave up, with what had been said until then. */
export interface Turn {
  readonly messages: readonly ChatMessage[]
  readonly isCut: boolean
  /** Why an agent ended, as it says it. */
  readonly exitReason?: string
}

/**
 * Sends the conversation, shows what comes, and asks what the run asks.
 *
 * @param conversation ends with a message of the user
 * @throws what the run throws, but for the stop of the signal
 */
export async function runTurn(
  { pipeline, sockets, inputs }: Talk,
  conversation: readonly ChatMessage[],
  { terminal, view: viewOptions, signal, usages, warned, answer }: TurnOptions,
): Promise<Turn> {
  const said = new Said()
  const view = new RunView(pipeline, viewOptions, terminal)
  const onEvent = (event: RunEvent) => {
    said.onEvent(event)
    if (event.type === 'modelCall') for (const usage of usages) usage.add(event.call)
    view.onEvent(event)
  }
  const options = { signal, onEvent, validate: 'all' } as const
  const { input, remembers } = sockets
  const value = remembers ? conversation : (ChatMessage.text(conversation.at(-1)) ?? '')
  try {
    let result: RunResult = await pipeline.run(withValues(pipeline, inputs, input, value), options)
    while (result.status === 'paused' && result.snapshot !== undefined) {
      const answers = await answer(result.questions)
      if (answers === undefined) return { messages: [], isCut: true }
      result = await pipeline.resume(result.snapshot, { ...options, answers })
    }
    const messages = newMessages(result, sockets, conversation.length)
    const { component, socket } = sockets.output
    const shown = { [component]: { [socket]: messages.slice(-1) } }
    if (messages.length === 0) view.fail()
    else
      view.finish({
        status: result.status,
        questions: [],
        named: {},
        warnings: unsaid(result.warnings, warned),
        outputs: shown,
      })
    const { exitReason } = Object(result.outputs[component]) as { readonly exitReason?: unknown }
    return { messages, isCut: false, ...(typeof exitReason === 'string' ? { exitReason } : {}) }
  } catch (error) {
    view.fail()
    if (!signal.aborted) throw error
    const cut = said.cut()
    return { messages: cut === undefined ? [] : [cut], isCut: true }
  }
}

/** The warnings that are new. That a reply was cut off is about this one alone. */
function unsaid(warnings: RunResult['warnings'], warned: Set<string>): RunResult['warnings'] {
  const found = warnings.filter(({ code, message }) => code === 'REPLY_CUT' || !warned.has(message))
  for (const { message } of found) warned.add(message)
  return found
}

/** What a run added to a conversation of `length` messages. */
function newMessages(
  { named, outputs }: RunResult,
  { output: { name, component, socket }, isConversation }: ChatSockets,
  length: number,
): readonly ChatMessage[] {
  const value = Object.hasOwn(named, name)
    ? (named as Readonly<Record<string, unknown>>)[name]
    : outputs[component]?.[socket as never]
  if (typeof value === 'string') return [ChatMessage.assistant(value)]
  const messages = [value].flat().filter(ChatMessage.is)
  if (!isConversation) return messages
  const before = messages.slice(0, length + 1).findLastIndex(({ role }) => role === 'user')
  return messages.slice(before + 1)
}

/** What a model has said since it began to say it, or since a tool gave it something. */
class Said {
  #visit = ''
  #chunks: StreamingChunk[] = []

  onEvent(event: RunEvent): void {
    if (event.type !== 'chunk') return
    const visit = `${event.component} ${event.visit}`
    if (visit !== this.#visit || event.chunk.toolCallResult !== undefined) this.#chunks = []
    this.#visit = visit
    if (event.chunk.toolCallResult === undefined) this.#chunks.push(event.chunk)
  }

  /** Calls are left out: a model that sees one expects its result. */
  cut(): ChatMessage | undefined {
    const text = ChatMessage.text(StreamingChunk.merge(this.#chunks))
    return text === undefined || text === ''
      ? undefined
      : ChatMessage.assistant({ text, meta: { finishReason: 'aborted' } })
  }
}
