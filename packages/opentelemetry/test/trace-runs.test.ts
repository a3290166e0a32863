import { afterEach, describe, expect, test } from '@jest/globals'
import { Pipeline } from '@millrace/core'
import { type TraceRunsOptions, traceRuns } from '@millrace/opentelemetry'
import { type Context, context, type DiagLogger, diag, type Tracer, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { step } from './components.ts'
import { recorder } from './recorded.ts'

afterEach(() => {
  trace.disable()
  context.disable()
  diag.disable()
})

function pair() {
  return new Pipeline({
    first: step((text) => `${text}1`),
    second: step((text) => `${text}2`),
  }).connect('first.text', 'second.text')
}

describe('tracers', () => {
  test('without a tracer, that of the global provider is used, even if it is installed later', async () => {
    const onEvent = traceRuns()
    const exporter = new InMemorySpanExporter()
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    )
    await pair().run({ first: { text: 'a' } }, { onEvent })
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual([
      'millrace.component.run',
      'millrace.component.run',
      'invoke_workflow',
    ])
    expect(exporter.getFinishedSpans()[0]?.instrumentationScope.name).toBe('@millrace/opentelemetry')
  })

  test('without an SDK one span is asked for and nothing else happens', async () => {
    const asked = countingTracer(trace.getTracer('no SDK'))
    await pair().run({ first: { text: 'a' } }, { onEvent: traceRuns({ tracer: asked.tracer }) })
    expect(asked.names).toEqual(['invoke_workflow'])
  })

  test('of a run that is not sampled, no visit is looked at', async () => {
    const { onEvent, spans } = recorder({}, { sampler: new AlwaysOffSampler() })
    const { outputs } = await pair().run({ first: { text: 'a' } }, { onEvent })
    expect(outputs).toEqual({ second: { text: 'a12' } })
    expect(spans()).toEqual([])
  })
})

describe('parents', () => {
  test('a run is a child of the span that is active when it starts, and its visits are children of the run', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager())
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
    const tracer = provider.getTracer('server')
    const onEvent = traceRuns({ tracer })
    const request = tracer.startSpan('GET /')
    await context.with(trace.setSpan(context.active(), request), () =>
      pair().run({ first: { text: 'a' } }, { onEvent }),
    )
    request.end()
    const [first, second, run] = exporter.getFinishedSpans()
    expect(run?.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
    expect(first?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId)
    expect(second?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId)
    expect(second?.spanContext().traceId).toBe(request.spanContext().traceId)
  })

  test('outside any span a run starts a trace of its own', async () => {
    const { onEvent, runs } = recorder()
    const pipeline = pair()
    await pipeline.run({ first: { text: 'a' } }, { onEvent })
    await pipeline.run({ first: { text: 'b' } }, { onEvent })
    const [one, other] = runs()
    expect(one?.parentSpanContext).toBeUndefined()
    expect(one?.spanContext().traceId).not.toBe(other?.spanContext().traceId)
  })
})

describe('runs at once', () => {
  test('their spans do not meet', async () => {
    const { onEvent, runs, of } = recorder()
    let open = () => {}
    const bothAreIn = new Promise<void>((resolve) => {
      open = resolve
    })
    let inside = 0
    const pipeline = new Pipeline({
      wait: step(async (text) => {
        if (++inside === 2) open()
        await bothAreIn
        return text
      }),
    })
    const results = await Promise.all([
      pipeline.run({ wait: { text: 'a' } }, { onEvent }),
      pipeline.run({ wait: { text: 'b' } }, { onEvent }),
    ])
    expect(of('wait')).toHaveLength(2)
    for (const { runId } of results) {
      const run = runs().find(({ attributes }) => attributes['millrace.run.id'] === runId)
      const visit = of('wait').find(({ attributes }) => attributes['millrace.run.id'] === runId)
      expect(visit?.parentSpanContext?.spanId).toBe(run?.spanContext().spanId)
    }
  })
})

describe('attributes', () => {
  test('those that are given are on every span, and do not replace what is measured', async () => {
    const { onEvent, spans, of } = recorder({
      attributes: { 'app.pipeline': 'pair', 'millrace.component.name': 'mine' },
    })
    await pair().run({ first: { text: 'a' } }, { onEvent })
    expect(spans().map(({ attributes }) => attributes['app.pipeline'])).toEqual(['pair', 'pair', 'pair'])
    expect(of('first')).toHaveLength(1)
  })
})

test('a tracer that throws costs the spans, and not the run', async () => {
  const said: unknown[][] = []
  const note = (...message: unknown[]) => said.push(message)
  const logger: DiagLogger = { error: note, warn: note, info: note, debug: note, verbose: note }
  diag.setLogger(logger, { suppressOverrideMessage: true })
  said.length = 0
  const broken: TraceRunsOptions = {
    tracer: {
      startSpan: (): never => {
        throw new TypeError('broken tracer')
      },
      startActiveSpan: () => undefined as never,
    },
  }
  const onEvent = traceRuns(broken)
  const { outputs } = await pair().run({ first: { text: 'a' } }, { onEvent })
  expect(outputs).toEqual({ second: { text: 'a12' } })
  expect(said.map(([message, error]) => [message, String(error)])).toEqual([
    ['Tracing a run failed; the run goes on.', 'TypeError: broken tracer'],
  ])
})

function countingTracer(tracer: Tracer) {
  const names: string[] = []
  const counting: Tracer = {
    startSpan: (name, options, parent?: Context) => {
      names.push(name)
      return tracer.startSpan(name, options, parent)
    },
    startActiveSpan: () => undefined as never,
  }
  return { names, tracer: counting }
}
