import { expect, test } from '@jest/globals'
import { probeProgram, typeCost } from '../../../../bench/type-probe.ts'

/**
 * Type instantiations for 96 components of 96 classes, 95 connections and a typed run, beyond those of a program with
 * one component. What the first component costs is left out because most of it is the package itself, which is
 * compiled from its source here: about as much for the empty program. All that grows with the pipeline counts, also
 * `InputsOf` and `OutputsOf` in the classes. Instantiations are exact: over the budget, the types have become dearer.
 */
const BUDGET = 12_000

test('a pipeline of 96 components stays within the budget of type instantiations', () => {
  const costs = [0, 1, 96].map((components) => typeCost(probeProgram(components)))
  expect(costs.flatMap(({ errors }) => errors)).toEqual([])
  const [empty = 0, one = 0, all = 0] = costs.map(({ instantiations }) => instantiations)
  const report = `empty ${empty}, one component ${one}, 96 components ${all}: ${all - one} of ${BUDGET}`
  expect({ report, isWithin: all - one <= BUDGET }).toEqual({ report, isWithin: true })
  expect(one).toBeGreaterThan(empty)
}, 60_000)

test('the cost grows with the number of components, not with its square', () => {
  const [one = 0, some = 0, twice = 0] = [1, 49, 97].map(
    (components) => typeCost(probeProgram(components)).instantiations,
  )
  expect((twice - one) / (some - one)).toBeLessThan(2.1)
}, 60_000)
