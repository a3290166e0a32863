import { MillraceError } from '../../src/errors.ts'

/** The error that `act` throws or rejects with, as `CODE: message`; fails when it is none of ours. */
export async function thrownBy(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (MillraceError.isInstance(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}
