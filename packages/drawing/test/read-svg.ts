/** An element of an SVG drawing, as far as tests need it. */
export interface SvgElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly SvgElement[]
  /** Its own text, entities resolved. */
  readonly text: string
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}
const TOKEN = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][a-zA-Z-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/y

/** Reads the XML that drawings consist of. Throws at anything that is not well-formed. */
export function readSvg(source: string): SvgElement {
  const root = { name: '', attributes: {}, children: [] as SvgElement[], text: '' }
  const open = [root]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(source)
    const parent = open.at(-1) as typeof root
    if (!match) throw new Error(`Not XML at ${at}: ${source.slice(at, at + 60)}`)
    const [, closing, name = '', attributes = '', single, text] = match
    if (text !== undefined) parent.text += unescaped(text)
    else if (closing) {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>.`)
      open.pop()
    } else {
      const element = { name, attributes: attributesOf(attributes), children: [], text: '' }
      parent.children.push(element)
      if (!single) open.push(element)
    }
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('There is not one closed root.')
  return root.children[0] as SvgElement
}

function attributesOf(source: string): Record<string, string> {
  const found = [...source.matchAll(/([a-zA-Z][a-zA-Z-]*)="([^"]*)"/g)]
  return Object.fromEntries(found.map(([, name, value]) => [name, unescaped(value as string)]))
}

function unescaped(text: string): string {
  if (/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(text.replaceAll('\n', ''))) throw new Error('XML cannot hold this.')
  return text.replace(/&[^;]*;?/g, (entity) => {
    const character = ENTITIES[entity]
    if (character === undefined) throw new Error(`${entity} is not escaped.`)
    return character
  })
}

/** All elements with this class, and where their group is. */
export function withClass(
  root: SvgElement,
  name: string,
): (SvgElement & { readonly dx: number; readonly dy: number })[] {
  const found: (SvgElement & { readonly dx: number; readonly dy: number })[] = []
  const visit = (element: SvgElement, dx: number, dy: number) => {
    const [x, y] = /^translate\((\S+) (\S+)\)$/.exec(element.attributes['transform'] ?? '')?.slice(1) ?? [
      0, 0,
    ]
    const here = { dx: dx + Number(x), dy: dy + Number(y) }
    if (element.attributes['class']?.split(' ').includes(name)) found.push({ ...element, ...here })
    for (const child of element.children) visit(child, here.dx, here.dy)
  }
  visit(root, 0, 0)
  return found
}

export function numberOf(element: SvgElement, attribute: string): number {
  return Number(element.attributes[attribute])
}

/** All text that is drawn, without tooltips. */
export function textsOf(element: SvgElement): string[] {
  const own = element.name === 'text' ? [element.text] : []
  return [...own, ...element.children.flatMap(textsOf)]
}

interface Point {
  readonly x: number
  readonly y: number
}

type Placed = ReturnType<typeof withClass>[number]

/** Where each socket's dot is, by `component.socket` and side. */
export function dotsOf(root: SvgElement): Map<string, Point> {
  const dots = new Map<string, Point>()
  for (const component of withClass(root, 'component')) {
    for (const side of ['input', 'output']) {
      for (const port of withClass(component, side)) {
        const front = withClass(port, 'dot').at(-1) as Placed
        dots.set(`${side} ${component.attributes['data-component']}.${port.attributes['data-socket']}`, {
          x: component.dx + middleOf(front).x,
          y: component.dy + middleOf(front).y,
        })
      }
    }
  }
  return dots
}

/** Of a circle, or of a diamond that starts at its left corner. */
function middleOf(dot: SvgElement): Point {
  if (dot.name === 'circle') return { x: numberOf(dot, 'cx'), y: numberOf(dot, 'cy') }
  const [left, y, x] = (dot.attributes['d'] ?? '')
    .split(/[^\d.-]+/)
    .slice(1)
    .map(Number) as [number, number, number]
  if (left >= x) throw new Error('The diamond does not start at its left corner.')
  return { x, y }
}

/** Points along a path, close enough to each other to meet any card on the way. */
export function pointsOf({ attributes, dx, dy }: Placed): Point[] {
  const points: Point[] = []
  for (const [, letter, list = ''] of (attributes['d'] ?? '').matchAll(/([MHLCQ])([^MHLCQ]*)/g)) {
    const numbers = list.trim().split(/\s+/).map(Number)
    const from = points.at(-1) as Point
    const pairs = letter === 'H' ? [{ x: numbers[0] as number, y: from.y }] : pairsOf(numbers)
    for (let step = 1; step <= 20; step++)
      points.push(letter === 'M' ? (pairs[0] as Point) : along([from, ...pairs], step / 20))
  }
  return points.map(({ x, y }) => ({ x: x + dx, y: y + dy }))
}

function pairsOf(numbers: readonly number[]): Point[] {
  return numbers.flatMap((x, index) => (index % 2 === 0 ? [{ x, y: numbers[index + 1] as number }] : []))
}

/** A point of the Bézier curve with these control points. */
function along(points: readonly Point[], part: number): Point {
  if (points.length === 1) return points[0] as Point
  const between = points.slice(1).map((to, index) => {
    const from = points[index] as Point
    return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
  })
  return along(between, part)
}

/** The first and the last point of a path. */
export function endsOf(wire: Placed): { start: Point; end: Point } {
  const points = pointsOf(wire)
  return { start: points[0] as Point, end: points.at(-1) as Point }
}

export function boundsOf(rectangle: Placed) {
  const left = numberOf(rectangle, 'x') + rectangle.dx
  const top = numberOf(rectangle, 'y') + rectangle.dy
  return {
    left,
    top,
    right: left + numberOf(rectangle, 'width'),
    bottom: top + numberOf(rectangle, 'height'),
  }
}

type Bounds = ReturnType<typeof boundsOf>

export function inside({ left, top, right, bottom }: Bounds): Bounds {
  return { left: left + 1, top: top + 1, right: right - 1, bottom: bottom - 1 }
}

export function overlap(one: Bounds, other: Bounds): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
