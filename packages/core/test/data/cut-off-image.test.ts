import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { isCutOff } from '../../src/data/cut-off-image.ts'
import { ImageContent } from '../../src/data/image-content.ts'
import { rejected } from '../component/thrown.ts'

const jpeg = readFileSync(join(import.meta.dirname, '../../../pocket-model/images/green-triangle.jpg'))
/** Two pictures of four pixels with a palette each, a comment, and a piece of data with a trailer's byte in it. */
const picture = [0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0x80, 1, 2, 3, 4, 5, 6, 2, 3, 0x3b, 0x44, 0x51, 0]
const gif = Buffer.from([
  ...Buffer.from('GIF89a'),
  ...[2, 0, 2, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255],
  ...[0x21, 0xfe, 2, 0x3b, 0x3b, 0],
  ...picture,
  ...picture,
  0x3b,
])

describe.each([
  ['image/jpeg', jpeg],
  ['image/gif', gif],
])('%s', (mimeType, whole) => {
  test('is whole, also with something behind its end', () => {
    expect(isCutOff(whole, mimeType)).toBe(false)
    expect(isCutOff(Buffer.concat([whole, Buffer.from('trailer')]), mimeType)).toBe(false)
  })

  test('is cut off wherever it was cut', () => {
    for (let length = 1; length < whole.length; length += 1)
      expect([length, isCutOff(whole.subarray(0, length), mimeType)]).toEqual([length, true])
  })

  test('that is cut off is refused as an image, also where its MIME type is given', async () => {
    const cut = whole.subarray(0, Math.floor(whole.length * 0.6))
    const message = `DATA_INVALID_MEDIA: The image is cut off: it begins as '${mimeType}' and ends before its picture does. Copy or download it again.`
    expect(await rejected(async () => ImageContent.fromBytes(cut))).toBe(message)
    expect(
      await rejected(async () => ImageContent.create({ base64: cut.toString('base64'), mimeType })),
    ).toBe(message)
    expect(ImageContent.fromBytes(whole).mimeType).toBe(mimeType)
  })
})

test('a JPEG with a smaller one in its metadata ends where it ends itself', () => {
  const length = Buffer.from([0, 0])
  length.writeUInt16BE(2 + jpeg.length)
  const withThumbnail = Buffer.concat([
    jpeg.subarray(0, 2),
    Buffer.from([0xff, 0xe1]),
    length,
    jpeg,
    jpeg.subarray(2),
  ])
  expect(isCutOff(withThumbnail, 'image/jpeg')).toBe(false)
  expect(isCutOff(withThumbnail.subarray(0, jpeg.length + 200), 'image/jpeg')).toBe(true)
})
