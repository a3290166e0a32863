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
