import { writeFile as write } from 'node:fs/promises'
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

/** Writes a file anew. @throws CliError `OUTPUT_FAILED` */
export async function writeFile(path: string, text: string): Promise<void> {
  try {
    await write(path, text)
  } catch (cause) {
    const [reason] = (cause as Error).message.split(', ')
    throw new CliError('OUTPUT_FAILED', `The file '${path}' cannot be written: ${reason}.`, { cause })
  }
}
