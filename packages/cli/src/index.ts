// The program as a function, for those who give it a name of their own.
export type { StopSources } from './commands/stop.ts'
export { CliError, type CliErrorCode, cliErrorCodes } from './errors.ts'
export { type ExitCode, exitCodes } from './exit-codes.ts'
export { runCli } from './run-cli.ts'
export type { Output, Terminal } from './terminal.ts'
