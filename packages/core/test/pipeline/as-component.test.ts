import { describe, expect, test } from '@jest/globals'
import type { Component, WarmUpContext } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import type { CheckContext, Finding } from '../../src/component/finding.ts'
import { t } from '../../src/component/t.ts'
import { ToolCall } from '../../src/data/content-part.ts'
import { StreamingChunk } from '../../src/data/streaming-chunk.ts'
import type { PipelineComponent } from '../../src/pipeline/as-component.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import {
  AddFixedValue,
  BranchJoiner,
  Double,
  Fail,
  Greet,
  PlannedFailure,
  Recorder,
  Slow,
  Threshold,
} from '../fixtures/index.ts'
import { stopped } from './stopped.ts'
import { thrownBy } from './thrown.ts'

const chain = (options: PipelineOptions = {}): Pipeline =>
  new Pipeline({ add: new AddFixedValue(), double: new Double() }, options).connect(
    'add.result',
    'double.value',
  )

/** The component inside `levels` pipelines, each called `inner`. */
function inside(component: Component, levels: number): PipelineComponent | Component {
  let wrapped = component
  for (let level = 0; level < levels; level++)
    wrapped = (new Pipeline({ inner: wrapped }) as Pipeline).asComponent()
  return wrapped
}

/** Writes down what is done to it. */
class Logged implements Component {
  static readonly type = 'Logged'
  readonly inputs = { value: t.integer() }
  readonly outputs = { value: t.integer() }
  readonly log: unknown[] = []
  warmUp({ baseDir, resolveFrom }: WarmUpContext = {}): void {
    this.log.push({ warmUp: baseDir, ...(resolveFrom ? { resolveFrom } : {}) })
  }
  check({ baseDir }: CheckContext = {}): readonly Finding[] {
    return [
      {
        level: 'warning',
        code: 'MISSING_FILE',
        message: `Nothing in ${baseDir}.`,
        option: 'model',
        socket: 'value',
      },
    ]
  }
  close(): void {
    this.log.push('close')
  }
  run({ value }: { readonly value: number }) {
    return { value }
  }
}

describe('a pipeline in a pipeline', () => {
  test('gets its inputs and gives its outputs, also those that a connection inside consumes', async () => {
    const inner = chain().asComponent({
      inputs: { number: ['add.value'] },
      outputs: { 'add.result': 'sum', 'double.value': 'end' },
    } as never)
    const outer: Pipeline = new Pipeline({ first: new Double(), inner, last: new Double() })
    outer.connect('first.value', 'inner.number').connect('inner.sum', 'last.value')
    expect((await outer.run({ first: { value: 3 } })).outputs).toEqual({
      inner: { end: 14 },
      last: { value: 14 },
    })
  })

  test('gives one value to each of the sockets that its input reaches', async () => {
    const inner = new Pipeline({ a: new Double(), b: new AddFixedValue() }).asComponent({
      inputs: { value: ['a.value', 'b.value'] },
      outputs: { 'a.value': 'doubled', 'b.result': 'added' },
    })
    const result = await new Pipeline({ inner }).run({ inner: { value: 5 } })
    expect(result.outputs).toEqual({ inner: { doubled: 10, added: 6 } })
  })

  test('leaves its defaults to the components inside', async () => {
    const Limited = defineComponent({
      type: 'Limited',
      inputs: { limit: t.integer({ default: 7 }) },
      outputs: { limit: t.integer() },
      run: ({ limit = 0 }) => ({ limit }),
    })
    const outer = new Pipeline({ inner: new Pipeline({ limited: new Limited() }).asComponent() })
    expect((await outer.run()).outputs).toEqual({ inner: { limit: 7 } })
    expect((await outer.run({ limit: 8 })).outputs).toEqual({ inner: { limit: 8 } })
  })

  test('leaves an output out when nothing inside gave it, as a branch', async () => {
    const inner = new Pipeline({ below: new Threshold(), double: new Double() })
      .connect('below.below', 'double.value')
      .asComponent({ outputs: { 'double.value': 'doubled', 'below.above': 'above' } })
    const outer = new Pipeline({ inner, small: new Double(), large: new AddFixedValue() })
      .connect('inner.doubled', 'small.value')
      .connect('inner.above', 'large.value')
    expect((await outer.run({ inner: { value: 5 } })).outputs).toEqual({ small: { value: 20 } })
    expect((await outer.run({ inner: { value: 50 } })).outputs).toEqual({ large: { result: 51 } })
  })

  test('can be the body of a loop', async () => {
    const body = chain().asComponent()
    const outer: Pipeline = new Pipeline({
      joiner: new BranchJoiner(),
      below: new Threshold({ threshold: 40 }),
      body,
    })
    outer
      .connect('joiner.value', 'below.value')
      .connect('below.below', 'body.value')
      .connect('body.value', 'joiner.value')
    expect((await outer.run({ joiner: { value: 1 } })).outputs).toEqual({ below: { above: 46 } })
    expect(await outer.check()).toEqual([])
  })

  test('can be inside of one that is inside of another', async () => {
    const component = inside(new AddFixedValue(), 3)
    expect([Object.keys(component.inputs), Object.keys(component.outputs)]).toEqual([
      ['value', 'add'],
      ['result'],
    ])
    const result = await new Pipeline({ outer: component }).run({ outer: { value: 1, add: 5 } })
    expect(result.outputs).toEqual({ outer: { result: 6 } })
  })

  test('takes what may travel along a connection: further keys, and beyond limits', async () => {
    const Wide = defineComponent({
      type: 'Wide',
      inputs: {},
      outputs: { value: t.object({ a: t.integer(), b: t.integer() }), count: t.integer() },
      run: () => ({ value: { a: 1, b: 2 }, count: 0 }),
    })
    const Narrow = defineComponent({
      type: 'Narrow',
      inputs: { value: t.object({ a: t.integer() }), count: t.integer({ minimum: 1 }) },
      outputs: { a: t.integer() },
      run: ({ value, count }) => ({ a: value.a + count }),
    })
    const outer = new Pipeline({
      wide: new Wide(),
      inner: new Pipeline({ narrow: new Narrow() }).asComponent(),
    })
      .connect('wide.value', 'inner.value')
      .connect('wide.count', 'inner.count')
    expect((await outer.run()).outputs).toEqual({ inner: { a: 1 } })
    expect(await thrownBy(() => outer.run({ inner: { count: 0 } as never }))).toMatch(/^INPUT_OCCUPIED/)
  })

  test('checks at its door what the caller gives', async () => {
    const outer: Pipeline = new Pipeline({ inner: chain().asComponent() })
    expect(await thrownBy(() => outer.run({ inner: { value: 'one' } }))).toBe(
      `INPUT_INVALID: Input 'inner.value' (integer): expected integer, got "one".`,
    )
    expect(await thrownBy(() => outer.run({}))).toMatch(/^INPUT_MISSING: 'inner' \(Pipeline\) needs 'value'/)
  })

  test('cannot have itself inside', async () => {
    const [a, b, c] = [new Pipeline(), new Pipeline(), new Pipeline()] as Pipeline[] as [
      Pipeline,
      Pipeline,
      Pipeline,
    ]
    b.add('a', a.asComponent()).add('too', a.asComponent({ inputs: {} }))
    c.add('b', b.asComponent())
    for (const pipeline of [a, b, c]) {
      expect(await thrownBy(() => a.add('inside', pipeline.asComponent()))).toBe(
        "CONNECT_SELF: 'inside' cannot be added: the pipeline would contain itself.",
      )
    }
    expect(a.names()).toEqual([])
  })
})

describe('the pipeline inside', () => {
  test('stays usable by itself, also while it runs as a component', async () => {
    const slow = new Slow()
    const inner = new Pipeline({ slow })
    const outer = new Pipeline({ inner: inner.asComponent() })
    const runs = [outer.run({ value: 1 }), inner.run({ value: 2 }), outer.run({ value: 3 })]
    await slow.started(3)
    slow.release()
    expect((await Promise.all(runs)).map(({ outputs }) => outputs)).toEqual([
      { inner: { value: 1 } },
      { slow: { value: 2 } },
      { inner: { value: 3 } },
    ])
  })

  test('can be a component of several pipelines', async () => {
    const inner = chain()
    const outers = [new Pipeline({ a: inner.asComponent() }), new Pipeline({ b: inner.asComponent() })]
    const results = await Promise.all(outers.map((outer) => (outer as Pipeline).run({ value: 1 })))
    expect(results.map(({ outputs }) => outputs)).toEqual([{ a: { value: 4 } }, { b: { value: 4 } }])
  })

  test('loads again after the pipeline around it was closed', async () => {
    const logged = new Logged()
    const inner = new Pipeline({ logged })
    await new Pipeline({ inner: inner.asComponent() }).close()
    expect((await inner.run({ value: 1 })).outputs).toEqual({ logged: { value: 1 } })
    expect(logged.log).toEqual(['close', { warmUp: undefined }])
  })

  test('runs alone as a component, too', async () => {
    expect(await chain().asComponent().run({ value: 1 })).toEqual({ value: 4 })
  })
})

describe('streamed chunks', () => {
  test('come through with the component inside that sent them', async () => {
    const recorder = new Recorder()
    const greet = inside(new Greet(), 3)
    await new Pipeline({ outer: greet }).run({ value: 3 }, { onEvent: recorder.onEvent })
    const chunks = recorder.events.filter((event) => event.type === 'chunk')
    expect(chunks).toMatchObject([
      {
        component: 'outer',
        componentType: 'Pipeline',
        chunk: { content: 'Hello! The value is 3.', component: { name: 'inner', type: 'Greet' } },
      },
    ])
    expect(recorder.visits.map(({ component }) => component)).toEqual(['outer'])
  })

  test('that say themselves who sent them stay as they are', async () => {
    const chunk = StreamingChunk.create({ content: 'a', component: { name: 'me', type: 'Me' } })
    const Streams = defineComponent({
      type: 'Streams',
      inputs: {},
      outputs: {},
      run: (_, { emit }) => {
        emit(chunk)
        return {}
      },
    })
    const recorder = new Recorder()
    await new Pipeline({ outer: inside(new Streams(), 1) }).run({}, { onEvent: recorder.onEvent })
    expect(recorder.events.flatMap((event) => (event.type === 'chunk' ? [event.chunk] : []))).toEqual([chunk])
  })

  test('are also the calls of models and tools, which name the innermost component', async () => {
    const call = { operation: 'chat', provider: 'p', model: 'm', durationMs: 1 } as const
    const toolCall = { call: ToolCall.create({ name: 'add' }), result: '3', durationMs: 1 }
    const Calls = defineComponent({
      type: 'Calls',
      inputs: {},
      outputs: {},
      run: (_, context) => {
        context.modelCall(call)
        context.toolCall(toolCall)
        return {}
      },
    })
    const recorder = new Recorder()
    const pipeline = new Pipeline({ outer: inside(new Calls(), 2) })
    const { runId } = await pipeline.run({}, { onEvent: recorder.onEvent })
    const place = { runId, component: 'outer', componentType: 'Pipeline', visit: 1 }
    const component = { name: 'inner', type: 'Calls' }
    expect(recorder.events.filter(({ type }) => type.endsWith('Call'))).toEqual([
      { ...place, type: 'modelCall', time: expect.any(Number), call: { ...call, component } },
      { ...place, type: 'toolCall', time: expect.any(Number), call: { ...toolCall, component } },
    ])
  })
})

describe('what ends the run', () => {
  test('from outside reaches what runs inside, with the reason untouched', async () => {
    const slow = new Slow()
    const controller = new AbortController()
    const reason = { any: 'thing' }
    const running = new Pipeline({ outer: inside(slow, 3) }).run({ value: 1 }, { signal: controller.signal })
    await slow.started()
    controller.abort(reason)
    await expect(running).rejects.toBe(reason)
    expect(slow.told).toEqual([reason])
  })

  test('is a failure inside, told once and as it is', async () => {
    const pipeline = new Pipeline({ outer: inside(new Fail({ message: 'Oh.' }), 3) })
    const error = await pipeline.run({ value: 1 }).catch((reason) => reason)
    expect(error).toMatchObject({
      code: 'RUN_COMPONENT_FAILED',
      message: "'inner' (Fail) failed: Oh.",
      component: 'inner',
      type: 'Fail',
      visit: 1,
    })
    expect(error.cause).toBeInstanceOf(PlannedFailure)
  })

  test('inside leaves the snapshot of the outermost run, which can be resumed', async () => {
    const make = (fail: Fail): Pipeline =>
      new Pipeline({ before: new Double(), sub: inside(fail, 2) }).connect('before.value', 'sub.value')
    const snapshot = await stopped(make(new Fail()).run({ before: { value: 1 } }))
    expect(snapshot).toMatchObject({
      at: { component: 'sub', visit: 1 },
      graph: { components: { before: 'Double', sub: 'Pipeline' } },
      pending: [{ component: 'sub', visit: 1, inputs: { value: { value: 2 } } }],
    })
    expect((await make(new Fail({ times: 0 })).resume(snapshot)).outputs).toEqual({ sub: { value: 2 } })
  })

  test('is also a loading inside that fails, told once', async () => {
    const logged = new Logged()
    logged.warmUp = () => {
      throw new RangeError('No file.')
    }
    const pipeline = new Pipeline({ outer: inside(logged, 2) })
    expect(await thrownBy(() => pipeline.run({ value: 1 }))).toBe(
      "RUN_COMPONENT_FAILED: 'inner' (Logged) could not be made ready: No file.",
    )
  })
})

describe('to the components inside is passed on', () => {
  test('that they warm up and close', async () => {
    const logged = new Logged()
    const outer = new Pipeline({ outer: inside(logged, 2) }, { baseDir: '/outer' })
    await outer.warmUp({ resolveFrom: ['/parts'] })
    await outer.close()
    expect(logged.log).toEqual([{ warmUp: '/outer', resolveFrom: ['/parts'] }, 'close'])
  })

  test('the folder of the innermost pipeline that has one', async () => {
    const logged = new Logged()
    const middle = new Pipeline({ inner: inside(logged, 1) }, { baseDir: '/middle' })
    const outer = new Pipeline({ outer: middle.asComponent() }, { baseDir: '/outer' })
    await outer.warmUp()
    expect(logged.log).toEqual([{ warmUp: '/middle' }])
    expect(await outer.check()).toEqual([
      {
        level: 'warning',
        code: 'MISSING_FILE',
        component: 'outer',
        option: 'model',
        message: "Inside, at 'inner': Inside, at 'inner': Nothing in /middle.",
      },
    ])
  })
})

describe('a check', () => {
  test('says what inside must get a value and never will', async () => {
    const outer = new Pipeline({ inner: chain().asComponent({ inputs: { add: ['add.add'] } }) })
    expect(await outer.check()).toEqual([
      {
        level: 'error',
        code: 'MISSING_INPUT',
        component: 'inner',
        message: "Inside, 'add.value' must get a value, and none of the inputs 'add' leads to it.",
      },
    ])
    const none = new Pipeline({ inner: chain().asComponent({ inputs: {} }) })
    expect((await none.check())[0]?.message).toBe(
      "Inside, 'add.value' must get a value, and the component has no inputs.",
    )
  })

  test('says what is wrong with the graph inside', async () => {
    const inner: Pipeline = new Pipeline({ a: new Double(), b: new Double() })
    inner.connect('a.value', 'b.value').connect('b.value', 'a.value')
    const [finding] = await new Pipeline({ inner: inner.asComponent() }).check()
    expect(finding).toMatchObject({ code: 'NEVER_RUNS', component: 'inner' })
    expect(finding?.message).toMatch(/^Inside, at 'a': 'a' \(Double\) can never run/)
  })
})
