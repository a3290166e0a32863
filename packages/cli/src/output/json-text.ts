import { CliError } from '../errors.ts'
import type { Output } from '../terminal.ts'

/**
 * A value as JSON: in lines for a terminal, else on one line, for programs that read line by line.
 *
 * @throws CliError `OUTPUT_FAILED` for a value that JSON does not have
 */
export function jsonText(value: unknown, output: Output): string {
  try {
    return `${JSON.stringify(value, undefined, output.isTTY ? 2 : undefined)}\n`
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n')
    throw new CliError('OUTPUT_FAILED', `The output cannot be written as JSON: ${reason}.`, { cause })
  }
}
