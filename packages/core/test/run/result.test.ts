import { describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts'
import type { RunEvent } from '../../src/run/events.ts'
import { BranchJoiner, Double, Parity, Threshold } from '../fixtures/index.ts'
import { thrownBy } from '../pipeline/thrown.ts'

/** Doubles until the value is above 10. */
const doubling = () =>
  new Pipeline({
    joiner: new BranchJoiner(),
    below: new Threshold(),
    double: new Double(),
    parity: new Parity(),
  })
    .connect('joiner.value', 'below.value')
    .connect('below.below', 'double.value')
    .connect('double.value', 'joiner.value')
    .connect('below.above', 'parity.value')

describe('result.get', () => {
  test('gives an output', async () => {
    const result = await doubling().run({ joiner: { value: 3 } })
    expect(result.get('parity.even')).toBe(12)
    expect(result.runId).toMatch(/^[0-9a-f-]{36}$/)
  })

  const missing: [path: string, message: string][] = [
    [
      'partiy.even',
      "There is no 'partiy.even': the components are 'joiner', 'below', 'double' and 'parity'. Did you mean 'parity'?",
    ],
    [
      'parity.evn',
      "There is no 'parity.evn': the outputs of 'parity' are 'even' and 'odd'. Did you mean 'even'?",
    ],
    ['parity.odd', "'parity.odd' has no value: 'parity' ran and gave none."],
    [
      'joiner.value',
      "'joiner.value' went along a connection. Pass includeOutputsFrom: ['joiner'] to run to keep it.",
    ],
    [
      'below.below',
      "'below.below' has no value: 'below' ran 3 times, and the last time, which counts, gave none.",
    ],
  ]
  test.each(missing)('says why there is no %s', async (path, message) => {
    const pipeline: Pipeline = doubling()
    const result = await pipeline.run({ joiner: { value: 3 } })
    expect(await thrownBy(() => result.get(path as `${string}.${string}`))).toBe(`RUN_NO_OUTPUT: ${message}`)
  })

  test('says when the component did not run', async () => {
    const pipeline = new Pipeline({ parity: new Parity(), double: new Double() }).connect(
      'parity.odd',
      'double.value',
    )
    const result = await pipeline.run({ parity: { value: 2 } })
    expect(await thrownBy(() => result.get('double.value'))).toBe(
      "RUN_NO_OUTPUT: 'double.value' has no value: 'double' did not run.",
    )
  })

  test('refuses what is no path', async () => {
    const pipeline: Pipeline = doubling()
    const result = await pipeline.run({ joiner: { value: 3 } })
    expect(await thrownBy(() => result.get('parity' as 'parity.even'))).toMatch(/^CONNECT_INVALID_PATH/)
  })
})

/** A component `a` that gives these outputs, one after the other, and of which `sent` is consumed. */
async function resultOf(
  visits: readonly object[],
  options: PipelineOptions = {},
  included: readonly string[] = [],
) {
  const left = [...visits]
  const Script = defineComponent({
    type: 'Script',
    inputs: { next: t.greedy(t.integer()) },
    outputs: {
      x: t.optional(t.unknown()),
      y: t.optional(t.unknown()),
      sent: t.optional(t.integer()),
      again: t.optional(t.integer()),
    },
    run: () => ({ ...left.shift(), ...(left.length > 0 ? { again: 1 } : {}) }) as object,
  })
  const pipeline: Pipeline = new Pipeline({ end: new Double(), a: new Script(), loop: new Double() }, options)
  pipeline.connect('a.again', 'loop.value').connect('loop.value', 'a.next').connect('a.sent', 'end.value')
  return pipeline.run({ a: { next: 1 } }, { includeOutputsFrom: included })
}

describe('the result has', () => {
  test.each([
    [
      'what no connection consumed, without undefined and with null',
      [{ x: undefined, y: null, sent: 1 }],
      { y: null },
    ],
    ['the outputs of the last visit, as a whole', [{ x: 1, y: 1 }, { y: 2 }], { y: 2 }],
    ['those of the visit before when the last gave none', [{ y: 2 }, { sent: 3 }], { y: 2 }],
  ])('%s', async (_, visits, expected) => {
    const { outputs } = await resultOf(visits)
    expect(outputs['a']).toEqual(expected)
    expect(Object.keys(outputs['a'] ?? {})).toEqual(Object.keys(expected))
  })

  test('all of the included components, and an empty object when there was nothing', async () => {
    const { outputs } = await resultOf([{ x: 1, sent: 2 }], {}, ['loop', 'a', 'a'])
    expect(outputs).toEqual({ end: { value: 4 }, a: { x: 1, sent: 2 } })
    expect((await resultOf([{}], {}, ['a'])).outputs).toEqual({ a: {} })
  })

  test('by their names also what a connection consumed, of the last visit, in the order of declaration', async () => {
    const options = { outputs: { sum: 'a.sent', first: 'a.x', end: 'end.value' } }
    expect(Object.entries((await resultOf([{ x: 1, sent: 2 }], options)).named)).toEqual([
      ['end', 4],
      ['sum', 2],
      ['first', 1],
    ])
    expect((await resultOf([{ sent: 1, x: 1 }, { x: 2 }, { y: 1 }], options)).named).toEqual({
      end: 2,
      first: 2,
    })
  })

  test('what components warned of, once each and up to a limit, with how many are left out', async () => {
    const Warns = defineComponent({
      type: 'Warns',
      inputs: { n: t.integer() },
      outputs: {},
      run: ({ n }, { warn }) => {
        for (let i = 0; i < n; i++) {
          warn('AGAIN', 'The same.')
          warn('OTHER', `Number ${i}.`)
        }
        return {}
      },
    })
    const events: RunEvent[] = []
    const pipeline = new Pipeline({ a: new Warns() })
    const few = await pipeline.run({ n: 2 }, { onEvent: (event) => void events.push(event) })
    const shown = [
      { code: 'AGAIN', component: 'a', message: "'a' (Warns): The same." },
      { code: 'OTHER', component: 'a', message: "'a' (Warns): Number 0." },
      { code: 'OTHER', component: 'a', message: "'a' (Warns): Number 1." },
    ]
    expect(few.warnings).toEqual(shown)
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.warning] : []))).toEqual(shown)
    const { warnings } = await pipeline.run({ n: 5000 })
    expect(warnings.length).toBe(1001)
    expect(warnings.at(-1)).toMatchObject({ code: 'WARNINGS_OMITTED', component: 'a' })
    expect(warnings.at(-1)?.message).toContain('4001 are left out')
  })
})
