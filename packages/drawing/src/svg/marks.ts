import { coordinate, element, type Point, pair } from './xml.ts'

const RADIUS = 4.5
/** How far one mark stands behind another. */
const STACK = 5
const ARROW = 7

export interface MarkOptions {
  /** Filled, because a component cannot run without it. */
  readonly filled: boolean
  /** `several`: one dot behind another; `first`: a diamond before another. */
  readonly takes: 'one' | 'several' | 'first'
}

/** The dot of a port, on the edge of its card. */
export function portMark(at: Point, { filled, takes }: MarkOptions): string {
  const draw = takes === 'first' ? diamond : circle
  const shade = filled ? 'dot' : 'dot hollow'
  if (takes === 'one') return draw(at, shade)
  return draw({ x: at.x - STACK, y: at.y }, shade) + draw(at, filled ? `${shade} front` : shade)
}

/** How far left of its port a mark reaches. */
export function markReach({ takes }: MarkOptions): number {
  return RADIUS + (takes === 'one' ? 0 : STACK) + 1
}

/** A head that points right, with its tip at `tip`. */
export function arrowHead(tip: Point, className: string): string {
  const { x, y } = tip
  const [back, top, bottom] = [x - ARROW, y - ARROW / 2, y + ARROW / 2].map(coordinate)
  return element('path', { class: className, d: `M${pair(tip)}L${back} ${top}V${bottom}Z` })
}

/** A short arrow from or to what is outside of the pipeline. */
export function stub(from: Point, length: number): string {
  const end = { x: from.x + length, y: from.y }
  const d = `M${pair(from)}H${coordinate(end.x - ARROW + 1)}`
  return element('path', { class: 'stub', d, 'stroke-width': '1.5' }) + arrowHead(end, 'arrow')
}

function circle({ x, y }: Point, shade: string): string {
  return element('circle', { class: shade, cx: x, cy: y, r: RADIUS, 'stroke-width': '1.5' })
}

function diamond({ x, y }: Point, shade: string): string {
  const r = RADIUS + 1
  const corners = [
    { x: x - r, y },
    { x, y: y - r },
    { x: x + r, y },
    { x, y: y + r },
  ]
  return element('path', { class: shade, d: `M${corners.map(pair).join('L')}Z`, 'stroke-width': '1.5' })
}
