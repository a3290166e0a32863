import { describe, expect, jest, test } from '@jest/globals'
import type { WarmUpContext } from '../../src/component/component.ts'
import { aloneContext } from '../../src/component/run-context.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { Double, Slow } from '../fixtures/index.ts'
import { withFakeTimers } from '../pipeline/fake-timers.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Writes down what is done to it. */
class Logged extends Double {
  readonly #name: string
  readonly #log: string[]

  constructor(name: string, log: string[]) {
    super()
    this.#name = name
    this.#log = log
  }

  override async warmUp(context?: WarmUpContext): Promise<void> {
    this.#log.push(`${this.#name} warms up`)
    await undefined
    context?.onProgress?.({ stage: 'loading', subject: this.#name })
    this.#log.push(`${this.#name} is warm`)
  }

  override async close(): Promise<void> {
    this.#log.push(`${this.#name} closes`)
    await undefined
  }
}

/** Loads until it is told to stop, or released. */
class Loads extends Double {
  readonly slow = new Slow()
  closed = 0

  override async warmUp({ signal }: WarmUpContext = {}): Promise<void> {
    await this.slow.run({ value: 1 }, signal && { ...aloneContext({ type: '' }), signal })
  }

  override close(): void {
    this.closed++
  }
}

/** Loads without listening to any signal. */
class DeafLoads extends Loads {
  override readonly slow = new Slow({ deaf: true })
}

class Broken extends Double {
  override warmUp(): void {
    throw new RangeError('There is no such file.')
  }
}

class BrokenClose extends Double {
  override close(): void {
    throw new RangeError('It is stuck.')
  }
}

describe('warming up', () => {
  test('loads one component after the other, in the order of declaration', async () => {
    const log: string[] = []
    const pipeline: Pipeline = new Pipeline({
      b: new Logged('b', log),
      plain: new Double(),
      a: new Logged('a', log),
    })
    pipeline.connect('a.value', 'b.value')
    await pipeline.warmUp()
    expect(log).toEqual(['b warms up', 'b is warm', 'a warms up', 'a is warm'])
  })

  test('is done by every run, before the first component', async () => {
    const log: string[] = []
    const pipeline = new Pipeline({ a: new Logged('a', log) })
    await pipeline.run({ value: 1 }, { onEvent: ({ type }) => log.push(type) })
    expect(log.slice(0, 3)).toEqual(['a warms up', 'a is warm', 'runStart'])
    await pipeline.run({ value: 1 })
    expect(log.filter((line) => line === 'a is warm')).toHaveLength(2)
  })

  test('reports its progress', async () => {
    const subjects: string[] = []
    const pipeline = new Pipeline({ a: new Logged('a', []), b: new Logged('b', []) })
    await pipeline.run({ value: 1 }, { onProgress: ({ subject }) => subjects.push(subject) })
    expect(subjects).toEqual(['a', 'b'])
  })

  test("tells where relative paths start: in the pipeline's own folder, or else the caller's", async () => {
    const folders: unknown[] = []
    class Reads extends Double {
      override warmUp(context?: WarmUpContext): void {
        folders.push(context?.baseDir)
      }
    }
    const rooted = new Pipeline({ reads: new Reads() }, { baseDir: '/here' })
    await rooted.warmUp()
    await rooted.warmUp({ baseDir: '/there' })
    await rooted.run({ value: 1 })
    const free = new Pipeline({ reads: new Reads() })
    await free.warmUp({ baseDir: '/there' })
    await free.run({ value: 1 })
    expect(folders).toEqual(['/here', '/here', '/here', '/there', undefined])
  })

  test('that fails names the component, and the later ones are not loaded', async () => {
    const log: string[] = []
    const pipeline = new Pipeline({ broken: new Broken(), after: new Logged('after', log) })
    const message = "RUN_COMPONENT_FAILED: 'broken' (Double) could not be made ready: There is no such file."
    expect(await thrownBy(() => pipeline.warmUp())).toBe(message)
    expect(await thrownBy(() => pipeline.run({ value: 1 }))).toBe(message)
    expect(log).toEqual([])
  })

  test('stops at a signal, with its reason', async () => {
    const controller = new AbortController()
    const loads = new Loads()
    const log: string[] = []
    const pipeline = new Pipeline({ loads, after: new Logged('after', log) })
    for (const start of [
      () => pipeline.warmUp({ signal: controller.signal }),
      () => pipeline.run({ value: 1 }, { signal: controller.signal }),
    ]) {
      const starting = start()
      await Promise.race([loads.slow.started(), starting.catch(() => {})])
      controller.abort('enough')
      await expect(starting).rejects.toBe('enough')
    }
    expect(log).toEqual([])
  })

  test('that does not listen to the signal is waited for, and nothing runs then', async () => {
    const controller = new AbortController()
    const loads = new DeafLoads()
    const events: string[] = []
    const running = new Pipeline({ loads }).run(
      { value: 1 },
      { signal: controller.signal, onEvent: ({ type }) => events.push(type) },
    )
    await loads.slow.started()
    controller.abort('enough')
    loads.slow.release()
    await expect(running).rejects.toBe('enough')
    expect(events).toEqual([])
  })

  test('counts towards the time limit of the run', async () => {
    await withFakeTimers(async (advance) => {
      const loads = new Loads()
      const running = thrownBy(() => new Pipeline({ loads }).run({ value: 1 }, { timeoutMs: 100 }))
      await advance(100)
      expect(await running).toBe('RUN_TIMEOUT: The run took longer than its timeoutMs of 100.')
    })
  })

  test('that takes the whole time limit without listening leaves nothing to run', async () => {
    await withFakeTimers(async (advance) => {
      const loads = new DeafLoads()
      const events: string[] = []
      const running = thrownBy(() =>
        new Pipeline({ loads }).run(
          { value: 1 },
          { timeoutMs: 100, onEvent: ({ type }) => events.push(type) },
        ),
      )
      await advance(100)
      loads.slow.release()
      expect(await running).toMatch(/^RUN_TIMEOUT/)
      expect(events).toEqual([])
    })
  })
})

describe('closing', () => {
  test('closes all components in the order of declaration, those that failed too', async () => {
    const log: string[] = []
    const pipeline = new Pipeline({
      b: new Logged('b', log),
      stuck: new BrokenClose(),
      a: new Logged('a', log),
    })
    expect(await thrownBy(() => pipeline.close())).toBe(
      "RUN_COMPONENT_FAILED: 'stuck' (Double) could not be closed: It is stuck.",
    )
    expect(log).toEqual(['b closes', 'a closes'])
  })

  test('tells of all failures', async () => {
    const pipeline = new Pipeline({ one: new BrokenClose(), two: new BrokenClose() })
    expect(await thrownBy(() => pipeline.close())).toBe(
      [
        'RUN_COMPONENT_FAILED: 2 components could not be closed:',
        "  'one' (Double) could not be closed: It is stuck.",
        "  'two' (Double) could not be closed: It is stuck.",
      ].join('\n'),
    )
    await expect(pipeline.close()).rejects.toMatchObject({
      cause: { errors: [{ component: 'one' }, { component: 'two' }] },
    })
  })

  test('is done by await using', async () => {
    const log: string[] = []
    {
      await using pipeline = new Pipeline({ a: new Logged('a', log) })
      await pipeline.run({ value: 1 })
    }
    expect(log).toEqual(['a warms up', 'a is warm', 'a closes'])
  })

  test('lets a later run load again', async () => {
    const log: string[] = []
    const pipeline = new Pipeline({ a: new Logged('a', log) })
    await pipeline.run({ value: 1 })
    await pipeline.close()
    expect((await pipeline.run({ value: 1 })).outputs).toEqual({ a: { value: 2 } })
    expect(log.filter((line) => line === 'a is warm')).toHaveLength(2)
  })

  test('stops the runs that are going on, and waits for them', async () => {
    const slow = new Slow({ deaf: true })
    const log: string[] = []
    const pipeline = new Pipeline({ slow, a: new Logged('a', log) }).connect('slow.value', 'a.value')
    const runs = [1, 2].map((value) => thrownBy(() => pipeline.run({ slow: { value } })))
    await slow.started(2)
    const closing = pipeline.close().then(() => log.push('closed'))
    await Promise.resolve()
    slow.release()
    expect(await Promise.all(runs)).toEqual([
      'RUN_CLOSED: The pipeline was closed during the run.',
      'RUN_CLOSED: The pipeline was closed during the run.',
    ])
    await closing
    expect(slow.told).toHaveLength(2)
    expect(log.slice(-2)).toEqual(['a closes', 'closed'])
  })

  test('stops a run that is still loading', async () => {
    const loads = new Loads()
    const pipeline = new Pipeline({ loads })
    const running = thrownBy(() => pipeline.run({ value: 1 }))
    await loads.slow.started()
    await pipeline.close()
    expect(await running).toMatch(/^RUN_CLOSED/)
    expect(loads.closed).toBe(1)
  })

  test('stops a run at whatever point of its start it is called', async () => {
    for (let turns = 0; turns < 12; turns++) {
      const slow = new Slow()
      const pipeline = new Pipeline({ a: new Logged('a', []), slow }).connect('a.value', 'slow.value')
      const running = thrownBy(() => pipeline.run({ a: { value: 1 } }))
      for (let turn = 0; turn < turns; turn++) await undefined
      await pipeline.close()
      expect(await running).toMatch(/^RUN_CLOSED/)
      expect(slow.waiting).toBe(0)
    }
  })
})

test('a component that never ends closing holds close for the grace time, and the others are closed', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const closed: string[] = []
  class Held {
    readonly inputs = {}
    readonly outputs = {}
    readonly #name: string
    constructor(name: string) {
      this.#name = name
    }
    run = () => ({})
    close = () => {
      closed.push(this.#name)
      return this.#name === 'a' ? new Promise<void>(() => {}) : Promise.resolve()
    }
  }
  try {
    await new Pipeline({ a: new Held('a'), b: new Held('b') }).close({ graceMs: 1 })
    expect(closed).toEqual(['a', 'b'])
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(/^'a' \(Held\) was still closing after 1 ms/),
        { code: 'MILLRACE_STILL_CLOSING' },
      ],
    ])
  } finally {
    warn.mockRestore()
  }
})

test('an onProgress whose promise is rejected is a warning', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  class Loads {
    readonly inputs = {}
    readonly outputs = {}
    run = () => ({})
    warmUp = ({ onProgress }: WarmUpContext) => onProgress?.({ stage: 'loading', subject: 'x' })
  }
  try {
    const onProgress = async () => {
      throw new Error('no terminal')
    }
    await new Pipeline({ loads: new Loads() }).warmUp({ onProgress })
    await new Promise(setImmediate)
    expect(warn.mock.calls).toEqual([
      ['onProgress rejected: no terminal', { code: 'MILLRACE_LISTENER_FAILED' }],
    ])
  } finally {
    warn.mockRestore()
  }
})
