import type { Point } from './diagram.ts'
import { arrowHead } from './port-mark.ts'
import type { Pill, SceneWire } from './scene.ts'
import { element, tooltip, xmlText } from './xml.ts'

/** The line of a connection. What it leads into is drawn over its ends. */
export function drawWire(wire: SceneWire, path: string): string {
  const { sender, receiver, back, idle, isPublic, conversion } = wire
  const classes = [
    'wire',
    ...(back ? ['loop'] : []),
    ...(idle ? ['idle'] : []),
    ...(isPublic ? ['public'] : []),
  ]
  const notes = [
    ...(conversion === undefined ? [] : [conversion]),
    ...(back ? ['loop'] : []),
    ...(idle ? ['nothing sent'] : []),
  ]
  return element(
    'path',
    { class: classes.join(' '), 'data-from': sender, 'data-to': receiver, d: path },
    tooltip(`${sender} → ${receiver}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`),
  )
}

/** The name of the conversion that values go through on their way. */
export function drawConversion({ conversion = '', label, idle }: SceneWire, { x, y }: Point): string {
  const { width, height } = label as NonNullable<SceneWire['label']>
  const corner = { x: x - width / 2, y: y - height / 2 }
  return element(
    'g',
    { class: idle ? 'conversion idle' : 'conversion' },
    element('rect', { class: 'label', ...corner, width, height, rx: height / 2 }),
    element('text', { class: 'note mono middle', x, y: y + 3.5 }, xmlText(conversion)),
  )
}

export function drawPill({ name, fullName, width, height, inputs }: Pill, { x, y }: Point): string {
  return element(
    'g',
    { class: 'public' },
    tooltip(fullName),
    inputs.length > 0 ? arrowHead({ x: x - 1, y: y + height / 2 }, 'arrow public') : '',
    element('rect', { class: 'pill', x, y, width, height, rx: height / 2 }),
    element('text', { class: 'socket middle', x: x + width / 2, y: y + height / 2 + 4 }, xmlText(name)),
  )
}
