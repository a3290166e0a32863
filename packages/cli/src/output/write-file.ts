import { writeFile as write } from 'node:fs/promises'
import { CliError } from '../errors.ts'

/** Writes a file anew. @throws CliError `OUTPUT_FAILED` */
export async function writeFile(path: string, text: string): Promise<void> {
  try {
    await write(path, text)
  } catch (cause) {
    const [reason] = (cause as Error).message.split(', ')
    throw new CliError('OUTPUT_FAILED', `The file '${path}' cannot be written: ${reason}.`, { cause })
  }
}
