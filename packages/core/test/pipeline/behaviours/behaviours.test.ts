import { describe, expect, test } from '@jest/globals'
import { RunError } from '../../../src/errors.ts'
import type { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { Recorder } from '../../fixtures/index.ts'
import { agents } from './agents.ts'
import { type BehaviourRun, type Bodies, withBodies } from './behaviour.ts'
import { branches } from './branches.ts'
import { defaults } from './defaults.ts'
import { documents } from './documents.ts'
import { failing } from './failing.ts'
import { joins } from './joins.ts'
import { linear } from './linear.ts'
import { loops } from './loops.ts'

const behaviours = [
  ...linear,
  ...branches,
  ...loops,
  ...defaults,
  ...joins,
  ...documents,
  ...agents,
  ...failing,
]

const modes: [concurrency: number, bodies: Bodies][] = [
  [1, 'sync'],
  [1, 'async'],
  [1, 'uneven'],
  [Number.POSITIVE_INFINITY, 'sync'],
  [Number.POSITIVE_INFINITY, 'async'],
  [Number.POSITIVE_INFINITY, 'uneven'],
]

async function expectRun(pipeline: Pipeline, expected: BehaviourRun, concurrency: number): Promise<void> {
  const { inputs = {}, includeOutputsFrom = [], outputs, visits, neverRan = [], failsWith } = expected
  const recorder = new Recorder()
  const running = pipeline.run(inputs, {
    concurrency,
    includeOutputsFrom,
    validate: 'all',
    onEvent: recorder.onEvent,
  })
  if (failsWith === undefined) {
    const result = await running
    expect(result.outputs).toEqual(outputs)
    expect(result.warnings.map(({ code, component }) => `${component} ${code}`)).toEqual(
      neverRan.map((component) => `${component} NEVER_RAN`),
    )
  } else {
    const error: unknown = await running.catch((reason) => reason)
    expect(error).toBeInstanceOf(RunError)
    expect((error as RunError).code).toBe(failsWith)
  }
  if (visits !== undefined) expect(recorder.inputs).toEqual(visits)
}

describe.each(behaviours)('$name', ({ pipeline: make, runs }) => {
  test.each(modes)('at concurrency %p with %s components', async (concurrency, bodies) => {
    const pipeline = withBodies(make(), bodies)
    for (const run of runs) await expectRun(pipeline, run, concurrency)
  })
})

test('the table has the 58 behaviours, each once', () => {
  expect(new Set(behaviours.map(({ name }) => name)).size).toBe(58)
  expect(behaviours).toHaveLength(58)
})
