import type { RunListener } from '@millrace/core'
import { type Attributes, diag, type Tracer, trace } from '@opentelemetry/api'
import { RunSpans } from './run-spans.ts'

export interface TraceRunsOptions {
  /** @defaultValue the tracer `@millrace/opentelemetry` of the global tracer provider */
  readonly tracer?: Tracer
  /** What the runs are of, such as the name of the pipeline: `gen_ai.agent.name`. A few fixed names, not one for each run. */
  readonly name?: string
  /**
   * Records what goes into components and comes out: messages, prompts, documents. They may hold what your backend
   * must not see. Error messages are recorded in any case.
   *
   * @defaultValue false
   */
  readonly recordContent?: boolean
  /**
   * About how many characters of content one attribute holds; what is over is cut, and says so. Of messages the last
   * are kept.
   *
   * @defaultValue 20_000
   */
  readonly maxContentLength?: number
  /** Put on every span. */
  readonly attributes?: Attributes
}

/**
 * A listener for `onEvent` that makes OpenTelemetry spans: one for each run, below it one for each visit of a
 * component, and below that one for each call of a model or a tool, by the GenAI conventions. One listener serves any number of
 * runs at once. It never throws: what goes wrong in it goes to OpenTelemetry's `diag`.
 *
 * @example
 * const onEvent = traceRuns({ name: 'capitals' })
 * const result = await pipeline.run({ prompt: { country: 'France' } }, { onEvent })
 */
export function traceRuns(options: TraceRunsOptions = {}): RunListener {
  const settings = {
    tracer: options.tracer ?? trace.getTracer('@millrace/opentelemetry'),
    recordContent: options.recordContent ?? false,
    maxContentLength: options.maxContentLength ?? 20_000,
    attributes: options.attributes ?? {},
    name: options.name,
  }
  const runs = new Map<string, RunSpans>()
  return (event) => {
    try {
      if (event.type === 'runStart') {
        const spans = new RunSpans(settings, event)
        if (spans.recording) runs.set(event.runId, spans)
        return
      }
      const spans = runs.get(event.runId)
      if (event.type === 'runEnd') runs.delete(event.runId)
      spans?.handle(event)
    } catch (error) {
      diag.error('Tracing a run failed; the run goes on.', error)
    }
  }
}
