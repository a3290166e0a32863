#!/usr/bin/env node
import { printWarnings } from './print-warnings.ts'
import { runCli } from './run-cli.ts'

// Whoever reads may leave at any time (`| head`). A run stops then; nothing else has to.
process.stdout.on('error', ignoreClosedPipe)
process.stderr.on('error', ignoreClosedPipe)
printWarnings(process)
process.exitCode = await runCli(process.argv.slice(2), process)

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
