import type { Point } from './diagram.ts'

interface Size {
  readonly width: number
  readonly height: number
}

/** How much wider than high the whole is to be. */
const PROPORTION = 1.8

/** Places rectangles on shelves, in their order, within about the proportions of a screen. */
export function packShelves(sizes: readonly Size[], gap: number): { readonly corners: Point[] } & Size {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + gap) * (height + gap), 0)
  const limit = Math.max(Math.sqrt(area * PROPORTION), ...sizes.map(({ width }) => width))
  const corners: Point[] = []
  let [x, y, shelf, widest] = [0, 0, 0, 0]
  for (const { width, height } of sizes) {
    if (x > 0 && x + width > limit) {
      x = 0
      y += shelf + gap
      shelf = 0
    }
    corners.push({ x, y })
    widest = Math.max(widest, x + width)
    x += width + gap
    shelf = Math.max(shelf, height)
  }
  return { corners, width: widest, height: y + shelf }
}
