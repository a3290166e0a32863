import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { RunEvent } from '../../src/run/events.ts'
import { AddFixedValue, Double, Fail, Greet, Recorder, Slow } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

const chain = () =>
  new Pipeline({ add: new AddFixedValue(), greet: new Greet() }).connect('add.result', 'greet.value')

const shown = (event: RunEvent) => ('component' in event ? `${event.type} ${event.component}` : event.type)

describe('the events of a run', () => {
  test('come in order, with the run, the component, the visit and the time', async () => {
    const { events, onEvent } = new Recorder()
    const before = performance.timeOrigin + performance.now()
    const { runId } = await chain().run({ add: { value: 1 } }, { onEvent })
    const after = performance.timeOrigin + performance.now()
    const start = { runId, time: expect.any(Number), visit: 1 }
    const end = { ...start, durationMs: expect.any(Number) }
    expect(events).toEqual([
      { type: 'runStart', runId, time: expect.any(Number) },
      {
        ...start,
        type: 'componentStart',
        component: 'add',
        componentType: 'AddFixedValue',
        inputs: { value: 1 },
      },
      {
        ...end,
        type: 'componentEnd',
        component: 'add',
        componentType: 'AddFixedValue',
        outputs: { result: 2 },
      },
      { ...start, type: 'componentStart', component: 'greet', componentType: 'Greet', inputs: { value: 2 } },
      {
        ...start,
        type: 'chunk',
        component: 'greet',
        componentType: 'Greet',
        chunk: StreamingChunk.create({ content: 'Hello! The value is 2.' }),
      },
      { ...end, type: 'componentEnd', component: 'greet', componentType: 'Greet', outputs: { value: 2 } },
      {
        type: 'runEnd',
        runId,
        time: expect.any(Number),
        status: 'completed',
        durationMs: expect.any(Number),
      },
    ])
    const times = events.map(({ time }) => time)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times[0]).toBeGreaterThanOrEqual(before)
    expect(times.at(-1)).toBeLessThanOrEqual(after)
  })

  test('have durations that agree with their times', async () => {
    const { events, onEvent } = new Recorder()
    await chain().run({ add: { value: 1 } }, { onEvent })
    const [, start, end] = events
    if (start?.type !== 'componentStart' || end?.type !== 'componentEnd') throw new TypeError('other events')
    expect(end.time - start.time).toBeCloseTo(end.durationMs, 2)
  })

  test('of a failing run end with the error and its status', async () => {
    const { events, onEvent } = new Recorder()
    const pipeline = new Pipeline({ fail: new Fail(), after: new Double() }).connect(
      'fail.value',
      'after.value',
    )
    await thrownBy(() => pipeline.run({ fail: { value: 1 } }, { onEvent }))
    expect(events.map(shown)).toEqual(['runStart', 'componentStart fail', 'componentError fail', 'runEnd'])
    expect(events[2]).toMatchObject({ error: { name: 'PlannedFailure' }, visit: 1 })
    expect(events[3]).toMatchObject({ status: 'failed' })
  })

  test('of an aborted run end with its status', async () => {
    const { events, onEvent } = new Recorder()
    const slow = new Slow()
    const controller = new AbortController()
    const running = new Pipeline({ slow }).run({ slow: { value: 1 } }, { onEvent, signal: controller.signal })
    await slow.started()
    controller.abort('enough')
    await expect(running).rejects.toBe('enough')
    expect(events.map(shown)).toEqual(['runStart', 'componentStart slow', 'componentError slow', 'runEnd'])
    expect(events[3]).toMatchObject({ status: 'aborted' })
  })

  test('have one end for each start, also when a value cannot be converted', async () => {
    class Silent implements Component {
      readonly inputs = {}
      readonly outputs = { texts: t.array(t.string()) }
      run() {
        return { texts: [] }
      }
    }
    class Reader implements Component {
      readonly inputs = { text: t.string() }
      readonly outputs = {}
      run() {
        return {}
      }
    }
    const { events, onEvent } = new Recorder()
    const pipeline = new Pipeline({ silent: new Silent(), reader: new Reader() }).connect(
      'silent.texts',
      'reader.text',
    )
    await thrownBy(() => pipeline.run({}, { onEvent }))
    expect(events.map(shown)).toEqual([
      'runStart',
      'componentStart silent',
      'componentError silent',
      'runEnd',
    ])
  })

  test('are not made when nobody listens, and emit does nothing then', async () => {
    expect((await chain().run({ add: { value: 1 } })).outputs).toEqual({ greet: { value: 2 } })
  })

  test('end with the end of the run: what a component streams later is not heard', async () => {
    let late: RunContext['emit'] | undefined
    class Keeper implements Component {
      readonly inputs = {}
      readonly outputs = {}
      run(_inputs: object, { emit }: RunContext) {
        late = emit
        return {}
      }
    }
    const { events, onEvent } = new Recorder()
    await new Pipeline({ keeper: new Keeper() as Component }).run({}, { onEvent })
    const count = events.length
    late?.(StreamingChunk.create({ content: 'too late' }))
    expect(events).toHaveLength(count)
  })
})

describe('a listener that throws', () => {
  const types = ['runStart', 'componentStart', 'chunk', 'componentEnd', 'runEnd'] as const

  test.each(types)('at %s fails the run with its error, and hears no more', async (type) => {
    const failure = new RangeError('The listener is full.')
    const heard: string[] = []
    const onEvent = (event: RunEvent) => {
      heard.push(event.type)
      if (event.type === type) throw failure
    }
    await expect(chain().run({ add: { value: 1 } }, { onEvent })).rejects.toBe(failure)
    expect(heard.at(-1)).toBe(type)
    expect(heard.filter((each) => each === type)).toHaveLength(1)
  })

  test('does not start the component that it was told of, nor any other', async () => {
    const fail = new Fail()
    const pipeline = new Pipeline({ fail, other: new Fail() })
    const onEvent = (event: RunEvent) => {
      if (event.type === 'componentStart') throw new RangeError('no')
    }
    await expect(pipeline.run({ value: 1 }, { onEvent })).rejects.toThrow(new RangeError('no'))
    expect([fail.calls, pipeline.get('other').calls]).toEqual([0, 0])
  })

  test('does not throw into the component that streams', async () => {
    const caught: unknown[] = []
    class Streaming implements Component {
      readonly inputs = {}
      readonly outputs = {}
      run(_inputs: object, context: RunContext) {
        try {
          context.emit(StreamingChunk.create({ content: 'x' }))
        } catch (error) {
          caught.push(error)
        }
        expect(context.signal.aborted).toBe(true)
        return {}
      }
    }
    const onEvent = (event: RunEvent) => {
      if (event.type === 'chunk') throw new RangeError('no')
    }
    const pipeline = new Pipeline({ streaming: new Streaming() as Component })
    await expect(pipeline.run({}, { onEvent })).rejects.toThrow(new RangeError('no'))
    expect(caught).toEqual([])
  })

  test('stops what runs, and waits for it', async () => {
    const slow = new Slow()
    const pipeline = new Pipeline({ slow, add: new AddFixedValue() })
    const onEvent = (event: RunEvent) => {
      if (event.type === 'componentEnd') throw new RangeError('no')
    }
    const running = pipeline.run({ value: 1 }, { onEvent })
    await expect(running).rejects.toThrow(new RangeError('no'))
    expect([slow.waiting, slow.told]).toEqual([0, [new RangeError('no')]])
  })

  test('at a failure does not hide it', async () => {
    const pipeline = new Pipeline({ fail: new Fail({ rejects: true }) })
    const onEvent = (event: RunEvent) => {
      if (event.type === 'componentError') throw new RangeError('no')
    }
    expect(await thrownBy(() => pipeline.run({ value: 1 }, { onEvent }))).toBe(
      "RUN_COMPONENT_FAILED: 'fail' (Fail) failed: It was planned.",
    )
  })

  test('leaves the pipeline as it was: the next run works', async () => {
    const pipeline = chain()
    const onEvent = () => {
      throw new RangeError('no')
    }
    await expect(pipeline.run({ add: { value: 1 } }, { onEvent })).rejects.toThrow('no')
    expect((await pipeline.run({ add: { value: 1 } })).outputs).toEqual({ greet: { value: 2 } })
    await pipeline.close()
  })
})

test('a listener that aborts when a component starts: it is not called, and its start has an end', async () => {
  const controller = new AbortController()
  const fail = new Fail()
  const { events, onEvent } = new Recorder()
  const running = new Pipeline({ fail }).run(
    { value: 1 },
    {
      signal: controller.signal,
      onEvent: (event) => {
        onEvent(event)
        if (event.type === 'componentStart') controller.abort('enough')
      },
    },
  )
  await expect(running).rejects.toBe('enough')
  expect(fail.calls).toBe(0)
  expect(events.map(shown)).toEqual(['runStart', 'componentStart fail', 'componentError fail', 'runEnd'])
})
