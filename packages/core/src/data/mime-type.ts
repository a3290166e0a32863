import { extname } from '#platform'

/**
 * What an `ImageContent` may be: Haystack's list without video and documents. Whether a model can read a kind is for its
 * generator to say.
 */
export const imageMimeTypes: readonly string[] = [
  'image/png',
  'image/jpeg',
  'image/jpg',
  'image/gif',
  'image/webp',
  'image/bmp',
  'image/tiff',
  'image/jp2',
  'image/icns',
  'image/x-icon',
  'image/mpo',
  'image/palm',
  'image/sgi',
  'image/x-pcx',
  'image/x-portable-anymap',
  'image/x-tga',
  'image/vnd.adobe.photoshop',
  'image/xbm',
  'image/xpm',
]

/** Pieces of text, read as Latin-1, that stand at fixed offsets of a file of one kind. */
type Signature = readonly [mimeType: string, ...pieces: (readonly [text: string, offset: number])[]]

/** More kinds than images: so that a refusal can name what the file is, and for files of any kind. */
const signatures: readonly Signature[] = [
  ['image/png', ['\x89PNG\r\n\x1a\n', 0]],
  ['image/jpeg', ['\xff\xd8\xff', 0]],
  ['image/gif', ['GIF87a', 0]],
  ['image/gif', ['GIF89a', 0]],
  ['image/webp', ['RIFF', 0], ['WEBP', 8]],
  ['image/bmp', ['BM', 0], ['\0\0\0\0', 6]],
  ['image/tiff', ['II*\0', 0]],
  ['image/tiff', ['MM\0*', 0]],
  ['image/jp2', ['\0\0\0\x0cjP  \r\n\x87\n', 0]],
  ['image/icns', ['icns', 0]],
  ['image/x-icon', ['\0\0\x01\0', 0]],
  ['image/vnd.adobe.photoshop', ['8BPS\0\x01', 0]],
  ['image/x-pcx', ['\x0a\x05\x01', 0]],
  ['image/sgi', ['\x01\xda\0', 0]],
  ['image/sgi', ['\x01\xda\x01', 0]],
  ...['P1', 'P2', 'P3', 'P4', 'P5', 'P6'].map(
    (start): Signature => ['image/x-portable-anymap', [`${start}\n`, 0]],
  ),
  ['image/xpm', ['/* XPM */', 0]],
  ['application/pdf', ['%PDF-', 0]],
  ['application/postscript', ['%!PS', 0]],
  ['image/avif', ['ftypavif', 4]],
  ['image/heic', ['ftypheic', 4]],
  ['image/heic', ['ftypheix', 4]],
  ['image/heif', ['ftypmif1', 4]],
  ['image/svg+xml', ['<svg', 0]],
  ['video/mp4', ['ftypisom', 4]],
  ['video/mp4', ['ftypmp42', 4]],
  ['audio/wav', ['RIFF', 0], ['WAVE', 8]],
  ['audio/mpeg', ['ID3', 0]],
  ['audio/flac', ['fLaC', 0]],
  ['application/ogg', ['OggS', 0]],
  ['application/zip', ['PK\x03\x04', 0]],
  ['application/gzip', ['\x1f\x8b\x08', 0]],
]

/** The longest signature ends here. */
const signatureLength = 16

/**
 * The MIME type that the first bytes give away, or undefined. Targa, Palm and XBM have no such bytes, and an
 * MPO file begins like the JPEG that it is.
 */
export function guessMimeType(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, signatureLength))
  const found = signatures.find(([, ...pieces]) =>
    pieces.every(([text, offset]) => start.startsWith(text, offset)),
  )
  return found?.[0]
}

const mimeTypesByExtension: ReadonlyMap<string, string> = new Map([
  ['csv', 'text/csv'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['md', 'text/markdown'],
  ['mp3', 'audio/mpeg'],
  ['pdf', 'application/pdf'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['txt', 'text/plain'],
  ['wav', 'audio/wav'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['xml', 'application/xml'],
  ['yaml', 'application/yaml'],
  ['yml', 'application/yaml'],
])

/** By the extension, for the kinds that have no telling first bytes, such as text, or share them with others. */
export function mimeTypeOfName(filename: string): string | undefined {
  return mimeTypesByExtension.get(extname(filename).slice(1).toLowerCase())
}
