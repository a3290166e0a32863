import type { RunListener } from '@millrace/core'
import { type Attributes, diag, type Tracer, trace } from '@opentelemetry/api'
import type { PipelineParts } from './attributes/visit.ts'
import { RunSpans } from './run-spans.ts'

export interface TraceRunsOptions {
  /** @defaultValue the tracer `@millrace/opentelemetry` of the global tracer provider */
  readonly tracer?: Tracer
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
  /** Put on every span, such as the name of the pipeline. */
  readonly attributes?: Attributes
  /**
   * The pipeline whose runs are traced. With it, the spans of generators also say what their init parameters ask for:
   * the model and the `generationKwargs`. The events alone have only those of the run.
   */
  readonly pipeline?: PipelineParts
  /**
   * `gen_ai.provider.name` by component type, as in `{ AcmeChatGenerator: 'acme' }`. What is named here is traced as
   * a generator also when it fails. Absent: made from the type.
   */
  readonly providers?: Readonly<Record<string, string>>
}

/**
 * A listener for `onEvent` that makes OpenTelemetry spans: one for each run, below it one for each visit of a
 * component. The visit of a generator is a model call of the GenAI conventions. One listener serves any number of
 * runs at once. It never throws: what goes wrong in it goes to OpenTelemetry's `diag`.
 *
 * @example
 * const onEvent = traceRuns({ pipeline })
 * const result = await pipeline.run({ prompt: { country: 'France' } }, { onEvent })
 */
export function traceRuns(options: TraceRunsOptions = {}): RunListener {
  const settings = {
    tracer: options.tracer ?? trace.getTracer('@millrace/opentelemetry'),
    recordContent: options.recordContent ?? false,
    maxContentLength: options.maxContentLength ?? 20_000,
    attributes: options.attributes ?? {},
    pipeline: options.pipeline,
    providers: options.providers ?? {},
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
