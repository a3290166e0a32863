import { describe, expect, test } from '@jest/globals'
import { planOf } from '../../src/graph/plan.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { checkIncluded } from '../../src/run/result.ts'
import { AddFixedValue, BranchJoiner, Double, Parity, Threshold } from '../fixtures/index.ts'
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

test('checkIncluded makes a set, also of nothing', () => {
  const plan = planOf(new Pipeline({ add: new AddFixedValue() }))
  expect([...checkIncluded(plan, ['add', 'add'])]).toEqual(['add'])
  expect([...checkIncluded(plan, undefined)]).toEqual([])
})
