// The behaviours of the table, stopped before each of their visits and resumed.
import { describe, expect, test } from '@jest/globals'
import { BreakpointReached } from '../../src/errors.ts'
import { Recorder } from '../../src/testing/index.ts'
import { agents } from './behaviours/agents.ts'
import { type Behaviour, type BehaviourRun, type Bodies, withBodies } from './behaviours/behaviour.ts'
import { branches } from './behaviours/branches.ts'
import { defaults } from './behaviours/defaults.ts'
import { documents } from './behaviours/documents.ts'
import { joins } from './behaviours/joins.ts'
import { linear } from './behaviours/linear.ts'
import { loops } from './behaviours/loops.ts'

const behaviours = [...linear, ...branches, ...loops, ...defaults, ...joins, ...documents, ...agents].filter(
  ({ name }) => name !== 'values that cannot be compared',
)

async function expectResumed(
  behaviour: Behaviour,
  run: BehaviourRun,
  bodies: Bodies,
  breakAt: { component: string; visit: number },
): Promise<void> {
  const pipeline = withBodies(behaviour.pipeline(), bodies)
  const recorder = new Recorder()
  const { inputs = {}, includeOutputsFrom = [], outputs, neverRan = [] } = run
  const { onEvent } = recorder
  const error: unknown = await pipeline
    .run(inputs, { includeOutputsFrom, breakAt, onEvent })
    .catch((reason) => reason)
  expect(error).toBeInstanceOf(BreakpointReached)
  // In the same pipeline: one of the components has a state of its own.
  const snapshot = JSON.parse(JSON.stringify((error as BreakpointReached).snapshot))
  const result = await pipeline.resume(snapshot, { onEvent })
  expect(result.outputs).toEqual(outputs)
  expect(result.warnings.map(({ component }) => component)).toEqual(neverRan)
  if (run.visits) expect(recorder.inputs).toEqual(run.visits)
}

describe.each(behaviours)('$name', (behaviour) => {
  test.each<Bodies>(['sync', 'async', 'uneven'])(
    'goes on wherever it stops, with %s components',
    async (bodies) => {
      for (const run of behaviour.runs) {
        for (const [component, visits] of Object.entries(run.visits ?? {})) {
          for (const visit of visits.keys()) {
            await expectResumed(behaviour, run, bodies, { component, visit: visit + 1 })
          }
        }
      }
    },
  )
})
