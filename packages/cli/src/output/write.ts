import { constants } from 'node:fs'
import { access, mkdtemp, stat, writeFile as write } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from '../errors.ts'
import type { Output } from '../terminal.ts'

/** JSON as text: in lines for a terminal, else on one line, for programs that read line by line. */
export function jsonText(json: unknown, output: Output): string {
  return `${JSON.stringify(json, undefined, output.isTTY ? 2 : undefined)}\n`
}

/** Whether a file can be written later, as far as that can be known. @throws CliError `OUTPUT_FAILED` */
export async function checkWritable(path: string): Promise<void> {
  const refuse = (reason: string) => {
    throw new CliError('OUTPUT_FAILED', `The file '${path}' cannot be written: ${reason}.`)
  }
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) refuse('it is a folder')
  const folder = dirname(path)
  if (there === undefined && !(await stat(folder).catch(() => undefined))?.isDirectory()) {
    refuse(`there is no folder '${folder}'`)
  }
  const place = there === undefined ? folder : path
  await access(place, constants.W_OK).catch((cause: NodeJS.ErrnoException) =>
    refuse(`'${place}' may not be written (${cause.code})`),
  )
}

/** What became of a file that must not be lost. */
export interface Kept {
  /** Where it is; undefined when it could be written nowhere. */
  readonly path: string | undefined
  /** Why it is not where it was to be. */
  readonly failure: unknown
}

/** Writes a file, and where that fails in the folder for temporary files, readable by its owner alone. */
export async function keepFile(path: string, text: string): Promise<Kept> {
  try {
    await writeFile(path, text)
    return { path, failure: undefined }
  } catch (failure) {
    try {
      const other = join(await mkdtemp(join(tmpdir(), 'millrace-')), 'snapshot.json')
      await write(other, text, { mode: 0o600 })
      return { path: other, failure }
    } catch {
      return { path: undefined, failure }
    }
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
