import { setTimeout as wait } from 'node:timers/promises'
import type { RunEvent } from '@millrace/core'
import type { Body } from '../admission/bodies.ts'
import { ServeError } from '../errors.ts'
import type { RequestContext, Service } from '../http/context.ts'
import { type EventSink, eventStream } from '../http/event-stream.ts'
import { logText } from '../http/middleware.ts'
import { httpErrorOf, serveErrorOf } from '../http-error.ts'
import { type Answer, answerOf, Usage, type UsageJson } from './answer-parts.ts'
import { AnswerStream, type Piece } from './answer-stream.ts'
import type { AnswerStyle } from './chat-request.ts'
import { type Asked, inputsOf } from './run-inputs.ts'
import type { TextModel } from './served-models.ts'

/** How answers look: those of chats and those of completions differ. */
export interface AnswerFormat {
  whole(answers: readonly Answer[], usage: UsageJson | undefined): object
  /** What a stream begins with, for each answer. */
  first(index: number): readonly object[]
  /** Undefined for what has no place there. */
  piece(index: number, piece: Piece): object | undefined
  last(index: number, answer: Answer): object
  usage(usage: UsageJson | undefined): object
}

/** A conversation, or a text. */
interface Prompt {
  readonly value: unknown
  /** Where in the request it stands. */
  readonly field: string
}

export interface TextRequest {
  readonly model: TextModel
  /** Each gets as many answers as the style says. */
  readonly prompts: readonly Prompt[]
  readonly asked: Asked
  readonly style: AnswerStyle & { readonly maxCalls: number }
  readonly format: AnswerFormat
  readonly body: Body
}

/** Runs a model as often as answers are asked for, and answers with them, whole or in pieces. */
export async function answerText(
  c: RequestContext,
  service: Service,
  request: TextRequest,
): Promise<Response> {
  const choices = new Choices(service, request, c.req.raw.signal)
  try {
    return request.style.isStream
      ? await streamed(c, service, request, choices)
      : await whole(c, request, choices)
  } catch (error) {
    choices.abort(error)
    // Nobody reads it; but a failure it is not.
    if (c.req.raw.signal.aborted) return new Response(null, { status: 499 })
    throw error
  }
}

async function whole(c: RequestContext, { format }: TextRequest, choices: Choices): Promise<Response> {
  const answers = await choices.answers()
  return c.json(format.whole(answers, choices.usage()), 200, { 'x-run-id': choices.id })
}

/** The answer begins when the first piece is there, or a failure: until then its status can say that it was wrong. */
async function streamed(
  c: RequestContext,
  service: Service,
  request: TextRequest,
  choices: Choices,
): Promise<Response> {
  const { limits, log } = service
  await choices.begun(limits.pingMs)
  const response = eventStream(
    c,
    limits,
    (sink) => fill(sink, request, choices),
    (error) => {
      const { status, body } = httpErrorOf(error)
      if (status === 500) log(`${choices.id} ${logText(error)}`)
      choices.abort(error)
      return { data: JSON.stringify(body) }
    },
  )
  response.headers.set('x-run-id', choices.id)
  return response
}

async function fill(sink: EventSink, { style, format }: TextRequest, choices: Choices): Promise<void> {
  const send = (value: object | undefined) => {
    if (value !== undefined) sink.send(JSON.stringify(value))
  }
  sink.signal.addEventListener('abort', () => choices.abort(sink.signal.reason), { once: true })
  for (let index = 0; index < choices.count; index++) for (const chunk of format.first(index)) send(chunk)
  choices.listen((index, piece) => send(format.piece(index, piece)))
  const ends = choices.each(async (index, answer, pieces) => {
    for (const piece of pieces) send(format.piece(index, piece))
    send(format.last(index, answer))
  })
  await Promise.all(ends)
  if (style.includesUsage) send(format.usage(choices.usage()))
  sink.send('[DONE]')
}

/** The runs for one request: one for each answer, those to the first prompt first. */
class Choices {
  readonly #request: TextRequest
  readonly #client = new AbortController()
  readonly #streams: AnswerStream[] = []
  readonly #usages: Usage[] = []
  readonly #answers: Promise<Answer>[] = []
  readonly #early: [index: number, piece: Piece][] = []
  #start = (): void => {}
  readonly #started = new Promise<void>((resolve) => {
    this.#start = resolve
  })
  #hear = (index: number, piece: Piece): void => void this.#early.push([index, piece])
  /** Of the first run. */
  readonly id: string

  constructor({ runs }: Service, request: TextRequest, signal: AbortSignal) {
    const { model, prompts, asked, style } = request
    this.#request = request
    signal.addEventListener('abort', () => this.#client.abort(signal.reason), { once: true })
    if (signal.aborted) this.#client.abort(signal.reason)
    const inputs = prompts.flatMap(({ value, field }) =>
      Array.from({ length: style.count }, (_, index) => ({
        field,
        inputs: inputsOf(model, value, asked, index),
      })),
    )
    try {
      const ids = inputs.map(({ field, inputs }) => this.#begin(runs, field, inputs))
      this.id = ids[0] ?? ''
    } catch (error) {
      // Those of the answers before, which were taken in.
      this.abort(error)
      throw error
    }
  }

  get count(): number {
    return this.#answers.length
  }

  /** Starts the run for the next answer, and gives its id. */
  #begin(runs: Service['runs'], field: string, inputs: ReturnType<typeof inputsOf>): string {
    const { model, asked, style, body } = this.#request
    const failed = (error: unknown): never => {
      throw withPlace(error, asked, field)
    }
    const index = this.#streams.length
    this.#streams.push(new AnswerStream(model, style))
    this.#usages.push(new Usage())
    try {
      const { id, result } = runs.start({
        pipeline: style.model,
        inputs,
        via: 'openai',
        signal: this.#client.signal,
        listener: (event) => this.#onEvent(index, event),
        body,
      })
      const answer = result
        .then((ended) => answerOf(model, ended, { maxCalls: style.maxCalls, id }))
        .catch(failed)
      // It may fail before it is awaited, and is not awaited at all where one behind it cannot begin.
      answer.catch(() => {})
      this.#answers.push(answer)
      return id
    } catch (error) {
      return failed(error)
    }
  }

  /** Resolves when an answer begins, or after this time; rejects when a run fails before. */
  async begun(mostMs: number): Promise<void> {
    const timer = new AbortController()
    const late = wait(mostMs, undefined, { signal: timer.signal, ref: false }).catch(() => {})
    try {
      await Promise.race([this.#started, late, ...this.#answers])
    } finally {
      timer.abort()
    }
  }

  answers(): Promise<Answer[]> {
    return Promise.all(this.#answers)
  }

  /** Calls for each answer when it is there, with the pieces that were not streamed. */
  each(end: (index: number, answer: Answer, pieces: readonly Piece[]) => Promise<void>): Promise<void>[] {
    return this.#answers.map(async (promise, index) => {
      const answer = await promise
      await end(index, answer, this.#streams[index]?.end(answer) ?? [])
    })
  }

  /** Hears each piece at once, and first of all those that there were. */
  listen(hear: (index: number, piece: Piece) => void): void {
    this.#hear = hear
    for (const [index, piece] of this.#early.splice(0)) hear(index, piece)
  }

  usage(): UsageJson | undefined {
    return Usage.json(this.#usages, this.#request.style.count)
  }

  abort(reason: unknown): void {
    this.#client.abort(reason)
  }

  #onEvent(index: number, event: RunEvent): void {
    this.#usages[index]?.onEvent(event)
    if (event.type !== 'chunk' || !this.#request.style.isStream) return
    for (const piece of this.#streams[index]?.onEvent(event) ?? []) {
      this.#start()
      this.#hear(index, piece)
    }
  }
}

/**
 * An error with the field of the request that is to blame, where a component knows its option alone. Whatever is wrong with
 * an option that the request gave, the request is wrong.
 */
function withPlace(error: unknown, { options }: Asked, prompt: string): ServeError {
  const served = serveErrorOf(error)
  const { code, message, cause } = served
  if (served.param !== undefined) return served
  const param = fieldOf(error, options)
  if (param !== undefined && code === 'SERVE_FAILED') {
    return new ServeError('SERVE_UNSUPPORTED', message, { cause, param })
  }
  return httpErrorOf(served).status === 400
    ? new ServeError(code, message, { cause, param: param ?? prompt })
    : served
}

function fieldOf(error: unknown, options: Asked['options']): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 20; cause = cause.cause, depth++) {
    const { option } = cause as { readonly option?: unknown }
    if (typeof option !== 'string') continue
    const name = option.replace(/^generationKwargs\./, '').split(/[.[]/, 1)[0]
    return options.find((one) => one.name === name)?.field
  }
  return undefined
}
