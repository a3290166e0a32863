import { LoadError, MillraceError } from '@millrace/core'
import { messageOf, printable } from '@millrace/core/component'
import { CliError } from '../errors.ts'

export interface FailureOptions {
  /** With the stack, and everything that lies beneath. */
  readonly verbose: boolean
}

/** An error as text: its message, and with `verbose` its causes and stacks. Ends with a line end. */
export function failureText(error: unknown, { verbose }: FailureOptions): string {
  const lines = [headline(error), ...packageHint(error)]
  if (verbose) lines.push(...stackLines(error))
  else if (!MillraceError.isInstance(error)) {
    lines.push('This should not happen. Run it again with --verbose for the details, and report them.')
  }
  return `${printable(lines.join('\n'))}\n`
}

function headline(error: unknown): string {
  // An error without a message is shown by its name.
  const message = messageOf(error) || String(error)
  // Somebody stopped the run on purpose: that is not an error.
  if (CliError.isInstance(error) && error.code.startsWith('STOPPED_')) return message
  // Its problems begin with file, line and column, which editors and terminals make a link of.
  if (LoadError.isInstance(error)) return message
  return MillraceError.isInstance(error) ? `Error: ${message}` : `Unexpected error: ${message}`
}

const UNREGISTERED = /^No (component type|tool|toolset|callback) '.*' is registered\./

/** A file names tools and never loads code. Core says which are known; only here it is known how to add some. */
function packageHint(error: unknown): string[] {
  if (!LoadError.isInstance(error)) return []
  const lacks = ({ message }: { readonly message: string }) =>
    UNREGISTERED.test(message) && !message.includes('Did you mean')
  return error.problems.some(lacks)
    ? ['', 'Components, tools and callbacks of your own come with --package, as in --package ./tools.js']
    : []
}

function stackLines(error: unknown): string[] {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let cause = error; cause instanceof Error && !seen.has(cause); cause = cause.cause) {
    const code = MillraceError.isInstance(cause) ? ` [${cause.code}]` : ''
    const title =
      seen.size === 0 ? `${cause.name}${code}` : `Caused by ${cause.name}${code}: ${messageOf(cause)}`
    lines.push('', title, ...framesOf(cause))
    seen.add(cause)
  }
  return lines
}

function framesOf({ stack }: Error): string[] {
  return (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
}
