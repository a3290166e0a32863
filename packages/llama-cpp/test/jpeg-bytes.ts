type Color = readonly [red: number, green: number, blue: number]

/** The smallest JPEG there is room for in a test: each point is a block of 8 by 8 pixels in one colour. */
export function jpegBytes(columns: number, rows: number, colorAt: (x: number, y: number) => Color): Buffer {
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    // Steps of 8 for everything: the mean of a block then stands as it is.
    segment(0xdb, [0, ...Array<number>(64).fill(8)]),
    segment(0xc0, [8, ...two(8 * rows), ...two(8 * columns), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0]),
    // Sizes 0 to 8 of means, of four bits each; and the end of a block, of one bit.
    segment(0xc4, [0x00, 0, 0, 0, 9, ...Array<number>(12).fill(0), 0, 1, 2, 3, 4, 5, 6, 7, 8]),
    segment(0xc4, [0x10, 1, ...Array<number>(15).fill(0), 0]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
    scan(columns, rows, colorAt),
    Buffer.from([0xff, 0xd9]),
  ])
}

function two(value: number): number[] {
  return [value >> 8, value & 0xff]
}

function segment(marker: number, content: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...two(content.length + 2), ...content])
}

function scan(columns: number, rows: number, colorAt: (x: number, y: number) => Color): Buffer {
  let bits = ''
  let before = [0, 0, 0]
  for (let index = 0; index < columns * rows; index++) {
    const means = shifted(colorAt(index % columns, Math.floor(index / columns)))
    for (const [channel, mean] of means.entries()) bits += `${coded(mean - (before[channel] ?? 0))}0`
    before = means
  }
  const bytes = bits.match(/.{1,8}/g) ?? []
  return Buffer.from(
    bytes.flatMap((byte) => {
      const value = Number.parseInt(byte.padEnd(8, '1'), 2)
      return value === 0xff ? [value, 0] : [value]
    }),
  )
}

/** Brightness and the two differences of colour, around 0. */
function shifted([red, green, blue]: Color): number[] {
  const bright = 0.299 * red + 0.587 * green + 0.114 * blue
  return [bright - 128, 0.564 * (blue - bright), 0.713 * (red - bright)].map(Math.round)
}

/** The size of a difference, and its bits: those of a negative one are turned over. */
function coded(difference: number): string {
  const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1
  const value = difference < 0 ? difference + 2 ** size - 1 : difference
  return size.toString(2).padStart(4, '0') + (size === 0 ? '' : value.toString(2).padStart(size, '0'))
}
