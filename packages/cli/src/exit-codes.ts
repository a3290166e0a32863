/**
 * What the process ends with, and when. `millrace --help` prints this table; a test keeps the README equal to it.
 * Imports nothing: the help must be quick.
 */
export const exitCodes = {
  0: 'The command did what it was asked to do.',
  1: 'An unexpected internal error.',
  2: 'The command line is wrong: an unknown option, a missing argument, a value that no option takes.',
  3: 'A file was not found, cannot be read or written, or is a pipeline file that was refused or cannot work.',
  4: 'The inputs of the pipeline are wrong or missing.',
  5: 'A model could not be found, downloaded, loaded or run, or there is not enough memory for it.',
  6: 'A component failed, the run was blocked, or it took longer than allowed.',
  130: 'Stopped by Ctrl-C (SIGINT).',
  143: 'Stopped by SIGTERM.',
} as const

export type ExitCode = keyof typeof exitCodes

/** The table as lines of text, for the help. */
export function exitCodeLines(): string[] {
  return Object.entries(exitCodes).map(([code, meaning]) => `${code.padStart(5)}  ${meaning}`)
}
