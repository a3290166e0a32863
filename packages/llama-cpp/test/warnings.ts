import { jest } from '@jest/globals'

export interface Warning {
  readonly message: string
  readonly code: string | undefined
}

/** The warnings that the process gets while something is done. They are not shown. */
export async function collectWarnings(action: () => unknown): Promise<Warning[]> {
  const warnings: Warning[] = []
  const spy = jest.spyOn(process, 'emitWarning').mockImplementation(((message: string, options?: unknown) => {
    warnings.push({ message, code: (options as { code?: string } | undefined)?.code })
  }) as typeof process.emitWarning)
  try {
    await action()
    return warnings
  } finally {
    spy.mockRestore()
  }
}
