import { describe, expect, test } from '@jest/globals'
import { defineComponent, Pipeline, type RunEvent, t } from '@millrace/core'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { growing, step, syncStep, untilAborted } from './components.ts'
import { milliseconds, recorder } from './recorded.ts'

const unset = { code: SpanStatusCode.UNSET }

/** What a span says about its end. */
function ending({ status, attributes, events }: ReadableSpan | undefined = {} as ReadableSpan) {
  return {
    status,
    said: attributes['millrace.component.status'] ?? attributes['millrace.run.status'],
    type: attributes['error.type'],
    exceptions: events.map((event) => event.attributes?.['exception.message']),
  }
}

describe('a run that completes', () => {
  test('has a span for the run and one for each visit', async () => {
    const { onEvent, spans } = recorder()
    const pipeline = new Pipeline({
      first: step((text) => `${text}1`),
      second: syncStep((text) => `${text}2`),
    }).connect('first.text', 'second.text')
    const { runId } = await pipeline.run({ first: { text: 'a' } }, { onEvent })
    expect(spans().map(({ name, kind, status, attributes }) => ({ name, kind, status, attributes }))).toEqual(
      [
        {
          name: 'millrace.component.run',
          kind: SpanKind.INTERNAL,
          status: unset,
          attributes: {
            'millrace.run.id': runId,
            'millrace.component.name': 'first',
            'millrace.component.type': 'Step',
            'millrace.component.visit': 1,
            'millrace.component.status': 'completed',
          },
        },
        {
          name: 'millrace.component.run',
          kind: SpanKind.INTERNAL,
          status: unset,
          attributes: {
            'millrace.run.id': runId,
            'millrace.component.name': 'second',
            'millrace.component.type': 'Step',
            'millrace.component.visit': 1,
            'millrace.component.status': 'completed',
          },
        },
        {
          name: 'invoke_workflow',
          kind: SpanKind.INTERNAL,
          status: unset,
          attributes: {
            'gen_ai.operation.name': 'invoke_workflow',
            'millrace.run.id': runId,
            'millrace.run.status': 'completed',
          },
        },
      ],
    )
  })

  test('the visit of an agent is named as the conventions have it, above the calls in it', async () => {
    const { onEvent, spans } = recorder()
    const Agent = defineComponent({
      type: 'Agent',
      inputs: {},
      outputs: {},
      run: (_, { modelCall }) => {
        modelCall({ operation: 'chat', provider: 'test', model: 'tiny', durationMs: 1 })
        return {}
      },
    })
    await new Pipeline({ helper: new Agent() }).run({}, { onEvent })
    const [call, visit] = spans()
    expect(visit).toMatchObject({
      name: 'invoke_agent helper',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': 'helper',
        'millrace.component.type': 'Agent',
        'millrace.component.status': 'completed',
      },
    })
    expect(call).toMatchObject({
      name: 'chat tiny',
      parentSpanContext: { spanId: visit?.spanContext().spanId },
    })
  })

  test('every span starts and ends when its events say, and none before the run or after it', async () => {
    const { onEvent, events, of, runs } = recorder()
    const pipeline = new Pipeline({
      first: step((text) => text),
      left: step(async (text) => text),
      right: step(async (text) => text),
    })
      .connect('first.text', 'left.text')
      .connect('first.text', 'right.text')
    await pipeline.run({ first: { text: 'a' } }, { onEvent })
    const time = (type: RunEvent['type'], component?: string) => {
      const event = events.find(
        (candidate) =>
          candidate.type === type && (candidate as { component?: string }).component === component,
      )
      return Math.round((event?.time ?? Number.NaN) * 1e3) / 1e3
    }
    const [run] = runs() as [ReadableSpan]
    expect(milliseconds(run.startTime)).toBe(time('runStart'))
    expect(milliseconds(run.endTime)).toBe(time('runEnd'))
    for (const component of ['first', 'left', 'right']) {
      const [visit] = of(component) as [ReadableSpan]
      expect(milliseconds(visit.startTime)).toBe(time('componentStart', component))
      expect(milliseconds(visit.endTime)).toBe(time('componentEnd', component))
      expect(milliseconds(visit.endTime)).toBeGreaterThanOrEqual(milliseconds(visit.startTime))
      expect(milliseconds(visit.startTime)).toBeGreaterThanOrEqual(milliseconds(run.startTime))
      expect(milliseconds(visit.endTime)).toBeLessThanOrEqual(milliseconds(run.endTime))
    }
  })

  test('parallel branches have spans that overlap', async () => {
    const { onEvent, of } = recorder()
    let meet = () => {}
    const met = new Promise<void>((resolve) => {
      meet = resolve
    })
    const pipeline = new Pipeline({
      left: step((text) => met.then(() => text)),
      right: step((text) => {
        meet()
        return text
      }),
    })
    await pipeline.run({ left: { text: 'a' }, right: { text: 'b' } }, { onEvent })
    const [left] = of('left') as [ReadableSpan]
    const [right] = of('right') as [ReadableSpan]
    expect(milliseconds(left.startTime)).toBeLessThanOrEqual(milliseconds(right.startTime))
    expect(milliseconds(left.endTime)).toBeGreaterThanOrEqual(milliseconds(right.startTime))
    expect(left.parentSpanContext?.spanId).toBe(right.parentSpanContext?.spanId)
  })

  test('a loop has one span for each visit, numbered', async () => {
    const { onEvent, of } = recorder()
    const pipeline = new Pipeline({ grow: growing(4), back: syncStep((text) => text) })
      .connect('grow.again', 'back.text')
      .connect('back.text', 'grow.text')
    const { outputs } = await pipeline.run({ grow: { text: 'x' } }, { onEvent })
    expect(outputs).toEqual({ grow: { done: 'xxxx' } })
    expect(of('grow').map(({ attributes }) => attributes['millrace.component.visit'])).toEqual([1, 2, 3])
    expect(of('back').map(({ attributes }) => attributes['millrace.component.visit'])).toEqual([1, 2])
  })

  test('a streamed run has the same spans as one that is awaited', async () => {
    const { onEvent, spans } = recorder()
    const pipeline = new Pipeline({ only: step((text) => text) })
    const stream = pipeline.stream({ only: { text: 'a' } }, { onEvent })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toEqual(['runStart', 'componentStart', 'componentEnd', 'runEnd'])
    expect(spans().map(({ name }) => name)).toEqual(['millrace.component.run', 'invoke_workflow'])
  })
})

test('a run that pauses has the status paused, and so has the visit that asks', async () => {
  const { onEvent, of, runs } = recorder()
  const Asks = defineComponent({ type: 'Asks', inputs: {}, outputs: {}, run: (_, { pause }) => pause({}) })
  await new Pipeline({ asks: new Asks() }).run({}, { onEvent })
  const paused = { status: unset, said: 'paused', type: undefined, exceptions: [] }
  expect([ending(of('asks')[0]), ending(runs()[0])]).toEqual([paused, paused])
})

describe('a run that fails', () => {
  test('marks the visit that threw, and the run, with the error; the exception is recorded once', async () => {
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline({
      bad: step(() => {
        throw new RangeError('too far')
      }),
    })
    await expect(pipeline.run({ bad: { text: 'a' } }, { onEvent })).rejects.toThrow('too far')
    const status = { code: SpanStatusCode.ERROR, message: 'too far' }
    expect(ending(of('bad')[0])).toEqual({
      status,
      said: 'failed',
      type: 'RangeError',
      exceptions: ['too far'],
    })
    expect(ending(runs()[0])).toEqual({ status, said: 'failed', type: 'RangeError', exceptions: [] })
    const [exception] = of('bad')[0]?.events ?? []
    expect(exception?.attributes?.['exception.stacktrace']).toContain('RangeError: too far')
    expect(exception && milliseconds(exception.time)).toBe(milliseconds(of('bad')[0]?.endTime ?? [0, 0]))
  })

  test('shows a visit that the failure of another stopped as aborted, without an error', async () => {
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline({
      waits: step((_, run) => untilAborted(run)),
      bad: step(async () => {
        throw new RangeError('too far')
      }),
    })
    const run = pipeline.run({ waits: { text: 'a' }, bad: { text: 'b' } }, { onEvent })
    await expect(run).rejects.toThrow("'bad' (Step) failed: too far")
    expect(ending(of('waits')[0])).toEqual({
      status: unset,
      said: 'aborted',
      type: undefined,
      exceptions: [],
    })
    expect(ending(of('bad')[0]).said).toBe('failed')
    expect(ending(runs()[0]).type).toBe('RangeError')
  })

  test('two visits that fail on their own both have their error; that of the run is the first', async () => {
    const { onEvent, of, runs } = recorder()
    const fails = (error: Error) =>
      step(async () => {
        throw error
      })
    const pipeline = new Pipeline({ one: fails(new RangeError('1')), two: fails(new SyntaxError('2')) })
    await expect(pipeline.run({ one: { text: '' }, two: { text: '' } }, { onEvent })).rejects.toThrow('1')
    expect([...of('one'), ...of('two')].map((span) => ending(span).type)).toEqual([
      'RangeError',
      'SyntaxError',
    ])
    expect(ending(runs()[0]).type).toBe('RangeError')
  })

  test('by its time limit says so on the run, and shows what was running as aborted', async () => {
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline({ waits: step((_, run) => untilAborted(run)) })
    await expect(pipeline.run({ waits: { text: 'a' } }, { onEvent, timeoutMs: 1 })).rejects.toThrow('longer')
    expect(ending(of('waits')[0])).toEqual({
      status: unset,
      said: 'aborted',
      type: undefined,
      exceptions: [],
    })
    expect(ending(runs()[0])).toEqual({
      status: { code: SpanStatusCode.ERROR, message: 'The run took longer than its timeoutMs of 1.' },
      said: 'failed',
      type: 'RUN_TIMEOUT',
      exceptions: [],
    })
  })

  test('by the time limit of a component marks that component', async () => {
    const { onEvent, of } = recorder()
    const pipeline = new Pipeline(
      { waits: step((_, run) => untilAborted(run)) },
      { policies: { waits: { timeoutMs: 1 } } },
    )
    await expect(pipeline.run({ waits: { text: 'a' } }, { onEvent })).rejects.toThrow('longer')
    expect(ending(of('waits')[0])).toMatchObject({ said: 'failed', type: 'RUN_TIMEOUT' })
  })

  test('without a visit that threw has the code of the error of the run as its type', async () => {
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline(
      { grow: growing(Number.POSITIVE_INFINITY), back: syncStep((text) => text) },
      { maxRunsPerComponent: 2 },
    )
      .connect('grow.again', 'back.text')
      .connect('back.text', 'grow.text')
    await expect(pipeline.run({ grow: { text: 'x' } }, { onEvent })).rejects.toThrow('2 times')
    expect(of('grow').map((span) => ending(span).said)).toEqual(['completed', 'completed'])
    expect(ending(runs()[0])).toEqual({
      status: { code: SpanStatusCode.ERROR, message: expect.stringContaining("'grow' (Grow) ran 2 times") },
      said: 'failed',
      type: 'RUN_MAX_VISITS',
      exceptions: [],
    })
  })

  test('by an output that cannot be passed on marks the visit that gave it', async () => {
    const Sender = defineComponent({
      type: 'Sender',
      inputs: {},
      outputs: { message: t.message() },
      run: () => ({ message: { role: 'assistant', content: 5 } as never }),
    })
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline({ sender: new Sender(), upper: syncStep((text) => text) }).connect(
      'sender.message',
      'upper.text',
    )
    await expect(pipeline.run({}, { onEvent })).rejects.toThrow('could not be converted')
    expect(ending(of('sender')[0])).toMatchObject({ said: 'failed', type: 'RUN_CONVERSION_FAILED' })
    expect(ending(runs()[0])).toMatchObject({ said: 'failed', type: 'RUN_CONVERSION_FAILED', exceptions: [] })
  })
})

describe('a run that its caller aborts', () => {
  test('has no error anywhere: neither the run nor what was running', async () => {
    const { onEvent, of, runs } = recorder()
    const controller = new AbortController()
    const pipeline = new Pipeline({
      first: step((text) => text),
      waits: step((_, run) => {
        controller.abort(new RangeError('enough'))
        return untilAborted(run)
      }),
    }).connect('first.text', 'waits.text')
    const run = pipeline.run({ first: { text: 'a' } }, { onEvent, signal: controller.signal })
    await expect(run).rejects.toThrow('enough')
    expect(ending(of('first')[0]).said).toBe('completed')
    expect(ending(of('waits')[0])).toEqual({
      status: unset,
      said: 'aborted',
      type: undefined,
      exceptions: [],
    })
    expect(ending(runs()[0])).toEqual({ status: unset, said: 'aborted', type: undefined, exceptions: [] })
  })

  test('is also one whose stream is left early', async () => {
    const { onEvent, of, runs } = recorder()
    const pipeline = new Pipeline({ waits: step((_, run) => untilAborted(run)) })
    for await (const event of pipeline.stream({ waits: { text: 'a' } }, { onEvent })) {
      if (event.type === 'componentStart') break
    }
    expect(ending(of('waits')[0]).said).toBe('aborted')
    expect(ending(runs()[0])).toMatchObject({ status: unset, said: 'aborted' })
  })

  test('is not one that ends because the pipeline is closed', async () => {
    const { onEvent, of, runs } = recorder()
    let begun = () => {}
    const running = new Promise<void>((resolve) => {
      begun = resolve
    })
    const pipeline = new Pipeline({
      waits: step((_, run) => {
        begun()
        return untilAborted(run)
      }),
    })
    const run = pipeline.run({ waits: { text: 'a' } }, { onEvent })
    const refused = expect(run).rejects.toThrow('closed')
    await running
    await pipeline.close()
    await refused
    expect(ending(of('waits')[0]).said).toBe('aborted')
    expect(ending(runs()[0])).toMatchObject({ said: 'failed', type: 'RUN_CLOSED' })
  })
})
