import { standardComponents } from '@millrace/components'
import { ConnectError, Registry } from '@millrace/core'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { CliError } from '../errors.ts'
import type { Terminal } from '../terminal.ts'
import { loadPackages } from './load-packages.ts'

/** What every command takes that reads pipeline files, or tells what can be in them. */
export interface RegistryOptions {
  /** Modules with further components, tools and callbacks. */
  readonly package?: readonly string[]
}

/**
 * What pipeline files may name when they are run from the command line.
 *
 * @throws CliError `USAGE_UNREADABLE`, `USAGE_INVALID` for the modules of `--package`
 */
export async function makeRegistry(
  { package: modules = [] }: RegistryOptions,
  terminal: Pick<Terminal, 'cwd'>,
): Promise<Registry> {
  const packages = await loadPackages(modules, terminal.cwd())
  try {
    return new Registry([standardComponents, llamaCppComponents, ...packages])
  } catch (cause) {
    if (!ConnectError.isInstance(cause)) throw cause
    throw new CliError('USAGE_INVALID', `--package: ${cause.message}`, { cause })
  }
}
