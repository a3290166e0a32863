import { readFile, sizeOfFile } from '#platform'
import { DataError } from '../errors.ts'
import { linkSignal } from '../signals.ts'

/** 20 MiB: room for any photograph, and far from the longest string that Node can hold. */
export const defaultMaxBytes = 20 * 1024 * 1024
export const defaultTimeoutMs = 10_000

/** Node's timers fire at once for anything longer. */
const longestTimeoutMs = 2 ** 31 - 1

/** Reads a regular file; a device or a pipe, which may never end, is refused. */
export async function readFileBytes(path: string, maxBytes: number): Promise<Uint8Array> {
  assertMaxBytes(maxBytes)
  try {
    const size = await sizeOfFile(path)
    if (size === undefined) throw unreadable(path, 'it is not a file')
    if (size > maxBytes) throw tooLarge(path, size, maxBytes)
    return await readFile(path)
  } catch (error) {
    throw DataError.isInstance(error) ? error : unreadable(path, reasonOf(error), error)
  }
}

export interface FetchBytesOptions {
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
  /** Called with the MIME type of the answer, before its body is read; throws to refuse it. */
  readonly checkMimeType: (mimeType: string | undefined) => void
}

export interface FetchedBytes {
  readonly bytes: Uint8Array
  readonly mimeType: string | undefined
}

/** Follows redirects. The time limit is for headers and body together. An abort rethrows the signal's reason. */
export async function fetchBytes(url: string, options: FetchBytesOptions): Promise<FetchedBytes> {
  const { timeoutMs, maxBytes, signal } = options
  assertMaxBytes(maxBytes)
  assertTimeout(timeoutMs)
  const target = parseHttpUrl(url)
  signal?.throwIfAborted()
  const stop = linkSignal(signal, {
    timeoutMs,
    reason: () => unreadable(url, `it took longer than ${timeoutMs} ms`),
  })
  try {
    const response = await fetch(target, { signal: stop.signal })
    if (!response.ok) throw unreadable(url, `the server answered with status ${response.status}`)
    const mimeType = mimeTypeOf(response)
    options.checkMimeType(mimeType)
    return { bytes: await readBody(url, response, maxBytes), mimeType }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (DataError.isInstance(error)) throw error
    throw unreadable(url, reasonOf(error), error)
  } finally {
    stop.release()
    // Closes the connection of an answer that was refused half way.
    stop.abort(undefined)
  }
}

async function readBody(url: string, response: Response, maxBytes: number): Promise<Uint8Array> {
  const announced = Number(response.headers.get('content-length') ?? 0)
  if (announced > maxBytes) throw tooLarge(url, announced, maxBytes)
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of response.body ?? []) {
    size += piece.byteLength
    if (size > maxBytes) throw tooLarge(url, undefined, maxBytes)
    pieces.push(piece)
  }
  const bytes = new Uint8Array(size)
  let end = 0
  for (const piece of pieces) {
    bytes.set(piece, end)
    end += piece.byteLength
  }
  return bytes
}

function parseHttpUrl(url: string): URL {
  if (!URL.canParse(url)) throw unreadable(url, 'it is not an absolute URL')
  const parsed = new URL(url)
  if (parsed.protocol === 'http:' || parsed.protocol === 'https:') return parsed
  throw unreadable(url, `only http: and https: URLs are fetched, not ${parsed.protocol}`)
}

function mimeTypeOf(response: Response): string | undefined {
  const header = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  return header === '' ? undefined : header
}

function assertMaxBytes(maxBytes: number): void {
  if (maxBytes > 0) return
  throw new DataError('DATA_INVALID_OPTION', `'maxBytes' must be a number greater than 0, not ${maxBytes}.`)
}

function assertTimeout(timeoutMs: number): void {
  if (Number.isInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= longestTimeoutMs) return
  throw new DataError(
    'DATA_INVALID_OPTION',
    `'timeoutMs' must be a whole number from 1 to ${longestTimeoutMs}, not ${timeoutMs}.`,
  )
}

function unreadable(place: string, reason: string, cause?: unknown): DataError {
  const details = cause === undefined ? {} : { cause }
  return new DataError('DATA_UNREADABLE', `Cannot read '${place}': ${reason}.`, details)
}

function tooLarge(place: string, size: number | undefined, maxBytes: number): DataError {
  const found = size === undefined ? 'it has' : `its ${size} bytes are`
  return unreadable(place, `${found} more than the ${maxBytes} bytes of 'maxBytes'`)
}

/**
 * `fetch` says only "fetch failed"; the reason is in its cause, which may be many errors with a code in common.
 * Node's file errors repeat the path after a comma.
 */
function reasonOf(error: unknown): string {
  const { cause, code, message } = Object(error) as { cause?: unknown; code?: unknown; message?: unknown }
  if (cause !== undefined) return reasonOf(cause)
  if (typeof message === 'string' && message !== '') return message.split(', ')[0] as string
  return String(code ?? error)
}
