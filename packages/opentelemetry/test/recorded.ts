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
  /** The spans of calls of models and tools. */
  calls(): ReadableSpan[]
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
    of: (component) =>
      spans().filter(
        ({ name, attributes }) =>
          name === 'millrace.component.run' && attributes['millrace.component.name'] === component,
      ),
    calls: () =>
      spans().filter(({ name }) => name !== 'millrace.component.run' && !name.startsWith('invoke_workflow')),
    runs: () => spans().filter(({ name }) => name.startsWith('invoke_workflow')),
  }
}

/** Milliseconds since the Unix epoch, to a microsecond: finer than that a double cannot tell them apart. */
export function milliseconds([seconds, nanoseconds]: readonly [number, number]): number {
  return Math.round(seconds * 1e6 + nanoseconds / 1e3) / 1e3
}
