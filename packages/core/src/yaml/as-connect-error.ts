import { ConnectError } from '../errors.ts'

/** The error when it is one of building, to be told as a problem of the file. Others are not the file's fault: rethrown. */
export function asConnectError(error: unknown): ConnectError {
  if (ConnectError.isInstance(error)) return error
  throw error
}
