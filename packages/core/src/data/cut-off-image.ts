/**
 * Whether a JPEG or a GIF ends before its last picture does, as half a download does: decoders fill what is missing with
 * grey and say nothing. Other kinds of files are for their decoders to judge.
 */
export function isCutOff(bytes: Uint8Array, mimeType: string): boolean {
  if (mimeType === 'image/jpeg') return !hasJpegEnd(bytes)
  return mimeType === 'image/gif' && !hasGifEnd(bytes)
}

const MARKER = 0xff
const END_OF_IMAGE = 0xd9

/** Segments say how long they are; between them is data in which no marker stands but those that say so. */
function hasJpegEnd(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(MARKER, 2); at >= 0; at = bytes.indexOf(MARKER, at)) {
    const kind = bytes[at + 1] ?? 0
    if (kind === END_OF_IMAGE) return true
    if (kind === MARKER) at += 1
    else if (kind <= 0x01 || (kind >= 0xd0 && kind <= 0xd8)) at += 2
    else at += 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0))
  }
  return false
}

const EXTENSION = 0x21
const PICTURE = 0x2c
const TRAILER = 0x3b

function hasGifEnd(bytes: Uint8Array): boolean {
  let at = 13 + paletteBytes(bytes[10])
  while (at < bytes.length) {
    const block = bytes[at]
    if (block === TRAILER) return true
    if (block === PICTURE) at += 11 + paletteBytes(bytes[at + 9])
    else if (block === EXTENSION) at += 2
    else return false
    // Pieces of data, each behind its length, to one of length 0.
    while (bytes[at]) at += 1 + (bytes[at] ?? 0)
    at += 1
  }
  return false
}

function paletteBytes(flags = 0): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0
}
