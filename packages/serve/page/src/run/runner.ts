import { announce } from '../announce.ts'
import { ApiError, api, type ServerEvent } from '../api.ts'
import type { Progress, Result, RunEvent, Values } from '../wire.ts'
import { textOf } from './blocks.ts'
import { addEvent, addResult, emptyView, fail, isGoingOn, type RunView, viewOf } from './run-view.ts'

/** The run of one pipeline that the page shows: one at a time. */
export class Runner {
  readonly #pipeline: string
  readonly #listeners = new Set<() => void>()
  #controller: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #spoken = 0
  view: RunView | undefined
  inputs: Values = {}

  constructor(pipeline: string) {
    this.#pipeline = pipeline
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get isGoingOn(): boolean {
    return this.#controller !== undefined || (this.view !== undefined && isGoingOn(this.view))
  }

  /** Resolves when the run is over, or waits for an answer. */
  async start(inputs: Values): Promise<RunView | undefined> {
    if (this.#controller) return this.view
    this.inputs = inputs
    this.view = emptyView()
    announce('The run begins.')
    return this.#follow((signal) => api.streamRun(this.#pipeline, inputs, signal), this.view)
  }

  async answer(answers: Values): Promise<RunView | undefined> {
    const view = this.view
    if (this.#controller || view?.id === undefined) return view
    const { id, questions } = view
    view.state = 'sent'
    view.questions = []
    const ended = await this.#follow((signal) => api.streamAnswers(id, answers, signal), view)
    // Refused before it went on: the questions still stand.
    if (ended.state === 'failed' && ended.error?.code === 'refused') {
      ended.state = 'paused'
      ended.questions = questions
      this.#changed()
    }
    return ended
  }

  stop(): void {
    if (this.#controller) this.#controller.abort()
    else if (this.view?.id !== undefined && this.isGoingOn) void api.stop(this.view.id).catch(() => {})
  }

  /** Shows a run that the server remembers. */
  async show(id: string): Promise<void> {
    const record = await api.run(id)
    if (this.#controller) return
    this.view = viewOf(record)
    this.inputs = record.inputs
    this.#changed()
  }

  async #follow(
    begin: (signal: AbortSignal) => AsyncGenerator<ServerEvent>,
    view: RunView,
  ): Promise<RunView> {
    const controller = new AbortController()
    this.#controller = controller
    this.#spoken = 0
    this.#changed()
    try {
      for await (const event of begin(controller.signal)) this.#take(view, event)
      if (isGoingOn(view)) fail(view, 'failed', { message: 'The connection ended before the run did.' })
    } catch (error) {
      if (controller.signal.aborted) fail(view, 'aborted')
      else fail(view, 'failed', failureOf(error))
    }
    this.#controller = undefined
    this.#speak(view, true)
    announce(endSentence(view))
    this.#changed()
    return view
  }

  #take(view: RunView, { event, data }: ServerEvent): void {
    if (event === 'run') {
      const { id, position } = data as { id: string; position: number }
      Object.assign(view, { id, position, state: position > 0 ? 'waiting' : 'sent' })
    } else if (event === 'progress') {
      view.progress = data as Progress
    } else if (event === 'result') {
      addResult(view, data as Result)
    } else if (event === 'error') {
      const { error } = data as { error: { message: string; code?: string } }
      fail(view, 'failed', error)
    } else {
      announce(addEvent(view, data as RunEvent))
      this.#speak(view)
    }
    this.#changedSoon()
  }

  /** Says what is streamed, by the sentence. */
  #speak({ visits }: RunView, isEnd = false): void {
    const text = visits.map(({ blocks }) => textOf(blocks)).join('\n')
    const end = /[.!?:][\s"')\]]|\n/g
    let last = isEnd ? text.length : this.#spoken
    if (!isEnd)
      for (const match of text.slice(this.#spoken).matchAll(end)) last = this.#spoken + match.index + 1
    if (last === this.#spoken) return
    announce(text.slice(this.#spoken, last).trim())
    this.#spoken = last
  }

  #changedSoon(): void {
    this.#timer ??= setTimeout(() => this.#changed(), 40)
  }

  #changed(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const listener of this.#listeners) listener()
  }
}

function failureOf(error: unknown): { message: string; code?: string } {
  if (error instanceof ApiError)
    return { message: error.message, ...(error.status >= 400 ? { code: 'refused' } : {}) }
  return { message: error instanceof Error ? error.message : String(error) }
}

function endSentence({ state, error, questions }: RunView): string {
  switch (state) {
    case 'completed':
      return 'The run is complete.'
    case 'paused':
      return questions.length > 0 ? `The run waits for you: ${questions[0]?.prompt}` : 'The run is paused.'
    case 'aborted':
      return 'The run was stopped.'
    default:
      return `The run failed. ${error?.message ?? ''}`
  }
}

const runners = new Map<string, Runner>()

/** A run goes on while another pipeline is looked at. */
export function runnerOf(pipeline: string): Runner {
  const runner = runners.get(pipeline) ?? new Runner(pipeline)
  runners.set(pipeline, runner)
  return runner
}
