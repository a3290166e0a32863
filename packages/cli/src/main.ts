#!/usr/bin/env node
import type { ExitCode } from './exit-codes.ts'
import { printWarnings } from './print-warnings.ts'
import { runCli } from './run-cli.ts'

let hasEnded = false
process.stdout.on('error', onOutputError)
// There is no other output to report it on.
process.stderr.on('error', () => {})
printWarnings(process)
startWhereUserStands()
if (process.argv.some((arg) => /^--package(=|$)/.test(arg))) {
  const { resolveOwnPackages } = await import('./commands/own-packages.ts')
  resolveOwnPackages()
}
process.exitCode = await Promise.race([runCli(process.argv.slice(2), process), nothingLeft()])
hasEnded = true
await Promise.all([written(process.stdout), written(process.stderr)])
// What a component left open, such as a timer or a server, must not keep the process alive. It may end by itself before.
setTimeout(() => process.exit(), 500).unref()

/** Node.js would end here with 13 and without a word. */
function nothingLeft(): Promise<ExitCode> {
  return new Promise((resolve) => {
    process.once('beforeExit', () => {
      if (hasEnded) return
      process.stderr.write(
        'Error: The command waits for a promise that nothing settles: that of a component, or an await at the top of a module of --package.\n',
      )
      resolve(6)
    })
  })
}

/** Ends when all that was written before has left the process: a pipe may be read slowly. */
function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (output.destroyed) resolve()
    else output.write('', () => resolve())
  })
}

/** The reader of stdout may leave at any time (`| head`), which is not a failure. A run listens too, and stops. */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || process.stdout.listenerCount('error') > 1) return
  process.stderr.write(`Error: The output cannot be written: ${error.message}.\n`)
  process.exit(3)
}

/** `pnpm millrace` of a clone runs in the root of the clone: paths are meant from the folder in which it was typed. */
function startWhereUserStands(): void {
  const { npm_package_name: name, npm_lifecycle_event: script, INIT_CWD: folder } = process.env
  if (name === 'millrace-workspace' && script === 'millrace' && folder) process.chdir(folder)
}
