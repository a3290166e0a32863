import { MillraceError } from '../../src/errors.ts'

/** The error that `act` throws, as `CODE: message`; fails when it is not one of ours. */
export function thrown(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return told(error)
  }
  return 'nothing was thrown'
}

/** The error that `act` rejects with, as `CODE: message`. */
export async function rejected(act: () => Promise<unknown>): Promise<string> {
  try {
    await act()
  } catch (error) {
    return told(error)
  }
  return 'nothing was thrown'
}

function told(error: unknown): string {
  if (MillraceError.isInstance(error)) return `${error.code}: ${error.message}`
  throw error
}
