import type { PartFile, PartNote } from './model-part.ts'
import type { Answer } from './model-request.ts'

type Answered = Omit<Answer, 'stop'>

/** Asks for the rest of a file, if it is still the same file; else, by If-Range, for all of it. */
export function rangeHeaders({ bytes, note }: PartFile): Record<string, string> {
  if (bytes === 0) return {}
  return { range: `bytes=${bytes}-`, ...(note.validator === undefined ? {} : { 'if-range': note.validator }) }
}

/** True when a partial answer holds the rest of the very file that the part is the beginning of. */
export function continues(answer: Answered, { bytes, note }: PartFile): boolean {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.response.headers.get('content-range') ?? '')
  if (Number(range?.[1]) !== bytes) return false
  const now = noteFrom(answer)
  const agree = (was: unknown, is: unknown) => was === undefined || is === undefined || was === is
  const total = range?.[2] === '*' ? undefined : Number(range?.[2])
  return (
    agree(note.totalBytes, total) && agree(note.validator, now.validator) && agree(note.sha256, now.sha256)
  )
}

/** What to remember of an answer that holds a whole file. */
export function noteFrom({ response: { headers }, sha256 }: Answered): PartNote {
  const etag = headers.get('etag')
  const length = headers.get('content-length')
  // fetch unpacks what is encoded, against our wish: its length then counts other bytes.
  const isEncoded = !['', 'identity'].includes(headers.get('content-encoding') ?? '')
  return {
    // A weak ETag, W/"…", vouches for the meaning, not for the bytes.
    validator: etag?.startsWith('"') ? etag : (headers.get('last-modified') ?? undefined),
    sha256,
    totalBytes: length === null || isEncoded ? undefined : Number(length),
  }
}
