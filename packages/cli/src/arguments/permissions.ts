import type { LoadOptions } from '@millrace/core/yaml'
import { CliError } from '../errors.ts'

/** `--allow-env`, `--allow-http` and `--allow-command`, as they were written. */
export interface PermissionOptions {
  readonly allowEnv?: readonly string[]
  readonly allowHttp?: boolean
  readonly allowCommand?: readonly string[]
}

export type Permissions = Pick<LoadOptions, 'environment' | 'allowHttp' | 'commands'>

/**
 * What a file may do when it is run.
 *
 * @throws CliError `USAGE_INVALID` for what is not the name of a variable or of a program
 */
export function parsePermissions({
  allowEnv = [],
  allowHttp = false,
  allowCommand = [],
}: PermissionOptions): Permissions {
  const wrong = allowEnv.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (allowCommand.includes('')) {
    throw new CliError('USAGE_INVALID', '--allow-command takes a program, as in --allow-command npx.')
  }
  if (wrong === undefined) return { environment: allowEnv, allowHttp, commands: allowCommand }
  const message = `--allow-env takes the name of an environment variable, as in --allow-env MODELS, not '${wrong}'.`
  throw new CliError('USAGE_INVALID', message)
}

/** For commands that only show a file: they look up no variable, fetch and start nothing. */
export const everything: Permissions = { environment: 'all', allowHttp: true, commands: 'all' }
