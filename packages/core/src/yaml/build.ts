import type { Component } from '../component/component.ts'
import type { ComponentPolicy } from '../graph/policy.ts'
import { PipelineComponent, type PipelineMapping } from '../pipeline/as-component.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { messageOf } from '../text/show.ts'
import { checkMapping, connectComponents } from './connect.ts'
import type { DeclaredComponent, Definition } from './definition.ts'
import type { PipelineFile, SubPipelineParameters } from './file-shape.ts'
import type { DocumentPath } from './problems.ts'

/** A pipeline that came from another file. A dump names that file again, as it was written. */
export class IncludedPipeline extends PipelineComponent {
  readonly initParameters: SubPipelineParameters

  /** @throws DefinitionError as `asComponent` does */
  constructor(pipeline: Pipeline, file: string, mapping: PipelineMapping) {
    super(pipeline, mapping)
    this.initParameters = { file, ...mapping }
  }
}

/**
 * Makes the pipeline of a definition that was checked: all components in which nothing is wrong, and the connections
 * between them. Undefined when something is wrong with it or with a pipeline in it, which is then reported: it would
 * not have the sockets that the file means it to have.
 */
export function buildPipeline(definition: Definition): Pipeline | undefined {
  const { report, components } = definition
  const pipeline = new Pipeline({}, report.has([]) ? {} : optionsOf(definition)) as Pipeline
  for (const component of components) {
    const make = makerOf(component, definition)
    if (make !== undefined) addComponent(component, make, pipeline, definition)
  }
  connectComponents(definition, pipeline)
  return report.has([]) || pipeline.names().length < components.length ? undefined : pipeline
}

/** The options are as the shape says: otherwise there is no pipeline. */
function optionsOf({ value, place: { baseDir }, made = new Map() }: Definition): PipelineOptions {
  const { metadata, maxRunsPerComponent, inputs, outputs } = value as PipelineFile
  return {
    ...(metadata === undefined ? {} : { metadata }),
    ...(maxRunsPerComponent === undefined ? {} : { maxRunsPerComponent }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(baseDir === undefined ? {} : { baseDir }),
    ...(made.size === 0 ? {} : { resources: Object.fromEntries(made) as PipelineOptions['resources'] }),
  } as PipelineOptions
}

/** What makes a component; undefined when there is no class or no pipeline to make it of. */
function makerOf(component: DeclaredComponent, { report }: Definition): (() => Component) | undefined {
  const { name, class: declared, parameters, isPipeline, inner } = component
  if (!isPipeline) {
    return declared && (() => (declared.parameters === undefined ? new declared() : new declared(parameters)))
  }
  const pipeline = inner && buildPipeline(inner)
  if (pipeline === undefined) return undefined
  const { file, inputs, outputs } = parameters as SubPipelineParameters
  checkMapping(pipeline, { inputs, outputs }, report.within(['components', name, 'initParameters']))
  const mapping: PipelineMapping = {
    ...(inputs === undefined ? {} : { inputs }),
    ...(outputs === undefined ? {} : { outputs }),
  }
  return () =>
    file === undefined || component.isChanged
      ? pipeline.asComponent(mapping as never)
      : new IncludedPipeline(pipeline, file, mapping)
}

/** Constructors are the code of others: what they throw, or make that is not a component, is a problem of the file. */
function addComponent(
  component: DeclaredComponent,
  make: () => Component,
  pipeline: Pipeline,
  { report }: Definition,
): void {
  const { name, class: declared } = component
  if (report.has(['components', name])) return
  let made: Component | undefined
  try {
    made = make()
    pipeline.add(name, made, policyOf(component))
  } catch (error) {
    const reason = messageOf(error)
    const isRefusal = made === undefined && declared !== undefined
    const message = isRefusal ? `'${name}' (${declared.type}) refused its parameters: ${reason}` : reason
    const path = ['components', name, 'initParameters', ...parameterAtFault(component, error)]
    report.atKey('LOAD_COMPONENT', message, path, error)
  }
}

function policyOf({ entry: { retry, timeoutMs } }: DeclaredComponent): ComponentPolicy {
  return {
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  } as ComponentPolicy
}

/** Errors say which parameter is to blame, as in `generationKwargs.stop[0]`. */
function parameterAtFault({ isPipeline, parameters }: DeclaredComponent, error: unknown): DocumentPath {
  if (isPipeline) return parameters['inputs'] === undefined ? [] : ['inputs']
  return parameterOf(error)
}

/** The path of the parameter that an error blames with `option`. */
export function parameterOf(error: unknown): DocumentPath {
  const { option } = Object(error) as { option?: unknown }
  if (typeof option !== 'string') return []
  return [...option.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([segment, index]) =>
    index === undefined ? segment : Number(index),
  )
}
