import { MillraceError } from '@millrace/core'

/**
 * Every code that the command line itself throws. What pipelines, files and models throw keeps its own code.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const cliErrorCodes = {
  USAGE_INVALID: 'An option of the command line has a value that it cannot have, or contradicts another one.',
  USAGE_UNREADABLE:
    'A file that the command line names, or the standard input, cannot be read as text; or a module of `--package` cannot be loaded.',
  OUTPUT_FAILED: 'The standard output or a file cannot be written, as when the disk is full.',
  CHAT_UNANSWERED:
    'A run asked something in `millrace chat` that was piped a message, so that nobody could answer.',
  STOPPED_BY_INTERRUPT: 'The user pressed Ctrl-C, or something else sent SIGINT.',
  STOPPED_BY_TERMINATION: 'Something sent SIGTERM.',
  STOPPED_BY_READER:
    'Whoever read the standard output has left, as `head` does. Not a failure: the run stops and the exit code is 0.',
} as const

export type CliErrorCode = keyof typeof cliErrorCodes

/** The command line was wrong, or something stopped the process. */
export class CliError extends MillraceError<CliErrorCode> {}
