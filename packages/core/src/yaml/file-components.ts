import type { ComponentClass } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { isPlainObject } from '../data/json.ts'
import { asConnectError } from './as-connect-error.ts'
import { pythonClass } from './file-shape.ts'
import type { PipelineDocument } from './read-document.ts'

/** A component that a file declares, as far as it could be read. */
export interface FileComponent {
  readonly name: string
  readonly entry: Readonly<Record<string, unknown>>
  /** Undefined when the file has no type for it, or none that is registered. */
  readonly class: ComponentClass | undefined
  readonly parameters: Readonly<Record<string, unknown>>
}

/** The components of a file with their classes; reports types that aren't registered. */
export function fileComponents({ value, report }: PipelineDocument, registry: Registry): FileComponent[] {
  const { components } = value
  if (!isPlainObject(components)) return []
  return Object.entries(components).flatMap(([name, entry]) => {
    if (!isPlainObject(entry)) return []
    const { type, initParameters } = entry
    const parameters = isPlainObject(initParameters) ? initParameters : {}
    return [{ name, entry, parameters, class: typeof type === 'string' ? find(name, type) : undefined }]
  })

  function find(name: string, type: string): ComponentClass | undefined {
    try {
      return registry.component(type)
    } catch (error) {
      report.atValue('LOAD_UNKNOWN_TYPE', `${asConnectError(error).message}${hint(type, registry)}`, [
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
  if (short !== undefined && registry.types().includes(short)) {
    return `\n'${type}' is a Python class, as in files of Haystack; here the type is called '${short}'.`
  }
  return registry.types().length === 0
    ? ' Give loadPipeline a registry with the packages that the file needs.'
    : ''
}
