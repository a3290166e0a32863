// The program as a function, for programs that offer it under another name.
export type { StopSources } from './commands/stop.ts'
export { CliError, type CliErrorCode, cliErrorCodes } from './errors.ts'
export { type ExitCode, exitCodes } from './exit-codes.ts'
export { runCli } from './run-cli.ts'
export type { Output, Terminal } from './terminal.ts'
