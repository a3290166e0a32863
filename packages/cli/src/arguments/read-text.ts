import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { CliError } from '../errors.ts'

/**
 * The text of a file. UTF-8, or the UTF-16 that Windows shells write; without its byte order mark, and with `\n` at
 * the end of lines. A pipe or a device is refused at once: to open a pipe waits for who writes into it, which nothing ends.
 *
 * @throws CliError `USAGE_UNREADABLE`
 */
export async function readTextFile(path: string, signal?: AbortSignal): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readRegular(path, signal)
  } catch (cause) {
    signal?.throwIfAborted()
    const [reason] = (cause as Error).message.split(', ')
    throw new CliError('USAGE_UNREADABLE', `The file '${path}' cannot be read: ${reason}.`, { cause })
  }
  return decodeText(bytes, `The file '${path}'`)
}

async function readRegular(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!(await file.stat()).isFile()) throw new TypeError('it is not a regular file')
    return await file.readFile(signal ? { signal } : {})
  } finally {
    await file.close()
  }
}

/** All of a stream, such as the standard input. See `readTextFile`. An abort does not wait for the stream to end. */
export async function readTextStream(
  stream: AsyncIterable<Uint8Array | string>,
  signal: AbortSignal | undefined,
  what = 'The standard input',
): Promise<string> {
  signal?.throwIfAborted()
  // Ends the loop below; a stream that goes on would also keep the process alive.
  const onAbort = () => (stream as Partial<Readable>).destroy?.(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of stream) pieces.push(typeof piece === 'string' ? Buffer.from(piece) : piece)
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
  return decodeText(Buffer.concat(pieces), what)
}

/** `echo France |` ends its text with a line, and means none. */
export function withoutLastEnd(text: string): string {
  return text.endsWith('\n') ? text.slice(0, -1) : text
}

/** @throws CliError `USAGE_UNREADABLE` */
export function decodeText(bytes: Uint8Array, what: string): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes).replaceAll('\r\n', '\n')
  } catch (cause) {
    throw new CliError('USAGE_UNREADABLE', `${what} is not UTF-8 text. Save it in that encoding.`, { cause })
  }
}
