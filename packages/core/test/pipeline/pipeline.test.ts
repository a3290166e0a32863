import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import type { ComponentPolicy } from '../../src/graph/policy.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { Double, Hello } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

describe('a pipeline', () => {
  test('knows its components and connections in the order of declaration', () => {
    const pipeline = new Pipeline({ z: new Double(), a: new Double(), m: new Double() })
      .connect('z.value', 'm.value')
      .connect('m.value', 'a.value')
    expect(pipeline.names()).toEqual(['z', 'a', 'm'])
    expect(pipeline.connections().map(({ sender }) => sender.component)).toEqual(['z', 'm'])
  })

  test('keeps its options as they were given', () => {
    const options = { maxRunsPerComponent: 5, metadata: { author: 'me' } }
    expect(new Pipeline({}, options).options).toBe(options)
  })

  test('refuses a limit of runs that is none', async () => {
    for (const maxRunsPerComponent of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await thrownBy(() => new Pipeline({}, { maxRunsPerComponent }))).toBe(
        `PIPELINE_INVALID_OPTION: maxRunsPerComponent must be a whole number from 1 up, not ${maxRunsPerComponent}.`,
      )
    }
  })

  test('refuses policies for components that it does not have', async () => {
    const make = () => new Pipeline({ double: new Double() }, { policies: { doubel: {} } as object })
    expect(await thrownBy(make)).toBe(
      "PIPELINE_INVALID_OPTION: policies: There is no component 'doubel'. Components: 'double'. Did you mean 'double'?",
    )
  })

  test('refuses an option that there is not, as a run does', async () => {
    const double = () => ({ double: new Double() })
    const known = { maxRuns: 3 } as object
    expect(await thrownBy(() => new Pipeline(double(), known))).toMatch(
      /^PIPELINE_INVALID_OPTION: The option 'maxRuns' is unknown\. Possible: 'inputs', /,
    )
    const pipeline = new Pipeline(double())
    const misspelt = { sginal: new AbortController().signal } as object
    expect(await thrownBy(() => pipeline.run({ value: 1 }, misspelt))).toMatch(/Did you mean 'signal'\?$/)
  })

  test('finds a component by name', async () => {
    const double = new Double()
    const pipeline: Pipeline = new Pipeline({ double })
    expect(pipeline.get('double')).toBe(double)
    expect(await thrownBy(() => pipeline.get('doubel'))).toBe(
      "CONNECT_UNKNOWN_COMPONENT: There is no component 'doubel'. Components: 'double'. Did you mean 'double'?",
    )
    expect(await thrownBy(() => pipeline.policy('toString'))).toMatch(/^CONNECT_UNKNOWN_COMPONENT/)
  })
})

describe('add', () => {
  test('builds a graph in a loop', async () => {
    const pipeline = new Pipeline()
    for (let index = 0; index < 5; index++) {
      pipeline.add(`c${index}`, new Double())
      if (index > 0) (pipeline as Pipeline).connect(`c${index - 1}.value`, `c${index}.value`)
    }
    const result = await (pipeline as Pipeline).run({ c0: { value: 1 } })
    expect(result.outputs).toEqual({ c4: { value: 32 } })
  })

  test('takes a policy along', () => {
    const pipeline = new Pipeline().add('double', new Double(), { timeoutMs: 5 })
    expect(pipeline.policy('double')).toEqual({ timeoutMs: 5 })
  })

  test('the same component under the same name twice changes nothing', () => {
    const double = new Double()
    const pipeline = new Pipeline({ double }).add('double', double)
    expect(pipeline.names()).toEqual(['double'])
  })

  test('refuses a name that is taken', async () => {
    expect(await thrownBy(() => new Pipeline({ a: new Double() }).add('a', new Hello()))).toBe(
      "CONNECT_NAME_TAKEN: The pipeline already has a component 'a' (Double).",
    )
  })

  const policies: [policy: ComponentPolicy, message: string][] = [
    [
      { timeoutMs: 0 },
      "The timeoutMs of 'a' must be a number of milliseconds above 0 and at most 2147483647, not 0.",
    ],
    [{ retry: { attempts: 2.5 } }, "retry.attempts of 'a' must be a whole number from 1 up, not 2.5."],
    [
      { retry: { attempts: 2, backoffMs: -1 } },
      "retry.backoffMs of 'a' must be a whole number from 0 up, not -1.",
    ],
  ]
  test.each(policies)('refuses the policy %j', async (policy, message) => {
    expect(await thrownBy(() => new Pipeline().add('a', new Double(), policy))).toBe(
      `PIPELINE_INVALID_OPTION: ${message}`,
    )
  })

  test('refuses what is no component', async () => {
    const add = (value: unknown) => thrownBy(() => new Pipeline().add('a', value as Component))
    expect(await add({ run: () => ({}) })).toMatch(/^COMPONENT_INVALID: 'a' is not a component/)
    expect(await add(Double)).toMatch(/^COMPONENT_INVALID: 'a' is the class Double/)
    expect(await add(null)).toMatch(/^COMPONENT_INVALID/)
  })

  test('refuses a component that some pipeline has', async () => {
    const double = new Double()
    const pipeline = new Pipeline({ a: double })
    expect(await thrownBy(() => pipeline.add('b', double))).toMatch(
      /^CONNECT_ALREADY_OWNED: 'b' .* this pipeline/,
    )
    expect(await thrownBy(() => new Pipeline({ b: double }))).toMatch(
      /^CONNECT_ALREADY_OWNED: 'b' .* another pipeline/,
    )
  })
})

describe('a pipeline that could not be made', () => {
  test('gives back the components that it had taken', async () => {
    const double = new Double()
    expect(await thrownBy(() => new Pipeline({ double, 'not.a.name': new Double() }))).toMatch(
      /^CONNECT_INVALID_NAME/,
    )
    expect(new Pipeline({ double }).names()).toEqual(['double'])
  })

  test('leaves a component that another pipeline has with that one', async () => {
    const double = new Double()
    const owner = new Pipeline({ double })
    expect(await thrownBy(() => new Pipeline({ hello: new Hello(), double }))).toMatch(
      /^CONNECT_ALREADY_OWNED/,
    )
    expect(await thrownBy(() => new Pipeline({ double }))).toMatch(/^CONNECT_ALREADY_OWNED/)
    expect(owner.names()).toEqual(['double'])
  })
})

describe('remove', () => {
  test('gives the component back, free for another pipeline, without its connections', async () => {
    const middle = new Double()
    const pipeline = new Pipeline({ a: new Double(), middle, b: new Double() })
      .connect('a.value', 'middle.value')
      .connect('middle.value', 'b.value')
    expect(pipeline.remove('middle')).toBe(middle)
    expect(pipeline.names()).toEqual(['a', 'b'])
    expect(pipeline.connections()).toEqual([])
    const other = new Pipeline({ middle })
    expect((await other.run({ value: 2 })).outputs).toEqual({ middle: { value: 4 } })
    const result = await pipeline.run({ value: 1 })
    expect(result.outputs).toEqual({ a: { value: 2 }, b: { value: 2 } })
  })

  test('makes room for another sender', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), b: new Double(), c: new Double() })
    pipeline.connect('a.value', 'c.value').remove('a')
    pipeline.connect('b.value', 'c.value')
    expect((await pipeline.run({ b: { value: 1 } })).outputs).toEqual({ c: { value: 4 } })
  })

  test('refuses an unknown name', async () => {
    const pipeline: Pipeline = new Pipeline({ double: new Double() })
    expect(await thrownBy(() => pipeline.remove('doubel'))).toBe(
      "CONNECT_UNKNOWN_COMPONENT: There is no component 'doubel'. Components: 'double'. Did you mean 'double'?",
    )
  })

  test('during a run changes the next one', async () => {
    const pipeline: Pipeline = new Pipeline({ a: new Double(), b: new Double() }).connect(
      'a.value',
      'b.value',
    )
    const running = pipeline.run({ a: { value: 1 } })
    pipeline.remove('b')
    expect((await running).outputs).toEqual({ b: { value: 4 } })
    expect((await pipeline.run({ a: { value: 1 } })).outputs).toEqual({ a: { value: 2 } })
  })
})

const _Described = defineComponent({
  type: 'Described',
  inputs: {
    text: t.string({ description: 'What is read.' }),
    limit: t.integer({ default: 10, description: 'How much of it.' }),
    hint: t.optional(t.string()),
  },
  outputs: { texts: t.array(t.string(), { description: 'The parts.' }), rest: t.optional(t.string()) },
  run: ({ text }) => ({ texts: [text] }),
})

describe('options of a run', () => {
  const run = (options: object) =>
    thrownBy(() => new Pipeline({ double: new Double() }).run({ value: 1 }, options))

  const shown = (value: unknown) => (typeof value === 'string' ? `"${value}"` : value)
  const whole = 'concurrency must be a whole number from 1 up, not'
  const time = 'timeoutMs must be a number of milliseconds above 0 and at most 2147483647, not'
  test.each<[options: object, message: string]>([
    ...[0, -1, 1.5, Number.NaN, '2'].map((concurrency): [object, string] => [
      { concurrency },
      `${whole} ${shown(concurrency)}.`,
    ]),
    ...[0, -5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '100'].map((timeoutMs): [object, string] => [
      { timeoutMs },
      `${time} ${shown(timeoutMs)}.`,
    ]),
    [
      { answers: { a: 1 } },
      "The option 'answers' is unknown. Possible: 'signal', 'timeoutMs', 'concurrency', 'includeOutputsFrom', 'validate', 'breakAt', 'graceMs', 'maxTrace', 'onEvent' and 'onProgress'.",
    ],
    [{ validate: 'outputs' }, "validate must be 'inputs', 'all' or 'nothing', not 'outputs'."],
    [
      { includeOutputsFrom: ['doubel'] },
      "includeOutputsFrom names 'doubel', which is not a component. Components: 'double'. Did you mean 'double'?",
    ],
  ])('%p is refused', async (options, message) => {
    expect(await run(options)).toBe(`PIPELINE_INVALID_OPTION: ${message}`)
  })

  test('the largest values are accepted', async () => {
    expect(
      await run({ concurrency: Number.POSITIVE_INFINITY, timeoutMs: 2 ** 31 - 1, validate: 'inputs' }),
    ).toBe('nothing was thrown')
  })
})
