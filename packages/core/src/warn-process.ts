/** A warning of the process, where there is one, else of the console. */
export function warnProcess(message: string, code: string): void {
  const { process } = globalThis as { readonly process?: Partial<Pick<NodeJS.Process, 'emitWarning'>> }
  if (process?.emitWarning !== undefined) process.emitWarning(message, { code })
  else console.warn(message)
}
