import { decode } from '@cwasm/webp'

/** More pixels than this are no picture for a model: four bytes each, they would take a gigabyte to decode. */
const MOST_PIXELS = 64 * 1024 * 1024

/**
 * A WebP image as a bitmap, which llama.cpp reads. Transparency is dropped, as llama.cpp does with other images.
 *
 * @throws RangeError for an image that is too large, or whose size cannot be read; what the decoder throws
 */
export function webpAsBitmap(webp: Buffer): Buffer {
  const size = webpSize(webp)
  if (!size || size.width * size.height > MOST_PIXELS)
    throw new RangeError('its size is unknown or too large')
  return bitmap(decode(webp))
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
