import type { RunEvent, RunListener } from '@millrace/core'
import { type TraceRunsOptions, traceRuns } from '@millrace/opentelemetry'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type TracerConfig,
} from '@opentelemetry/sdk-trace-base'

export interface Recorder {
  readonly onEvent: RunListener
  readonly events: readonly RunEvent[]
  /** In the order in which they ended. */
  spans(): ReadableSpan[]
  /** The spans of the visits of one component, in the order of the visits. */
  of(component: string): ReadableSpan[]
  runs(): ReadableSpan[]
}

/** `traceRuns` with an SDK that keeps the spans, and the events that it got. */
export function recorder(options: TraceRunsOptions = {}, config: TracerConfig = {}): Recorder {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ ...config, spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const listener = traceRuns({ tracer: provider.getTracer('test'), ...options })
  const events: RunEvent[] = []
  const spans = () => exporter.getFinishedSpans()
  return {
    onEvent: (event) => {
      events.push(event)
      listener(event)
    },
    events,
    spans,
    of: (component) => spans().filter((span) => span.attributes['millrace.component.name'] === component),
    runs: () => spans().filter((span) => span.name === 'millrace.pipeline.run'),
  }
}

/** Milliseconds since the Unix epoch, to a microsecond: finer than that a double cannot tell them apart. */
export function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return Math.round(seconds * 1e6 + nanoseconds / 1e3) / 1e3
}
