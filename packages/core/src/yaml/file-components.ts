import type { ComponentClass } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { isPlainObject } from '../json.ts'
import { didYouMean, nearest } from '../text/names.ts'
import { asDefinitionError } from './as-definition-error.ts'
import { pipelineType, pythonClass } from './file-shape.ts'
import type { PipelineDefinition } from './read-document.ts'

/** A component that a file declares, as far as it could be read. */
export interface FileComponent {
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
  /** Undefined when the file has no type for it, or none that is registered. */
  readonly class: ComponentClass | undefined
  /** Whether it is a pipeline in this one, which needs no class. */
  readonly isPipeline: boolean
  readonly parameters: Readonly<Record<string, unknown>>
}

/** The components of a file with their classes; reports types that aren't registered. */
export function fileComponents({ value, report }: PipelineDefinition, registry: Registry): FileComponent[] {
  const { components } = value
  if (!isPlainObject(components)) return []
  return Object.entries(components).flatMap(([name, entry]) => {
    if (!isPlainObject(entry)) return []
    const { type, initParameters } = entry
    const parameters = isPlainObject(initParameters) ? initParameters : {}
    const isPipeline = type === pipelineType
    const declared = typeof type === 'string' && !isPipeline ? find(name, type) : undefined
    return [{ name, entry, parameters, class: declared, isPipeline }]
  })

  function find(name: string, type: string): ComponentClass | undefined {
    try {
      return registry.component(type)
    } catch (error) {
      report.atValue('LOAD_UNKNOWN_TYPE', `${asDefinitionError(error).message}${hint(type, registry)}`, [
        'components',
        name,
        'type',
      ])
      return undefined
    }
  }
}

function hint(type: string, registry: Registry): string {
  const short = pythonClass(type)
  if (short === 'SuperComponent') {
    return `\n'${type}' is a Python class, as in files of Haystack; here a pipeline in a pipeline is of the type '${pipelineType}'.`
  }
  if (short !== undefined && registry.types().includes(short)) {
    return `\n'${type}' is a Python class, as in files of Haystack; here the type is called '${short}'.`
  }
  if (registry.types().length === 0)
    return ' Give loadPipeline a registry with the packages that the file needs.'
  return nearest(type, registry.types()) === undefined ? didYouMean(type, [pipelineType]) : ''
}
