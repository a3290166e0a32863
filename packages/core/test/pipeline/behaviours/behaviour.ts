import type { Component } from '../../../src/component/component.ts'
import type { ErrorCode } from '../../../src/errors.ts'
import type { Pipeline } from '../../../src/pipeline/pipeline.ts'
import { deepFreeze } from '../../../src/testing/index.ts'

type Values = Readonly<Record<string, unknown>>

/** One run of a pipeline, and all that it must do. */
export interface BehaviourRun {
  readonly inputs?: Values
  readonly includeOutputsFrom?: readonly string[]
  readonly outputs?: Readonly<Record<string, Values>>
  /** The inputs of every visit of every component that ran. */
  readonly visits?: Readonly<Record<string, readonly Values[]>>
  /** Components that got something but never ran. */
  readonly neverRan?: readonly string[]
  /** The code of the error with which the run fails; it then has no outputs. */
  readonly failsWith?: ErrorCode
}

/** A row of the table: one behaviour of Haystack's run algorithm, by its name there. */
export interface Behaviour {
  readonly name: string
  readonly pipeline: () => Pipeline
  /** The same pipeline runs all of them, one after the other. */
  readonly runs: readonly BehaviourRun[]
  /** In which way Millrace decides otherwise than Haystack, and why. */
  readonly differs?: string
}

/** How the bodies of the components end: at once, later, or after a number of turns that differs from one to the next. */
export type Bodies = 'sync' | 'async' | 'uneven'

/** Makes every component of the pipeline refuse to change what it is given, and end in this way. */
export function withBodies(pipeline: Pipeline, bodies: Bodies): Pipeline {
  pipeline.names().forEach((name, index) => {
    const component: Component = pipeline.get(name)
    const run = component.run.bind(component)
    const turns = bodies === 'uneven' ? (index * 7) % 5 : 0
    component.run = async (inputs, context) => {
      for (let turn = 0; turn < turns; turn++) await undefined
      return deepFreeze(await run(deepFreeze(inputs), context))
    }
    if (bodies === 'sync') component.run = (inputs, context) => deepFreeze(run(deepFreeze(inputs), context))
  })
  return pipeline
}
