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
