import { DataError } from '../../src/errors.ts'

/** The error that `act` throws or rejects with, as `CODE: message`; fails when it is no DataError. */
export async function thrownBy(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (DataError.isInstance(error)) return `${error.code}: ${error.message}`
    throw error
  }
  return 'nothing was thrown'
}
