/** A GIF of one frame. Its codes are of one width, for they are reset before a wider one would be due. */
export function gifBytes(
  width: number,
  height: number,
  palette: readonly (readonly [number, number, number])[],
  colorAt: (x: number, y: number) => number,
): Buffer {
  const colors = Buffer.alloc(3 * 128)
  for (const [index, color] of palette.entries()) colors.set(color, 3 * index)
  const screen = Buffer.alloc(7)
  screen.writeUInt16LE(width, 0)
  screen.writeUInt16LE(height, 2)
  screen[4] = 0xf6
  const frame = Buffer.alloc(10)
  frame[0] = 0x2c
  frame.writeUInt16LE(width, 5)
  frame.writeUInt16LE(height, 7)
  const pixels = Array.from({ length: width * height }, (_, index) =>
    colorAt(index % width, Math.floor(index / width)),
  )
  const blocks = blocksOf(packed(codesOf(pixels)))
  return Buffer.concat([
    Buffer.from('GIF89a'),
    screen,
    colors,
    frame,
    Buffer.from([7]),
    blocks,
    Buffer.from([0, 0x3b]),
  ])
}

const CLEAR = 128
const END = 129

function codesOf(pixels: readonly number[]): number[] {
  return [...pixels.flatMap((pixel, index) => (index % 100 === 0 ? [CLEAR, pixel] : [pixel])), END]
}

/** Eight bits for each code. */
function packed(codes: readonly number[]): Buffer {
  return Buffer.from(codes)
}

function blocksOf(bytes: Buffer): Buffer {
  const blocks: Buffer[] = []
  for (let start = 0; start < bytes.length; start += 255) {
    const block = bytes.subarray(start, start + 255)
    blocks.push(Buffer.from([block.length]), block)
  }
  return Buffer.concat(blocks)
}
