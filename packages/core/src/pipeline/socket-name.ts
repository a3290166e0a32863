import { DefinitionError } from '../errors.ts'

/**
 * Socket names are free, dots and slashes included, but values are kept under them in plain objects.
 *
 * @throws DefinitionError `COMPONENT_INVALID`
 */
export function checkSocketNames(component: string, kind: 'input' | 'output', sockets: object): void {
  for (const name of Object.keys(sockets)) {
    if (name !== '' && name !== '__proto__') continue
    throw new DefinitionError(
      'COMPONENT_INVALID',
      `'${component}' has an ${kind} called '${name}': a socket can have any name but '' and '__proto__'.`,
    )
  }
}
