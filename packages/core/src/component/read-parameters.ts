import { DefinitionError } from '../errors.ts'
import type { Socket } from '../schema/socket.ts'
import { type ObjectField, typeName } from '../schema/socket-type.ts'
import { withoutNulls } from '../schema/without-nulls.ts'
import { listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'

/**
 * The parameters that a constructor was given, for its first line: without the nulls that stand for nothing, and with all
 * that the class cannot do without. JavaScript calls constructors with anything, or nothing at all. The types of the values
 * are not checked here: a pipeline does that.
 *
 * @param made the class of the component or resource
 * @throws DefinitionError `COMPONENT_PARAMETERS` for what is not an object, and where a mandatory parameter is missing
 */
export function readParameters<Parameters extends object>(
  made: { readonly type: string; readonly parameters: Socket },
  given: Parameters | undefined,
): Parameters {
  const { type } = made.parameters
  const fields = type.kind === 'object' ? type.fields : {}
  const mandatory = Object.keys(fields).filter((name) => fields[name]?.optional === false)
  const shown = mandatory.map((name) => `${name}: …`).join(', ')
  const call = `new ${made.type}({${shown && ` ${shown} `}})`
  const values: unknown = given ?? {}
  if (typeof values !== 'object' || Array.isArray(values)) {
    throw new DefinitionError(
      'COMPONENT_PARAMETERS',
      `${made.type} takes its parameters as one object, ${call}, not ${describeValue(values)}.`,
    )
  }
  const read = withoutNulls(type, values as Parameters)
  const missing = mandatory.filter((name) => (read as Record<string, unknown>)[name] === undefined)
  if (missing.length === 0) return read
  const wanted = missing.map((name) => `\n  ${describeField(name, fields[name] as ObjectField)}`)
  throw new DefinitionError(
    'COMPONENT_PARAMETERS',
    `${made.type} was made without ${listNames(missing)}. Write ${call}.${wanted.join('')}`,
  )
}

function describeField(name: string, { type, description }: ObjectField): string {
  return `${name}: ${typeName(type)}${description === undefined ? '' : `. ${description}`}`
}
