import { setTimeout as wait } from 'node:timers/promises'
import type { RunEvent, RunResult } from '@millrace/core'
import { messageOf } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { RequestContext, Service } from '../http/context.ts'
import { type EventSink, eventStream } from '../http/event-stream.ts'
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

export interface TextRequest {
  readonly model: TextModel
  readonly asked: Asked
  readonly style: AnswerStyle & { readonly maxCalls: number }
  readonly format: AnswerFormat
  /** How large the request was. */
  readonly bytes: number
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
    throw withPlace(error, request.asked)
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
      const { status, body } = httpErrorOf(withPlace(error, request.asked))
      if (status === 500) log(`${choices.id} ${messageOf(error)}`)
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
  for (let index = 0; index < style.count; index++) for (const chunk of format.first(index)) send(chunk)
  choices.listen((index, piece) => send(format.piece(index, piece)))
  const ends = choices.each(async (index, answer, pieces) => {
    for (const piece of pieces) send(format.piece(index, piece))
    send(format.last(index, answer))
  })
  await Promise.all(ends)
  if (style.includesUsage) send(format.usage(choices.usage()))
  sink.send('[DONE]')
}

/** The runs for one request: one for each answer. */
class Choices {
  readonly #request: TextRequest
  readonly #client = new AbortController()
  readonly #streams: readonly AnswerStream[]
  readonly #usages: readonly Usage[]
  readonly #results: readonly Promise<RunResult>[]
  readonly #early: [index: number, piece: Piece][] = []
  #start = (): void => {}
  readonly #started = new Promise<void>((resolve) => {
    this.#start = resolve
  })
  #hear = (index: number, piece: Piece): void => void this.#early.push([index, piece])
  /** Of the first run. */
  readonly id: string

  constructor({ runs }: Service, request: TextRequest, signal: AbortSignal) {
    const { model, asked, style, bytes } = request
    this.#request = request
    signal.addEventListener('abort', () => this.#client.abort(signal.reason), { once: true })
    if (signal.aborted) this.#client.abort(signal.reason)
    const indices = Array.from({ length: style.count }, (_, index) => index)
    const inputs = indices.map((index) => inputsOf(model, asked, index))
    this.#streams = indices.map(() => new AnswerStream(model, style))
    this.#usages = indices.map(() => new Usage())
    try {
      const started = inputs.map((given, index) =>
        runs.start({
          pipeline: style.model,
          inputs: given,
          via: 'openai',
          signal: this.#client.signal,
          listener: (event) => this.#onEvent(index, event),
          bytes,
        }),
      )
      this.id = started[0]?.id ?? ''
      this.#results = started.map(({ result }) => result)
    } catch (error) {
      // Those of the answers before, which were taken in.
      this.abort(error)
      throw error
    }
    // A failure is seen where the results are awaited, which may be after it.
    for (const result of this.#results) result.catch(() => {})
  }

  /** Resolves when an answer begins, or after this time; rejects when a run fails before. */
  async begun(mostMs: number): Promise<void> {
    const timer = new AbortController()
    const late = wait(mostMs, undefined, { signal: timer.signal, ref: false }).catch(() => {})
    try {
      await Promise.race([this.#started, late, ...this.#answers()])
    } finally {
      timer.abort()
    }
  }

  answers(): Promise<Answer[]> {
    return Promise.all(this.#answers())
  }

  #answers(): Promise<Answer>[] {
    const { model, style } = this.#request
    return this.#results.map(async (result) => answerOf(model, await result, style.maxCalls))
  }

  /** Calls for each answer when it is there, with the pieces that were not streamed. */
  each(end: (index: number, answer: Answer, pieces: readonly Piece[]) => Promise<void>): Promise<void>[] {
    return this.#answers().map(async (promise, index) => {
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
    return Usage.json(this.#usages)
  }

  abort(reason: unknown): void {
    this.#client.abort(reason)
  }

  #onEvent(index: number, event: RunEvent): void {
    this.#usages[index]?.onEvent(event)
    if (event.type !== 'chunk' || !this.#request.style.isStream) return
    this.#start()
    for (const piece of this.#streams[index]?.onEvent(event) ?? []) this.#hear(index, piece)
  }
}

/**
 * An error with the field of the request that is to blame, where a component knows its option alone. Whatever is wrong with
 * an option that the request gave, the request is wrong.
 */
function withPlace(error: unknown, { options }: Asked): ServeError {
  const served = serveErrorOf(error)
  const { code, message, cause } = served
  if (served.param !== undefined) return served
  const param = fieldOf(error, options)
  if (param !== undefined && code === 'SERVE_FAILED') {
    return new ServeError('SERVE_UNSUPPORTED', message, { cause, param })
  }
  return httpErrorOf(served).status === 400
    ? new ServeError(code, message, { cause, param: param ?? 'messages' })
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
