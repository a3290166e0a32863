import { MillraceError } from '@millrace/core'

/** The error that `act` throws or rejects with, as `CODE: message`; fails when it is none of ours. */
export async function failureOf(act: () => unknown): Promise<string> {
  try {
    await act()
  } catch (error) {
    if (MillraceError.isInstance(error)) return `${error.code}: ${error.message}`
    throw error
  }
  throw new TypeError('nothing was thrown')
}
