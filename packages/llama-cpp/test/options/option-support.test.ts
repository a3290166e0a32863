import { describe, expect, test } from '@jest/globals'
import { checkGenerationOptions, checkLoadOptions } from '../../src/options/check-options.ts'
import { generationSupport, loadSupport, type OptionSupport } from '../../src/options/option-support.ts'
import { failureOf } from '../failure-of.ts'
import { generationSamples, loadSamples, neededBeside } from '../option-samples.ts'

const tables = [
  { group: 'modelKwargs', support: loadSupport, samples: loadSamples, check: checkLoadOptions },
  {
    group: 'generationKwargs',
    support: generationSupport,
    samples: generationSamples,
    check: checkGenerationOptions,
  },
] as const

const rows = tables.flatMap(({ group, support, samples, check }) =>
  Object.entries(support).map(([name, row]: [string, OptionSupport]) => ({
    option: `${group}.${name}`,
    row,
    attempt: (value: unknown = (samples as Record<string, unknown>)[name], warned = new Set<string>()) => {
      check({ ...neededBeside[`${group}.${name}`], [name]: value }, { engine: 'node-llama-cpp', warned })
      return warned
    },
  })),
)

const honoured = rows.filter(({ row }) => row.engines.includes('node-llama-cpp'))
const inert = rows.filter(({ row }) => row.inert !== undefined)
const refused = rows.filter((row) => !honoured.includes(row) && !inert.includes(row))

describe('option support', () => {
  test.each(tables)('$group has a sample for each row', ({ support, samples }) => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(support).sort())
  })

  test.each(honoured)('$option is accepted', ({ attempt }) => {
    expect(attempt().size).toBe(0)
  })

  test.each(inert)('$option is accepted with a warning', ({ option, attempt }) => {
    const quiet = new Set([option])
    expect([...attempt(undefined, quiet)]).toEqual([option])
  })

  test.each(refused)('$option is refused by name', async ({ option, row, attempt }) => {
    const error = await failureOf(() => attempt())
    const [other] = row.engines
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', option, engine: other })
    expect(error.message).toBe(
      other === undefined
        ? `No engine honours '${option}'. Leave it out: ${row.instead}.`
        : `Engine 'node-llama-cpp' cannot honour '${option}'; engine '${other}' can. Set engine: '${other}', which evaluates every prompt as a whole and has no log probabilities, drafts, contextShift or stateFolder.`,
    )
  })

  const neutral = rows.flatMap((row) => (row.row.neutral ?? []).map((value) => ({ ...row, value })))

  test.each(neutral)(
    '$option is no matter when it is $value, which asks for nothing',
    ({ attempt, value }) => {
      expect(attempt(value).size).toBe(0)
    },
  )
})
