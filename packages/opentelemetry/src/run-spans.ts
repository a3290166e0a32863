import type { RunEvent } from '@millrace/core'
import {
  type Attributes,
  type Context,
  context,
  diag,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { errorMessageOf, errorTypeOf, isError, wasStopped } from './attributes/failure.ts'
import {
  type DescriptionOptions,
  describeVisit,
  type Visit,
  type VisitDescription,
  visitContent,
} from './attributes/visit.ts'
import { errorType, millrace, runSpanName } from './conventions.ts'
import type { EventOf } from './events.ts'
import { hrTimeOf } from './events.ts'

type Status = EventOf<'runEnd'>['status']
type ThrownVisit = Visit & { readonly end: EventOf<'componentError'> }

export interface RunSpansOptions extends DescriptionOptions {
  readonly tracer: Tracer
  readonly attributes: Attributes
  readonly recordContent: boolean
  readonly maxContentLength: number
}

/**
 * The spans of one run. That of a visit is made when the visit is over, with the times of its events: only then is it
 * known whether it called a model, and with which name, kind and attributes the span must therefore start. A visit
 * that threw waits for the end of the run, which says whether it failed or was stopped.
 */
export class RunSpans {
  readonly #options: RunSpansOptions
  readonly #span: Span
  readonly #context: Context
  readonly #open = new Map<string, { start: EventOf<'componentStart'>; firstChunkTime?: number }>()
  readonly #thrown: ThrownVisit[] = []
  #failure: EventOf<'componentError'> | undefined

  /** The span of a run is a child of the span that is active when the run starts. */
  constructor(options: RunSpansOptions, { runId, time }: EventOf<'runStart'>) {
    this.#options = options
    const parent = context.active()
    this.#span = options.tracer.startSpan(
      runSpanName,
      {
        kind: SpanKind.INTERNAL,
        startTime: hrTimeOf(time),
        attributes: { ...options.attributes, [millrace.runId]: runId },
      },
      parent,
    )
    this.#context = trace.setSpan(parent, this.#span)
  }

  /** False where no SDK is installed, or the run is not sampled. */
  get recording(): boolean {
    return this.#span.isRecording()
  }

  handle(event: Exclude<RunEvent, { type: 'runStart' }>): void {
    switch (event.type) {
      case 'componentStart':
        this.#open.set(event.component, { start: event })
        break
      case 'chunk':
        this.#noteChunk(event)
        break
      case 'componentEnd':
        this.#endVisit(event)
        break
      case 'componentError':
        this.#failure ??= event
        this.#endVisit(event)
        break
      case 'runEnd':
        this.#endRun(event)
        break
    }
  }

  #noteChunk({ component, visit: number, chunk, time }: EventOf<'chunk'>): void {
    const visit = this.#open.get(component)
    if (visit === undefined || visit.firstChunkTime !== undefined || visit.start.visit !== number) return
    const { content, reasoning, toolCalls, finishReason } = chunk
    // Other chunks only report how far the prompt is.
    if (content || reasoning || toolCalls?.length || finishReason) visit.firstChunkTime = time
  }

  #endVisit(end: Visit['end']): void {
    const visit = this.#open.get(end.component)
    if (visit === undefined) return
    this.#open.delete(end.component)
    if (end.type === 'componentError') this.#thrown.push({ ...visit, end })
    else this.#record({ ...visit, end }, 'completed')
  }

  #record(visit: Visit, status: Status): void {
    const { tracer, attributes } = this.#options
    const description = describeVisit(visit, this.#options)
    const span = tracer.startSpan(
      description.name,
      {
        kind: description.kind,
        startTime: hrTimeOf(visit.start.time),
        attributes: { ...attributes, ...description.attributes, [millrace.componentStatus]: status },
      },
      this.#context,
    )
    if (span.isRecording()) {
      if (this.#options.recordContent) this.#recordContent(span, visit, description)
      if (status === 'failed' && visit.end.type === 'componentError') {
        recordFailure(span, visit.end.error)
        const { error, time } = visit.end
        span.recordException(isError(error) ? error : String(error), hrTimeOf(time))
      }
    }
    span.end(hrTimeOf(visit.end.time))
  }

  /** A value whose getter throws, or a reply that only looks like one, must not cost the span. */
  #recordContent(span: Span, visit: Visit, { generation }: VisitDescription): void {
    try {
      span.setAttributes(visitContent(visit, generation, this.#options.maxContentLength))
    } catch (error) {
      diag.warn(`The content of '${visit.start.component}' could not be recorded.`, error)
    }
  }

  #endRun({ status, time, error }: EventOf<'runEnd'>): void {
    try {
      for (const visit of this.#thrown) {
        const stopped = status === 'aborted' || wasStopped(visit.end, this.#failure)
        this.#record(visit, stopped ? 'aborted' : 'failed')
      }
      this.#span.setAttribute(millrace.runStatus, status)
      // What a component threw says more than the error that the run wraps it in.
      if (status === 'failed')
        recordFailure(this.#span, this.#failure === undefined ? error : this.#failure.error)
    } finally {
      this.#span.end(hrTimeOf(time))
    }
  }
}

function recordFailure(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessageOf(error) })
  span.setAttribute(errorType, errorTypeOf(error))
}
