import { ChatMessage, type ImageContent, MillraceError, type Pipeline, type Question } from '@millrace/core'
import { countOf, printable } from '@millrace/core/component'
import { readTextStream } from '../arguments/read-text.ts'
import { CliError } from '../errors.ts'
import { failureText } from '../output/failure-text.ts'
import type { RunViewOptions } from '../output/run/run-view.ts'
import { UsageCounter } from '../output/run/usage.ts'
import { type Style, styleFor } from '../output/style.ts'
import type { Terminal } from '../terminal.ts'
import { isCommand, runCommand } from './chat-commands.ts'
import { Conversation } from './conversation.ts'
import { imagesInText } from './images-in-text.ts'
import type { LineEditor, Typed } from './line-editor.ts'
import { maySee, toolsOf } from './parts-of.ts'
import { answerQuestions } from './questions.ts'
import { runTurn, type Talk } from './turn.ts'

export interface ChatSetup {
  readonly talk: Talk
  /** What the chat is with, as it was written. */
  readonly name: string
  readonly view: RunViewOptions
  readonly terminal: Terminal
  /** Ends the program. */
  readonly signal: AbortSignal
  /** Called for Ctrl-C after Ctrl-C, when an answer does not stop. */
  readonly insist: () => void
  /** The same pipeline with another model, not loaded yet. */
  readonly withModel: (model: string) => Promise<Talk>
  readonly warmUp: (pipeline: Pipeline, signal: AbortSignal) => Promise<void>
  readonly now?: () => number
}

/** A second Ctrl-C at the prompt within this time ends the program. */
const TWICE_MS = 1000

const TOO_LONG =
  "/clear begins a new conversation, /undo takes the last message and its answer back. A longer context: --n-ctx for a model, 'nCtx' in a file."

/** By the `exitReason` of an agent: what its answer does not say itself. */
const unusualEnds: Readonly<Record<string, string>> = {
  steps: "The agent had to end: it took all of its 'maxSteps'.",
  length: 'The answer was cut off at its longest length.',
  contextOverflow: `The conversation is too long for the context. ${TOO_LONG}`,
  repeated: 'The agent was ended: it called the same again and again.',
  contentFilter: 'The answer was held back by a filter of the server.',
}

/** A conversation with a pipeline, turn by turn. */
export class Chat {
  readonly conversation = new Conversation()
  /** Those of the next message. */
  readonly images: ImageContent[] = []
  /** Tools that are not asked about any more. */
  readonly approved = new Set<string>()
  /** Files that this conversation was saved in or comes from. */
  readonly ownFiles = new Set<string>()
  readonly usage = new UsageCounter()
  lastUsage = new UsageCounter()
  readonly #setup: ChatSetup
  readonly #style: Style
  #talk: Talk
  #editor: LineEditor | undefined
  readonly #warned = new Set<string>()
  #quits = false

  constructor(setup: ChatSetup) {
    this.#setup = setup
    this.#talk = setup.talk
    this.#style = styleFor(setup.terminal.stderr, setup.terminal)
  }

  get pipeline(): Pipeline {
    return this.#talk.pipeline
  }

  get cwd(): string {
    return this.#setup.terminal.cwd()
  }

  /** Answers what is piped as one message. */
  async answerPiped(): Promise<void> {
    const { terminal, signal } = this.#setup
    const text = (await readTextStream(terminal.stdin, signal)).replace(/\n+$/, '')
    if (text.trim() === '') {
      throw new CliError(
        'USAGE_INVALID',
        'There is nothing to answer: the standard input is empty. Pipe a message into it, or chat in a terminal.',
      )
    }
    await this.say(await this.#messageOf(text))
  }

  /** Talks until the user ends it. */
  async talk(editor: LineEditor): Promise<void> {
    this.#editor = editor
    this.note(`Chat with ${printable(this.#setup.name)}. /help lists the commands, Ctrl-D ends it.`)
    if (!this.#talk.sockets.remembers) {
      this.note(
        `'${this.#talk.sockets.input.name}' takes a text and not a conversation: what was said before is not sent.`,
      )
    }
    const { signal, now = () => performance.now() } = this.#setup
    let interruptedAt = Number.NEGATIVE_INFINITY
    while (!this.#quits) {
      const typed = await this.#readMessage(editor)
      signal.throwIfAborted()
      if (typed === 'end') return
      if (typed === 'interrupt') {
        if (now() - interruptedAt < TWICE_MS) return
        interruptedAt = now()
        this.note('Ctrl-C again, Ctrl-D or /quit ends the chat.')
      } else await this.#obey(typed.line)
    }
  }

  /** Sends a message, and keeps it with its answer. Returns false when there was none. */
  async say(message: ChatMessage): Promise<boolean> {
    const { conversation } = this
    const { terminal, view } = this.#setup
    conversation.add([message])
    this.lastUsage = new UsageCounter()
    const usages = [this.usage, this.lastUsage]
    const warned = this.#warned
    const answer = (questions: readonly Question[]) => this.#answer(questions)
    try {
      const {
        messages,
        isCut,
        exitReason = '',
      } = await this.#stoppable((signal) =>
        runTurn(this.#talk, conversation.messages, { terminal, view, signal, usages, warned, answer }),
      )
      this.#setup.signal.throwIfAborted()
      if (Object.hasOwn(unusualEnds, exitReason)) this.note(unusualEnds[exitReason] ?? '')
      if (messages.length === 0) {
        conversation.undo()
        this.note(
          isCut
            ? 'Stopped before an answer. The message is not kept; the up arrow brings it back.'
            : 'There was no answer. The message is not kept.',
        )
        return false
      }
      conversation.add(messages)
      if (isCut) this.note('Stopped. What was answered is kept; /undo takes it back, /retry asks again.')
      return true
    } catch (error) {
      conversation.undo()
      throw error
    }
  }

  /** Takes the last answer back and asks again. What was there comes back when there is no other answer. */
  async retry(): Promise<void> {
    const before = this.conversation.messages
    const message = this.conversation.undo()
    if (message === undefined) return this.note('There is nothing to ask again.')
    let isAnswered = false
    try {
      isAnswered = await this.say(message)
    } finally {
      if (!isAnswered) this.conversation.replace(before)
    }
  }

  /** Only one model at a time is in memory. */
  async changeModel(model: string): Promise<void> {
    const { withModel, warmUp } = this.#setup
    const talk = await withModel(model)
    await this.pipeline.close()
    try {
      await this.#stoppable((signal) => warmUp(talk.pipeline, signal))
    } catch (error) {
      await talk.pipeline.close()
      this.note('The model from before is loaded again with your next message.')
      throw error
    }
    this.#talk = talk
    this.note(`The conversation goes on with ${printable(model)}.`)
  }

  /** @throws CliError `USAGE_INVALID` where only texts can be sent */
  needMemory(what: string): void {
    const { input, remembers } = this.#talk.sockets
    if (remembers) return
    throw new CliError(
      'USAGE_INVALID',
      `${what} needs a pipeline that takes messages, and '${input.name}' takes a text.`,
    )
  }

  /** @throws CliError `USAGE_INVALID` where an image can only fail */
  needSight(): void {
    this.needMemory('/image')
    if (maySee(this.pipeline)) return
    const message =
      "The model does not see. It needs its second file: --mmproj for a model, 'modelClipPath' in a file."
    throw new CliError('USAGE_INVALID', message)
  }

  quit(): void {
    this.#quits = true
  }

  /** For who watches. */
  note(text: string): void {
    if (!this.#setup.view.quiet) this.print(`${this.#style('dim', text)}\n`)
  }

  /** What was asked for. */
  print(text: string): void {
    this.#setup.terminal.stderr.write(text)
  }

  /** A line, or the lines between two `"""`. */
  async #readMessage(editor: LineEditor): Promise<Typed> {
    const first = await editor.ask(this.#style('bold', '> '))
    if (typeof first === 'string' || !first.line.startsWith('"""')) return first
    const lines = [first.line.slice(3)]
    while (!lines.at(-1)?.trimEnd().endsWith('"""')) {
      const next = await editor.ask(this.#style('bold', '. '))
      if (typeof next === 'string') return next
      lines.push(next.line)
    }
    return { line: ` ${lines.join('\n').trimEnd().slice(0, -3)}` }
  }

  async #obey(line: string): Promise<void> {
    if (line.trim() === '' && this.images.length === 0) return
    try {
      if (isCommand(line)) await runCommand(this, line)
      else await this.say(await this.#messageOf(line.trim()))
    } catch (error) {
      this.#setup.signal.throwIfAborted()
      this.print(failureText(error, { verbose: this.#setup.view.verbose ?? false }))
      if (isOverflow(error)) {
        this.print(`${TOO_LONG}\n`)
      }
    }
  }

  async #messageOf(written: string): Promise<ChatMessage> {
    if (!this.#talk.sockets.remembers || !maySee(this.pipeline)) return ChatMessage.user(written)
    const { text, images, problems } = await imagesInText(written, this.cwd)
    for (const problem of problems) this.note(`Sent as text: ${printable(problem)}`)
    const all = [...this.images.splice(0), ...images]
    if (images.length > 0) this.note(`With ${countOf(images.length, 'image')}.`)
    return all.length === 0
      ? ChatMessage.user(text)
      : ChatMessage.user([...(text === '' ? [] : [text]), ...all])
  }

  async #answer(questions: readonly Question[]): Promise<Readonly<Record<string, unknown>> | undefined> {
    const editor = this.#editor
    if (editor === undefined) {
      const asked = questions.map(({ prompt }) => prompt).join(' ')
      throw new CliError(
        'CHAT_UNANSWERED',
        `The run asks, and nobody is there to answer: ${asked} Chat in a terminal, or use 'millrace run' with --snapshot.`,
      )
    }
    const answers = await answerQuestions(questions, {
      ask: (prompt, options) => editor.ask(prompt, options),
      print: (text) => this.print(text),
      ...{ style: this.#style, approved: this.approved, tools: toolsOf(this.pipeline) },
    })
    if (answers === 'end') this.quit()
    return typeof answers === 'string' ? undefined : answers
  }

  /** Ctrl-C stops it. That takes as long as the model works at one batch: only a third one insists. */
  async #stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController()
    let presses = 0
    const editor = this.#editor
    if (editor !== undefined) {
      editor.onInterrupt = () => {
        presses += 1
        if (presses === 2) this.print('\nStopping. Ctrl-C once more ends the program.\n')
        if (presses > 2) this.#setup.insist()
        stop.abort(new CliError('STOPPED_BY_INTERRUPT', 'Stopped.'))
      }
    }
    try {
      return await work(AbortSignal.any([stop.signal, this.#setup.signal]))
    } finally {
      if (editor !== undefined) editor.onInterrupt = undefined
    }
  }
}

function isOverflow(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (MillraceError.isInstance(cause) && /(^|_)CONTEXT_OVERFLOW$/.test(cause.code)) return true
  }
  return false
}
