import { InputError } from '@millrace/core'
import { readTextFile, readTextStream } from './read-text.ts'

/**
 * The JSON object of `--input`: a file, or `-` for the standard input.
 *
 * @throws CliError `USAGE_UNREADABLE`; InputError `INPUT_INVALID` when it is not a JSON object
 */
export async function readInputObject(
  path: string,
  stdin: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const isStdin = path === '-'
  const text = isStdin ? await readTextStream(stdin, signal) : await readTextFile(path, signal)
  const what = isStdin ? 'The standard input' : `The file '${path}'`
  if (text.trim() === '') {
    throw new InputError('INPUT_INVALID', `${what} is empty. --input takes a JSON object, if only {}.`)
  }
  const value = parse(text, what)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`
  throw new InputError(
    'INPUT_INVALID',
    `${what} holds ${kind}. --input takes a JSON object, as in {"prompt": {"country": "France"}}.`,
  )
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new InputError('INPUT_INVALID', `${what} is not JSON: ${(cause as Error).message}.`, { cause })
  }
}

/**
 * What `--snapshot` wrote.
 *
 * @throws CliError `USAGE_UNREADABLE`; InputError `INPUT_SNAPSHOT` when it is not JSON
 */
export async function readSnapshotFile(file: string, signal: AbortSignal): Promise<unknown> {
  const text = await readTextFile(file, signal)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = `The file '${file}' is not a snapshot: it is not JSON.`
    throw new InputError('INPUT_SNAPSHOT', message, { cause })
  }
}
