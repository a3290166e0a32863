import { decode } from '@cwasm/webp'

/** More pixels than this are no picture for a model: four bytes each, they would take a gigabyte to decode. */
const MOST_PIXELS = 64 * 1024 * 1024

/**
 * A WebP image as a bitmap, which llama.cpp reads; of an animation its first picture. Transparency is dropped, as llama.cpp does with other images.
 *
 * @throws RangeError for an image that is too large, or whose size cannot be read; what the decoder throws
 */
export function webpAsBitmap(webp: Buffer): Buffer {
  const picture = firstPicture(webp)
  const size = webpSize(picture)
  if (!size || size.width * size.height > MOST_PIXELS)
    throw new RangeError('its size is unknown or too large')
  return bitmap(decode(picture))
}

const ANIMATED = 2
const WITH_ALPHA = 16
const FRAME_HEADER_BYTES = 16

/** An image of its own with the first frame of an animation, which the decoder does not take; other images as they are. */
function firstPicture(webp: Buffer): Buffer {
  if (webp.toString('latin1', 12, 16) !== 'VP8X' || ((webp[20] ?? 0) & ANIMATED) === 0) return webp
  for (let at = 30; at + 8 + FRAME_HEADER_BYTES <= webp.length; ) {
    const length = webp.readUInt32LE(at + 4)
    const frame = webp.subarray(at + 8, at + 8 + length)
    if (webp.toString('latin1', at, at + 4) === 'ANMF') {
      const head = Buffer.from(`RIFF....WEBPVP8X\x0a\0\0\0${String.fromCharCode(WITH_ALPHA)}\0\0\0`, 'latin1')
      // Its width and height stand behind its place, and are written alike.
      const picture = Buffer.concat([head, frame.subarray(6, 12), frame.subarray(FRAME_HEADER_BYTES)])
      picture.writeUInt32LE(picture.length - 8, 4)
      return picture
    }
    at += 8 + length + (length % 2)
  }
  return webp
}

interface Pixels {
  readonly width: number
  readonly height: number
  /** Red, green, blue and opacity of each, from the upper left. */
  readonly data: ArrayLike<number>
}

/** The size that the file says it has, in each of its three forms. */
export function webpSize(webp: Buffer): { readonly width: number; readonly height: number } | undefined {
  if (webp.length < 30) return undefined
  switch (webp.toString('latin1', 12, 16)) {
    case 'VP8 ':
      return { width: webp.readUInt16LE(26) & 0x3fff, height: webp.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      const bits = webp.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: webp.readUIntLE(24, 3) + 1, height: webp.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}

const HEADER_BYTES = 54

/** 24 bits a pixel, rows from the bottom up, each filled up to four bytes. */
function bitmap({ width, height, data }: Pixels): Buffer {
  const rowBytes = Math.ceil((width * 3) / 4) * 4
  const bytes = Buffer.alloc(HEADER_BYTES + rowBytes * height)
  bytes.write('BM', 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(HEADER_BYTES, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(24, 28)
  for (let y = 0; y < height; y++) {
    let at = HEADER_BYTES + rowBytes * (height - 1 - y)
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4
      bytes[at++] = data[from + 2] ?? 0
      bytes[at++] = data[from + 1] ?? 0
      bytes[at++] = data[from] ?? 0
    }
  }
  return bytes
}
