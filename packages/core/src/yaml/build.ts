import type { Component } from '../component/component.ts'
import type { Finding } from '../component/finding.ts'
import type { ComponentPolicy } from '../graph/policy.ts'
import { PipelineComponent, type PipelineMapping } from '../pipeline/as-component.ts'
import { setPlaces } from '../pipeline/finding-places.ts'
import { Pipeline } from '../pipeline/pipeline.ts'
import type { PipelineOptions } from '../pipeline/pipeline-options.ts'
import { messageOf } from '../text/show.ts'
import type { LoadLimits, Usage } from './bounds/limits.ts'
import { unescaped } from './bounds/permissions.ts'
import { checkMapping, connectComponents } from './connect.ts'
import type { DeclaredComponent, Definition } from './definition.ts'
import type { PipelineFile, SubPipelineParameters } from './file-shape.ts'
import type { DocumentPath, Report } from './problems.ts'

/** A pipeline that came from another file. A dump names that file again, as it was written. */
export class IncludedPipeline extends PipelineComponent {
  readonly initParameters: SubPipelineParameters

  /** @throws DefinitionError as `asComponent` does */
  constructor(pipeline: Pipeline, file: string, mapping: PipelineMapping) {
    super(pipeline, mapping)
    this.initParameters = { file, ...mapping }
  }
}

/** The files that the pipelines in parameters came from, for their dump. */
export const filesOfHeld = new WeakMap<Pipeline, string>()

/** The limits of one load, and how much of them is used up. */
export interface Bounds {
  readonly limits: Required<LoadLimits>
  readonly usage: Usage
}

/**
 * Makes the pipeline of a definition that was checked. Undefined when something is wrong with it or with a pipeline in it,
 * which is then reported: it would not have the sockets that the file means it to have.
 */
export function buildPipeline(definition: Definition, bounds: Bounds): Pipeline | undefined {
  const { pipeline, isWhole } = buildParts(definition, bounds)
  return isWhole ? pipeline : undefined
}

/** All components in which nothing is wrong, and the connections between them. */
function buildParts(
  definition: Definition,
  bounds: Bounds,
): { readonly pipeline: Pipeline; readonly isWhole: boolean } {
  const { report, components } = definition
  const pipeline = new Pipeline({}, report.has([]) ? {} : optionsOf(definition)) as Pipeline
  for (const component of components) {
    const make = makerOf(component, definition, bounds)
    if (make !== undefined) addComponent(component, make, { pipeline, definition, bounds })
  }
  connectComponents(definition, pipeline)
  setPlaces(pipeline, (finding) => report.placeOf(pathOf(finding)) ?? {})
  return { pipeline, isWhole: !report.has([]) && pipeline.names().length === components.length }
}

/** Where in a definition a finding is: the parameter, the component or resource, or the whole. */
function pathOf({ component, resource, option }: Finding): DocumentPath {
  if (component === undefined && resource === undefined) return ['components']
  const own = component === undefined ? ['resources', resource ?? ''] : ['components', component]
  return option === undefined ? own : [...own, 'initParameters', ...segmentsOf(option)]
}

/** The options are as the shape says: otherwise there is no pipeline. */
function optionsOf({ value, place: { baseDir }, made = new Map() }: Definition): PipelineOptions {
  const { metadata, maxRunsPerComponent, inputs, outputs } = value as PipelineFile
  return {
    ...(metadata === undefined ? {} : { metadata: unescaped(metadata) }),
    ...(maxRunsPerComponent === undefined ? {} : { maxRunsPerComponent }),
    ...(inputs === undefined ? {} : { inputs: asLists(inputs) }),
    ...(outputs === undefined ? {} : { outputs }),
    ...(baseDir === undefined ? {} : { baseDir }),
    ...(made.size === 0 ? {} : { resources: Object.fromEntries(made) as PipelineOptions['resources'] }),
  } as PipelineOptions
}

type Ends = Readonly<Record<string, string | readonly string[]>>

/** One end may stand without a list. */
function asLists(inputs: Ends): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, ends]) => [name, typeof ends === 'string' ? [ends] : ends]),
  )
}

/** What makes a component; undefined when there is no class or no pipeline to make it of. */
function makerOf(
  component: DeclaredComponent,
  { report }: Definition,
  bounds: Bounds,
): (() => Component) | undefined {
  const { name, class: declared, parameters, isPipeline, inner } = component
  if (!isPipeline) {
    return declared && (() => (declared.parameters === undefined ? new declared() : new declared(parameters)))
  }
  if (inner === undefined) return undefined
  const { pipeline, isWhole } = buildParts(inner, bounds)
  const { file, inputs, outputs } = parameters as SubPipelineParameters
  const names = new Set(inner.components.map((part) => part.name))
  const mapped = report.within(['components', name, 'initParameters'])
  checkMapping(pipeline, names, { inputs, outputs }, mapped)
  if (!isWhole) return undefined
  const mapping: PipelineMapping = {
    ...(inputs === undefined ? {} : { inputs: asLists(inputs) }),
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
  place: { readonly pipeline: Pipeline; readonly definition: Definition; readonly bounds: Bounds },
): void {
  const { pipeline, bounds } = place
  const { report } = place.definition
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
  if (made !== undefined) countSockets(name, made, report, bounds)
}

function countSockets(name: string, { inputs, outputs }: Component, report: Report, bounds: Bounds): void {
  const { usage, limits } = bounds
  usage.sockets += Object.keys(Object(inputs)).length + Object.keys(Object(outputs)).length
  if (usage.sockets <= limits.maxSockets) return
  const message = `With '${name}' there are more than the ${limits.maxSockets} inputs and outputs of 'maxSockets'.`
  report.stop(message, ['components', name])
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
  return typeof option === 'string' ? segmentsOf(option) : []
}

/** The path of an option that is written as in `generationKwargs.stop[0]`. */
function segmentsOf(option: string): DocumentPath {
  return [...option.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([segment, index]) =>
    index === undefined ? segment : Number(index),
  )
}
