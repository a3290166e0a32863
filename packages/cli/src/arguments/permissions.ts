import type { LoadOptions } from '@millrace/core/yaml'
import { CliError } from '../errors.ts'

/** `--allow-env` and `--allow-http`, as they were written. */
export interface PermissionOptions {
  readonly allowEnv?: readonly string[]
  readonly allowHttp?: boolean
}

type Permissions = Pick<LoadOptions, 'environment' | 'allowHttp'>

/**
 * What a file may do when it is run.
 *
 * @throws CliError `USAGE_INVALID` for what is not the name of a variable
 */
export function parsePermissions({ allowEnv = [], allowHttp = false }: PermissionOptions): Permissions {
  const wrong = allowEnv.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (wrong === undefined) return { environment: allowEnv, allowHttp }
  const message = `--allow-env takes the name of an environment variable, as in --allow-env MODELS, not '${wrong}'.`
  throw new CliError('USAGE_INVALID', message)
}

/** For commands that only show a file: they look up no variable and fetch nothing. */
export const everything: Permissions = { environment: 'all', allowHttp: true }
