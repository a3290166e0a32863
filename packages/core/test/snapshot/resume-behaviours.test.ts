// The behaviours of the table, stopped before each of their visits and resumed.
import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import type { Pipeline } from '../../src/pipeline/pipeline.ts'
import { PlannedFailure, Recorder } from '../fixtures/index.ts'
import { agents } from '../pipeline/behaviours/agents.ts'
import {
  type Behaviour,
  type BehaviourRun,
  type Bodies,
  withBodies,
} from '../pipeline/behaviours/behaviour.ts'
import { branches } from '../pipeline/behaviours/branches.ts'
import { defaults } from '../pipeline/behaviours/defaults.ts'
import { documents } from '../pipeline/behaviours/documents.ts'
import { joins } from '../pipeline/behaviours/joins.ts'
import { linear } from '../pipeline/behaviours/linear.ts'
import { loops } from '../pipeline/behaviours/loops.ts'
import { stopped } from '../pipeline/stopped.ts'

const behaviours = [...linear, ...branches, ...loops, ...defaults, ...joins, ...documents, ...agents].filter(
  ({ name }) => name !== 'values that cannot be compared',
)

type Place = { readonly component: string; readonly visit: number }

/** Runs until it stops, by the breakpoint or the failure of a visit, and goes on. */
async function expectResumed(
  behaviour: Behaviour,
  run: BehaviourRun,
  bodies: Bodies,
  { breakAt, failing }: { readonly breakAt?: Place; readonly failing?: Place },
): Promise<void> {
  const pipeline = withBodies(behaviour.pipeline(), bodies)
  if (failing) failOnce(pipeline, failing)
  const recorder = new Recorder()
  const { inputs = {}, includeOutputsFrom = [], outputs, neverRan = [], visits } = run
  const { onEvent } = recorder
  const options = { includeOutputsFrom, onEvent, ...(breakAt ? { breakAt } : {}) }
  // In the same pipeline: one of the components has a state of its own.
  const result = await pipeline.resume(await stopped(pipeline.run(inputs, options)), { onEvent })
  expect(result.outputs).toEqual(outputs)
  expect(result.warnings.map(({ component }) => component)).toEqual(neverRan)
  const ended = recorder.visits.filter((visit) => visit.outputs !== undefined)
  for (const [component, seen] of Object.entries(visits ?? {})) {
    const own = ended.filter((visit) => visit.component === component)
    expect(own.map((visit) => visit.inputs)).toEqual(seen)
  }
}

/** Makes one visit of a component fail, once. */
function failOnce(pipeline: Pipeline, { component, visit }: { component: string; visit: number }): void {
  const failing: Component = pipeline.get(component)
  const run = failing.run.bind(failing)
  let failed = false
  failing.run = (inputs, context) => {
    if (failed || context?.visit !== visit) return run(inputs, context)
    failed = true
    throw new PlannedFailure()
  }
}

describe.each(behaviours)('$name', (behaviour) => {
  const everyVisit = async (expectAt: (run: BehaviourRun, place: Place) => Promise<void>) => {
    for (const run of behaviour.runs) {
      for (const [component, visits] of Object.entries(run.visits ?? {})) {
        for (const visit of visits.keys()) await expectAt(run, { component, visit: visit + 1 })
      }
    }
  }

  test.each<Bodies>(['sync', 'async', 'uneven'])(
    'goes on wherever it stops, with %s components',
    async (bodies) => {
      await everyVisit((run, breakAt) => expectResumed(behaviour, run, bodies, { breakAt }))
    },
  )

  test.each<Bodies>(['sync', 'async', 'uneven'])(
    'goes on whichever visit fails, with %s components',
    async (bodies) => {
      await everyVisit((run, failing) => expectResumed(behaviour, run, bodies, { failing }))
    },
  )
})
