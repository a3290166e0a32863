#!/usr/bin/env node
import { printWarnings } from './print-warnings.ts'
import { runCli } from './run-cli.ts'

process.stdout.on('error', onOutputError)
// There is no other output to report it on.
process.stderr.on('error', () => {})
printWarnings(process)
startWhereUserStands()
if (process.argv.some((arg) => /^--package(=|$)/.test(arg))) {
  const { resolveOwnPackages } = await import('./commands/own-packages.ts')
  resolveOwnPackages()
}
process.exitCode = await runCli(process.argv.slice(2), process)

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
