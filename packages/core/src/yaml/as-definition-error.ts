import { DefinitionError, OptionError } from '../errors.ts'

/** The error when a definition or its options are wrong, which is a problem of the file. Others are rethrown. */
export function asDefinitionError(error: unknown): DefinitionError | OptionError {
  if (DefinitionError.isInstance(error) || OptionError.isInstance(error)) return error
  throw error
}
