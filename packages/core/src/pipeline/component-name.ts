import { DefinitionError } from '../errors.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/

/** @throws DefinitionError `CONNECT_INVALID_NAME` for a name that no component of a pipeline can have */
export function checkComponentName(name: unknown): asserts name is string {
  const fault = componentNameFault(name)
  if (fault) throw fault
}

/** Why no component of a pipeline can have this name; undefined when one can. */
export function componentNameFault(name: unknown): DefinitionError | undefined {
  if (typeof name === 'string' && NAME.test(name) && name !== '__proto__') return undefined
  return new DefinitionError(
    'CONNECT_INVALID_NAME',
    `A component cannot be called '${String(name)}': a name starts with a letter or '_' and goes on with letters, digits, '_' and '-'.`,
  )
}
