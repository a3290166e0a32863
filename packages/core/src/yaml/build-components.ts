import type { Component, ComponentClass } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { checkComponentName } from '../graph/names.ts'
import type { ComponentPolicy } from '../graph/policy.ts'
import type { PipelineComponent } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { asDefinitionError } from './as-definition-error.ts'
import { checkParameters } from './check-parameters.ts'
import type { DocumentPath } from './document-path.ts'
import type { FileComponent } from './file-components.ts'
import type { Report } from './report.ts'

/** What the components of one pipeline are made with. */
export interface Building {
  readonly pipeline: Pipeline
  readonly registry: Registry
  readonly report: Report
  /** Makes a pipeline in this one; undefined when something is wrong with it, which is then reported. */
  subPipeline(component: FileComponent): PipelineComponent | undefined
}

/** Makes the components in which nothing is wrong and adds them to the pipeline; reports what is wrong with the others. */
export function buildComponents(components: readonly FileComponent[], building: Building): void {
  const { registry, report } = building
  for (const component of components) {
    const path = ['components', component.name]
    checkName(component.name, path, report)
    if (component.isPipeline) {
      const made = building.subPipeline(component)
      if (made !== undefined && !report.has(path)) add(component, made, building)
    } else if (component.class !== undefined) {
      const parameters = checkParameters(component, registry, report)
      const made = report.has(path) ? undefined : construct(component, component.class, parameters, report)
      if (made !== undefined) add(component, made, building)
    }
  }
}

function checkName(name: string, path: DocumentPath, report: Report): void {
  try {
    checkComponentName(name)
  } catch (error) {
    report.atKey('LOAD_SHAPE', asDefinitionError(error).message, path)
  }
}

function construct(
  { name }: FileComponent,
  declared: ComponentClass,
  parameters: object,
  report: Report,
): Component | undefined {
  try {
    return declared.parameters === undefined ? new declared() : new declared(parameters)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `'${name}' (${declared.type}) refused its parameters: ${reason}`
    const path = ['components', name, 'initParameters', ...optionOf(error)]
    report.atKey('LOAD_COMPONENT', message, path, error)
    return undefined
  }
}

function add({ name, entry }: FileComponent, component: Component, { pipeline, report }: Building): void {
  try {
    pipeline.add(name, component, policyOf(entry))
  } catch (error) {
    const { message } = asDefinitionError(error)
    report.atKey('LOAD_COMPONENT', message, ['components', name, 'initParameters'], error)
  }
}

function policyOf({ retry, timeoutMs }: FileComponent['entry']): ComponentPolicy {
  return {
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  } as ComponentPolicy
}

/** Errors say with `option` which parameter is to blame, as in `generationKwargs.stop[0]`. */
function optionOf(error: unknown): DocumentPath {
  const { option } = Object(error) as { option?: unknown }
  if (typeof option !== 'string') return []
  return [...option.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([segment, index]) =>
    index === undefined ? segment : Number(index),
  )
}
