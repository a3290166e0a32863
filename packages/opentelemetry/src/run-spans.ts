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
import { type CallEvent, callContent, describeCall } from './attributes/call.ts'
import { errorMessageOf, errorTypeOf, isError, wasStopped } from './attributes/failure.ts'
import { type VisitEnd, visitAttributes, visitContent, visitName } from './attributes/visit.ts'
import { errorType, genAi, millrace } from './conventions.ts'
import type { EventOf } from './events.ts'
import { hrTimeOf } from './events.ts'

type Status = EventOf<'runEnd'>['status']

export interface RunSpansOptions {
  readonly tracer: Tracer
  readonly name: string | undefined
  readonly attributes: Attributes
  readonly recordContent: boolean
  readonly maxContentLength: number
}

/** A call that is over, and when the first piece of its reply was sent, if one was. */
interface Call {
  readonly event: CallEvent
  readonly firstChunkTime: number | undefined
}

interface OpenVisit {
  readonly start: EventOf<'componentStart'>
  readonly span: Span
  readonly context: Context
  /** Those that failed: whether they failed by themselves or were stopped is known when the visit is. */
  readonly failedCalls: Call[]
  firstChunkTime: number | undefined
}

/**
 * The spans of one run: below that of the run one for each visit, and below these one for each call of a model or a
 * tool. A visit that threw waits for the end of the run, which says whether it failed or was stopped.
 */
export class RunSpans {
  readonly #options: RunSpansOptions
  readonly #span: Span
  readonly #context: Context
  readonly #open = new Map<string, OpenVisit>()
  readonly #thrown: { readonly visit: OpenVisit; readonly end: EventOf<'componentError'> }[] = []
  #failure: EventOf<'componentError'> | undefined

  /** The span of a run is a child of the span that is active when the run starts. */
  constructor(options: RunSpansOptions, { runId, time }: EventOf<'runStart'>) {
    this.#options = options
    const { name, tracer } = options
    const parent = context.active()
    this.#span = tracer.startSpan(
      name === undefined ? 'invoke_workflow' : `invoke_workflow ${name}`,
      {
        kind: SpanKind.INTERNAL,
        startTime: hrTimeOf(time),
        attributes: {
          ...options.attributes,
          [genAi.operationName]: 'invoke_workflow',
          ...(name === undefined ? {} : { [genAi.agentName]: name }),
          [millrace.runId]: runId,
        },
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
        this.#startVisit(event)
        break
      case 'chunk':
        this.#noteChunk(event)
        break
      case 'modelCall':
      case 'toolCall':
        this.#endCall(event)
        break
      case 'componentEnd':
      case 'componentPause':
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

  #startVisit(start: EventOf<'componentStart'>): void {
    const { tracer, attributes } = this.#options
    const span = tracer.startSpan(
      visitName(start),
      {
        kind: SpanKind.INTERNAL,
        startTime: hrTimeOf(start.time),
        attributes: { ...attributes, ...visitAttributes(start) },
      },
      this.#context,
    )
    const visit = trace.setSpan(this.#context, span)
    this.#open.set(start.component, {
      start,
      span,
      context: visit,
      failedCalls: [],
      firstChunkTime: undefined,
    })
  }

  #visitOf({ component, visit: number }: CallEvent | EventOf<'chunk'>): OpenVisit | undefined {
    const visit = this.#open.get(component)
    return visit?.start.visit === number ? visit : undefined
  }

  #noteChunk(event: EventOf<'chunk'>): void {
    const visit = this.#visitOf(event)
    if (visit === undefined || visit.firstChunkTime !== undefined) return
    const { content, reasoning, toolCalls, finishReason } = event.chunk
    // Other chunks only report how far the prompt is.
    if (content || reasoning || toolCalls?.length || finishReason) visit.firstChunkTime = event.time
  }

  #endCall(event: CallEvent): void {
    const visit = this.#visitOf(event)
    if (visit === undefined) return
    const call = { event, firstChunkTime: visit.firstChunkTime }
    // The next chunk is that of the next call.
    visit.firstChunkTime = undefined
    if (event.call.error === undefined) this.#recordCall(visit, call, 'completed')
    else visit.failedCalls.push(call)
  }

  #recordCall(visit: OpenVisit, { event, firstChunkTime }: Call, status: Status): void {
    const { tracer, attributes, recordContent, maxContentLength } = this.#options
    const started = event.time - event.call.durationMs
    const wait = firstChunkTime === undefined ? undefined : firstChunkTime - started
    // A chunk from before the call is of something else that the visit does.
    const description = describeCall(event, wait !== undefined && wait >= 0 ? wait : undefined)
    const span = tracer.startSpan(
      description.name,
      {
        kind: description.kind,
        startTime: hrTimeOf(started),
        attributes: { ...attributes, ...description.attributes },
      },
      visit.context,
    )
    if (recordContent && span.isRecording()) {
      setContent(span, event.component, () => callContent(event, maxContentLength))
    }
    if (status === 'failed') recordFailure(span, event.call.error)
    span.end(hrTimeOf(event.time))
  }

  #endVisit(end: VisitEnd): void {
    const visit = this.#open.get(end.component)
    if (visit === undefined) return
    this.#open.delete(end.component)
    if (end.type === 'componentError') this.#thrown.push({ visit, end })
    else this.#recordVisit(visit, end, end.type === 'componentPause' ? 'paused' : 'completed')
  }

  #recordVisit(visit: OpenVisit, end: VisitEnd, status: Status): void {
    const { start, span } = visit
    for (const call of visit.failedCalls)
      this.#recordCall(visit, call, status === 'aborted' ? 'aborted' : 'failed')
    span.setAttribute(millrace.componentStatus, status)
    const { recordContent, maxContentLength } = this.#options
    if (recordContent && span.isRecording()) {
      setContent(span, start.component, () => visitContent(start, end, maxContentLength))
    }
    if (status === 'failed' && end.type === 'componentError') {
      const { error, time } = end
      recordFailure(span, error)
      span.recordException(isError(error) ? error : String(error), hrTimeOf(time))
    }
    span.end(hrTimeOf(end.time))
  }

  #endRun({ status, time, error }: EventOf<'runEnd'>): void {
    try {
      for (const { visit, end } of this.#thrown) {
        const stopped = status === 'aborted' || wasStopped(end, this.#failure)
        this.#recordVisit(visit, end, stopped ? 'aborted' : 'failed')
      }
      for (const { span } of this.#open.values()) {
        span.setAttribute(millrace.componentStatus, 'aborted')
        span.end(hrTimeOf(time))
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

/** A value whose getter throws, or a reply that only looks like one, must not cost the span. */
function setContent(span: Span, component: string, content: () => Attributes): void {
  try {
    span.setAttributes(content())
  } catch (error) {
    diag.warn(`The content of '${component}' could not be recorded.`, error)
  }
}

function recordFailure(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorMessageOf(error) })
  span.setAttribute(errorType, errorTypeOf(error))
}
