import { runCli } from '../src/run-cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import type { Ended } from './millrace.ts'

/** Runs a command line in this process, as the program does. */
export async function cli(
  args: readonly string[],
  terminal = new FakeTerminal(),
): Promise<Pick<Ended, 'code' | 'stdout' | 'stderr'>> {
  const code = await runCli(args, terminal)
  return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text }
}
