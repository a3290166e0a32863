import { listNames } from '@millrace/core'
import { ComponentsError } from '../errors.ts'
import { isTemplateName } from '../template/free-variables.ts'

/** The sockets that every prompt builder has. */
export const reservedNames = ['template', 'templateVariables'] as const

const NAME = /^(?!__)[\p{ID_Start}_]\p{ID_Continue}*$/u

/**
 * The name, when a variable may have it.
 *
 * @throws ComponentsError `TEMPLATE_INVALID`
 */
export function checkVariableName(name: unknown, option: string): string {
  if (typeof name !== 'string' || !NAME.test(name) || isTemplateName(name)) {
    const shown = typeof name === 'string' ? `'${name}'` : `A ${typeof name}`
    throw new ComponentsError(
      'TEMPLATE_INVALID',
      `${shown} in '${option}' is no name of a variable: it starts with a letter or '_', goes on with letters, digits and '_', and is no word of the template language.`,
      { option },
    )
  }
  return checkIsFree(name, option)
}

/** @throws ComponentsError `TEMPLATE_INVALID` for a name that a socket of the builder has */
export function checkIsFree(name: string, option: string): string {
  if (!(reservedNames as readonly string[]).includes(name)) return name
  throw new ComponentsError(
    'TEMPLATE_INVALID',
    `A variable cannot be called '${name}' ('${option}'): the builder has inputs ${listNames(reservedNames)} of its own. Rename the variable.`,
    { option },
  )
}
