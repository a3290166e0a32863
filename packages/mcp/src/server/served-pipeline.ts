import type { Pipeline, PipelineInput, PipelineOutput } from '@millrace/core'
import { holdsCode } from '@millrace/core/component'

/** A pipeline as a tool. */
export interface ServedPipeline {
  /** What clients call it: letters, digits, `_` and `-`, 64 at most. */
  readonly name: string
  /** What people read in a list. */
  readonly title?: string
  /** What the model of the client reads to decide when to call it. */
  readonly description: string
  readonly pipeline: Pipeline
}

/** An input as an argument of the tool, with all the sockets that it leads to. */
export interface Argument {
  readonly name: string
  readonly inputs: readonly PipelineInput[]
}

/**
 * The arguments of a pipeline: those that it names and those that it cannot run without; where it names none and needs none,
 * all that hold data.
 */
export function argumentsOf(pipeline: Pipeline): Argument[] {
  const named = Object.keys(pipeline.options.inputs ?? {})
  const data = pipeline.inputs().filter((input) => input.mandatory || !holdsCode(input.type))
  const wanted = data.filter(({ name, mandatory }) => mandatory || named.includes(name))
  const inputs = wanted.length === 0 && named.length === 0 ? data : wanted
  const names = [...new Set(inputs.map(({ name }) => name))]
  return names.map((name) => ({ name, inputs: inputs.filter((input) => input.name === name) }))
}

/** What a pipeline answers: the outputs that it names; where it names none, all. */
export function answersOf(pipeline: Pipeline): readonly PipelineOutput[] {
  const named = Object.keys(pipeline.options.outputs ?? {})
  const all = pipeline.outputs()
  return named.length === 0 ? all : all.filter(({ name }) => named.includes(name))
}
