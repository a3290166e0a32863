/** The text that UTF-8 bytes stand for, its byte order mark included; undefined for other bytes. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Why a file could not be read, without the path: `ENOENT: no such file or directory`. */
export function readFailure(cause: unknown): string {
  // Errors of Node.js are of another realm where code runs in a VM context.
  const message = typeof cause === 'object' && cause !== null && 'message' in cause ? cause.message : cause
  return String(message).split(', ')[0] as string
}
