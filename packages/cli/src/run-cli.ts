import { CommanderError } from 'commander'
import type { StopSources } from './commands/stop.ts'
import type { ExitCode } from './exit-codes.ts'
import { makeProgram } from './program.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs one command line, as the program `millrace` does, and gives its exit code. Never throws: what goes wrong is
 * printed on `stderr`.
 *
 * @param args without the names of Node.js and of the program: `['run', 'capital.yaml']`
 * @param terminal `process`, or something like it
 */
export async function runCli(args: readonly string[], terminal: Terminal & StopSources): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  try {
    const program = makeProgram(terminal, (code) => {
      exitCode = code
    })
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    // Commander has printed its message already. Help that was asked for is a success.
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const { usageHint } = await import('./arguments/usage-hint.ts')
      const hint = usageHint(error, args)
      if (hint !== undefined) terminal.stderr.write(`${hint}\n`)
      return 2
    }
    return await fail(error, args, terminal)
  }
}

async function fail(error: unknown, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const [{ exitCodeOf }, { failureText }] = await Promise.all([
    import('./exit-code-of.ts'),
    import('./output/failure-text.ts'),
  ])
  const exitCode = exitCodeOf(error)
  const verbose = args.includes('--verbose') || args.includes('-v')
  if (exitCode !== 0) terminal.stderr.write(failureText(error, { verbose }))
  return exitCode
}
