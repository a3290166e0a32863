const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

type Attributes = Readonly<Record<string, string | number | undefined>>

/** A text for the content or an attribute of an element, without control characters: XML cannot hold those. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

/** An element; its children are XML already, its attributes are not. Attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : xmlText(value ?? '')}"`,
    )
    .join('')
  return children.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${children.join('')}</${name}>`
}

/** What a viewer shows while the pointer is on the element around it. */
export function tooltip(text: string): string {
  return element('title', {}, xmlText(text))
}

/** A number for an attribute: at most one decimal, and never `-0`. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10 + 0)
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A point in the `d` of a path. */
export function pair({ x, y }: Point): string {
  return `${coordinate(x)} ${coordinate(y)}`
}
