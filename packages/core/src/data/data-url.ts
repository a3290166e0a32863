/** The longest header that is read: a MIME type and its parameters. */
const HEADER = 1024

/**
 * The content of a base64 data: URL, whatever parameters it has; undefined for what is not one. Whether the text behind the
 * header is base64 is for the reader to check. It may be 30 MB long: no regular expression goes over it.
 */
export function readDataUrl(
  url: unknown,
): { readonly base64: string; readonly mimeType: string } | undefined {
  if (typeof url !== 'string' || url.slice(0, 5).toLowerCase() !== 'data:') return undefined
  const header = url.slice(0, HEADER).toLowerCase()
  const mark = header.indexOf(';base64,')
  if (mark < 0) return undefined
  const mimeType = header.slice('data:'.length, mark).split(';')[0]?.trim() ?? ''
  return { base64: decoded(url.slice(mark + ';base64,'.length)), mimeType: mimeType || 'text/plain' }
}

/** `+`, `/` and `=` may be percent-encoded in a URL. */
function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
