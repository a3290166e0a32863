import type { Point } from './diagram.ts'

/** A number for an attribute: at most one decimal, and never `-0`. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10 + 0)
}

/**
 * The `d` of a path that leads level from stretch to stretch, and in a curve between two of different
 * height.
 */
export function smoothPath(
  stretches: readonly { readonly y: number; readonly from: number; readonly to: number }[],
): string {
  let path = ''
  let x = 0
  let y = 0
  for (const stretch of stretches) {
    if (path === '') path = `M${coordinate(stretch.from)} ${coordinate(stretch.y)}`
    else if (stretch.from > x) {
      const bend = (stretch.from - x) / 2
      path +=
        stretch.y === y
          ? `H${coordinate(stretch.from)}`
          : `C${[
              { x: x + bend, y },
              { x: stretch.from - bend, y: stretch.y },
              { x: stretch.from, y: stretch.y },
            ]
              .map(pair)
              .join(' ')}`
    }
    if (stretch.to > stretch.from) path += `H${coordinate(stretch.to)}`
    x = stretch.to
    y = stretch.y
  }
  return path
}

/** The `d` of a path along points, all of whose pieces are level or upright, with round corners. */
export function roundedPath(points: readonly Point[], radius: number): string {
  const [start, ...rest] = points as readonly [Point, ...Point[]]
  let path = `M${pair(start)}`
  let before = start
  rest.forEach((corner, index) => {
    const after = rest[index + 1]
    if (after) {
      const turn = Math.min(radius, length(before, corner) / 2, length(corner, after) / 2)
      path += `L${pair(towards(corner, before, turn))}Q${pair(corner)} ${pair(towards(corner, after, turn))}`
    } else path += `L${pair(corner)}`
    before = corner
  })
  return path
}

/** A point in the `d` of a path. */
export function pair({ x, y }: Point): string {
  return `${coordinate(x)} ${coordinate(y)}`
}

function length(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y)
}

function towards(from: Point, to: Point, distance: number): Point {
  return {
    x: from.x + Math.sign(to.x - from.x) * distance,
    y: from.y + Math.sign(to.y - from.y) * distance,
  }
}
