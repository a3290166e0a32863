import { describe, expect, test } from '@jest/globals'
import { webpAsBitmap, webpSize } from '../../../src/engines/llama-node/webp-image.ts'
import { losslessWebp, lossyWebp } from './webp-bytes.ts'

const bytes = (base64: string) => Buffer.from(base64, 'base64')

/** The beginning of a file that says no more than its size. */
function extended(width: number, height: number): Buffer {
  const file = Buffer.alloc(30)
  file.write('RIFF....WEBPVP8X', 'latin1')
  file.writeUIntLE(width - 1, 24, 3)
  file.writeUIntLE(height - 1, 27, 3)
  return file
}

const chunk = (name: string, content: Buffer) => {
  const head = Buffer.from(`${name}....`, 'latin1')
  head.writeUInt32LE(content.length, 4)
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)])
}

/** An animation of pictures of one size, each the chunk of an image of its own. */
function animated(...pictures: readonly Buffer[]): Buffer {
  const [{ width, height } = { width: 0, height: 0 }] = pictures.map(webpSize)
  const size = Buffer.alloc(6)
  size.writeUIntLE(width - 1, 0, 3)
  size.writeUIntLE(height - 1, 3, 3)
  const frames = pictures.map((picture) =>
    chunk('ANMF', Buffer.concat([Buffer.alloc(6), size, Buffer.alloc(4), picture.subarray(12)])),
  )
  const animation = [
    chunk('VP8X', Buffer.concat([Buffer.from([2, 0, 0, 0]), size])),
    chunk('ANIM', Buffer.alloc(6)),
  ]
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...animation, ...frames]))
}

describe('webpSize', () => {
  test('reads the size in each form of the format', () => {
    expect(webpSize(bytes(losslessWebp))).toEqual({ width: 200, height: 200 })
    expect(webpSize(bytes(lossyWebp))).toEqual({ width: 200, height: 200 })
    expect(webpSize(extended(16_384, 3))).toEqual({ width: 16_384, height: 3 })
  })

  test('is undefined for what is cut off or of no known form', () => {
    expect(webpSize(bytes(losslessWebp).subarray(0, 20))).toBeUndefined()
    expect(webpSize(Buffer.alloc(64))).toBeUndefined()
  })
})

describe('webpAsBitmap', () => {
  test('has the pixels in rows of four bytes, from the bottom up', () => {
    const bitmap = webpAsBitmap(bytes(losslessWebp))
    expect(bitmap.toString('latin1', 0, 2)).toBe('BM')
    expect(bitmap.length).toBe(54 + 200 * 600)
    expect([bitmap.readInt32LE(18), bitmap.readInt32LE(22), bitmap.readUInt16LE(28)]).toEqual([200, 200, 24])
    const pixel = (x: number, y: number) => [...bitmap.subarray(54 + (199 - y) * 600 + x * 3).subarray(0, 3)]
    const [blue = 0, green = 0, red = 0] = pixel(100, 100)
    expect(red).toBeGreaterThan(blue + green)
    expect(Math.min(...pixel(1, 1))).toBeGreaterThan(200)
  })

  test('has the first picture of an animation', () => {
    expect(webpAsBitmap(animated(bytes(losslessWebp), bytes(lossyWebp)))).toEqual(
      webpAsBitmap(bytes(losslessWebp)),
    )
    const cutOff = animated(bytes(losslessWebp), bytes(lossyWebp)).subarray(0, 300)
    expect(() => webpAsBitmap(cutOff)).toThrow('Failed to decode WebP image')
  })

  test('refuses an image that would take all memory, before it is decoded', () => {
    expect(() => webpAsBitmap(extended(16_384, 16_384))).toThrow(
      new RangeError('its size is unknown or too large'),
    )
  })

  test('refuses a damaged image', () => {
    const damaged = bytes(losslessWebp).subarray(0, 200)
    expect(() => webpAsBitmap(damaged)).toThrow('Failed to decode WebP image')
  })
})
