import { expect, test } from '@jest/globals'
import { guessMimeType, imageMimeTypes, mimeTypeOfName } from '../../src/data/mime-type.ts'

function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

test.each([
  ['image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ['image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['image/gif', 'GIF87a\x01\0'],
  ['image/gif', 'GIF89a\x01\0'],
  ['image/webp', 'RIFF\x24\0\0\0WEBPVP8 '],
  ['audio/wav', 'RIFF\x24\0\0\0WAVEfmt '],
  ['image/bmp', 'BM\x46\0\0\0\0\0\0\0\x36\0\0\0'],
  ['image/tiff', 'II*\0\x08\0\0\0'],
  ['image/tiff', 'MM\0*\0\0\0\x08'],
  ['image/x-portable-anymap', 'P6\n2 2\n255\n'],
  ['image/avif', '\0\0\0\x1cftypavif'],
  ['application/pdf', '%PDF-1.7\n'],
])('%s is known by its first bytes', (mimeType, start) => {
  expect(guessMimeType(latin1(start))).toBe(mimeType)
})

test.each(['', 'B', 'BM is not always a bitmap', 'P1 is not always a bitmap', 'RIFF\0\0\0\0AVI ', 'hello'])(
  '%j gives nothing away',
  (start) => {
    expect(guessMimeType(latin1(start))).toBeUndefined()
  },
)

test('videos and vector graphics are no images here', () => {
  expect(imageMimeTypes.filter((type) => /video|svg|avif|hei[cf]/.test(type))).toEqual([])
})

test('an extension counts in any case, and only as the last part of the name', () => {
  expect(['notes.MD', 'a.tar.json', 'json', 'a.unknown', ''].map(mimeTypeOfName)).toEqual([
    'text/markdown',
    'application/json',
    undefined,
    undefined,
    undefined,
  ])
})
