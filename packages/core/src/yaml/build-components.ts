import type { Component, ComponentClass } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { checkComponentName } from '../pipeline/component-name.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import type { ComponentPolicy } from '../pipeline/policy.ts'
import { asConnectError } from './as-connect-error.ts'
import { checkParameters } from './check-parameters.ts'
import type { DocumentPath } from './document-path.ts'
import type { FileComponent } from './file-components.ts'
import type { Report } from './report.ts'

/** Makes the components in which nothing is wrong and adds them to the pipeline; reports what is wrong with the others. */
export function buildComponents(
  components: readonly FileComponent[],
  pipeline: Pipeline,
  registry: Registry,
  report: Report,
): void {
  for (const component of components) {
    const path = ['components', component.name]
    checkName(component.name, path, report)
    if (component.class === undefined) continue
    const parameters = checkParameters(component, registry, report)
    if (!report.has(path)) build(component, component.class, parameters, pipeline, report)
  }
}

function checkName(name: string, path: DocumentPath, report: Report): void {
  try {
    checkComponentName(name)
  } catch (error) {
    report.atKey('LOAD_SHAPE', asConnectError(error).message, path)
  }
}

function build(
  { name, entry }: FileComponent,
  declared: ComponentClass,
  parameters: object,
  pipeline: Pipeline,
  report: Report,
): void {
  const path = ['components', name, 'initParameters']
  const component = construct()
  if (component === undefined) return
  try {
    pipeline.add(name, component, policyOf(entry))
  } catch (error) {
    report.atKey('LOAD_COMPONENT', asConnectError(error).message, path, error)
  }

  function construct(): Component | undefined {
    try {
      return declared.parameters === undefined ? new declared() : new declared(parameters)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `'${name}' (${declared.type}) refused its parameters: ${reason}`
      report.atKey('LOAD_COMPONENT', message, [...path, ...optionOf(error)], error)
      return undefined
    }
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
