import { drawCard } from './draw-card.ts'
import type { Layout } from './layout/diagram.ts'
import { arrowHead } from './marks.ts'
import type { Pill, Scene, SceneWire } from './scene.ts'
import { element, type Point, tooltip, xmlText } from './xml.ts'

/** The elements of nodes that wires connect. Wires come first: cards and labels lie over them. */
export function drawGroup({ nodes, wires }: Scene, { corners, routes }: Layout): string[] {
  const routed = wires.flatMap((wire) => {
    const route = routes.get(wire)
    return route ? [{ wire, route }] : []
  })
  const lines = routed.map(({ wire, route }) => drawWire(wire, route.path))
  const drawn = nodes.map((node) => {
    const corner = corners.get(node) as Point
    return node.kind === 'card' ? drawCard(node, corner) : drawPill(node, corner)
  })
  const labels = routed.flatMap(({ wire, route }) => (route.label ? [drawConversion(wire, route.label)] : []))
  return [...lines, ...drawn, ...labels].flatMap((part) => [part, '\n'])
}

/** The line of a connection. What it leads into is drawn over its ends. */
function drawWire({ sender, receiver, back, idle, isPublic, conversion }: SceneWire, d: string): string {
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
    { class: classes.join(' '), 'data-from': sender, 'data-to': receiver, d },
    tooltip(`${sender} → ${receiver}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`),
  )
}

/** The name of the conversion that values go through, on its wire. */
function drawConversion({ conversion = '', label, idle }: SceneWire, { x, y }: Point): string {
  const { width = 0, height = 0 } = label ?? {}
  const corner = { x: x - width / 2, y: y - height / 2 }
  return element(
    'g',
    { class: idle ? 'conversion idle' : 'conversion' },
    element('rect', { class: 'label', ...corner, width, height, rx: height / 2 }),
    element('text', { class: 'note mono middle', x, y: y + 3.5 }, xmlText(conversion)),
  )
}

function drawPill({ name, fullName, isOutput, width, height }: Pill, { x, y }: Point): string {
  return element(
    'g',
    { class: 'public' },
    tooltip(fullName),
    isOutput ? arrowHead({ x: x - 1, y: y + height / 2 }, 'arrow public') : '',
    element('rect', { class: 'pill', x, y, width, height, rx: height / 2 }),
    element('text', { class: 'socket middle', x: x + width / 2, y: y + height / 2 + 4 }, xmlText(name)),
  )
}
