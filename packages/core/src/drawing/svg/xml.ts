import { coordinate } from './path.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

type Attributes = Readonly<Record<string, string | number | undefined>>

/** A text for the content or an attribute of an element. It has to be printable: XML cannot hold the rest. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] as string)
}

/**
 * An element; its children are XML already, its attributes are not. Attributes that are undefined are left
 * out.
 */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${typeof value === 'number' ? coordinate(value) : xmlText(value as string)}"`,
    )
    .join('')
  return children.length === 0 ? `<${name}${list}/>` : `<${name}${list}>${children.join('')}</${name}>`
}

/** What a viewer shows of the element around it when it is pointed at. */
export function tooltip(text: string): string {
  return element('title', {}, xmlText(text))
}
