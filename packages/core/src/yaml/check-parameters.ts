import type { Registry } from '../component/registry.ts'
import { checkValue } from '../schema/validate.ts'
import { describeValue } from '../text/show.ts'
import { asDefinitionError } from './as-definition-error.ts'
import type { DocumentPath } from './document-path.ts'
import type { FileComponent } from './file-components.ts'
import { replaceNamed } from './named-values.ts'
import type { Report } from './report.ts'

/**
 * The parameters as the constructor takes them, with callbacks and tools in the place of their names. Reports what
 * doesn't fit the declaration of the class.
 */
export function checkParameters(
  { name, entry, class: declared, parameters }: FileComponent,
  registry: Registry,
  report: Report,
): object {
  const top = ['components', name, 'initParameters']
  if (declared?.parameters === undefined) {
    for (const key of Object.keys(parameters)) {
      report.atKey('LOAD_PARAMETERS', `'${key}' is unknown: ${declared?.type} takes no parameters.`, [
        ...top,
        key,
      ])
    }
    return {}
  }
  // What a Haystack file calls by another name isn't missing; that the name is wrong has been said.
  if (entry['initParameters'] === undefined && entry['init_parameters'] !== undefined) return {}
  const resolved = replaceNamed(declared.parameters.type, parameters, {
    callback: (value, path) => {
      if (typeof value === 'string') return find(() => registry.callback(value), path)
      return refuse(`expected the name of a registered callback, got ${describeValue(value)}.`, path)
    },
    tools: (value, path) => {
      if (!Array.isArray(value))
        return refuse(`expected a list of names of registered tools, got ${describeValue(value)}.`, path)
      return value.map((item, index) => {
        if (typeof item === 'string') return find(() => registry.tool(item), [...path, index])
        return refuse(`expected the name of a registered tool, got ${describeValue(item)}.`, [...path, index])
      })
    },
  }) as object
  report.atParts('LOAD_PARAMETERS', checkValue(declared.parameters, resolved), top)
  return resolved

  function find(look: () => unknown, path: DocumentPath): unknown {
    try {
      return look()
    } catch (error) {
      return refuse(asDefinitionError(error).message, path)
    }
  }

  function refuse(message: string, path: DocumentPath): undefined {
    report.atValue('LOAD_PARAMETERS', message, [...top, ...path])
    report.refuse([...top, ...path])
    return undefined
  }
}
