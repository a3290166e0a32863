import { ConnectError } from '../../errors.ts'
import type { Picture } from '../picture.ts'
import type { Layout, Point } from './diagram.ts'
import { drawCard } from './draw-card.ts'
import { drawConversion, drawPill, drawWire } from './draw-wire.ts'
import { type Group, groupsOf } from './groups.ts'
import { layOut } from './lay-out.ts'
import { drawLegend } from './legend.ts'
import { packShelves } from './pack.ts'
import { coordinate } from './path.ts'
import { makeScene, type Scene, type SceneWire } from './scene.ts'
import { styleSheet } from './style.ts'
import { element, xmlText } from './xml.ts'

const MOST_COMPONENTS = 300
const MARGIN = 28
const GAP = 44

/**
 * An SVG picture without scripts and without anything from elsewhere.
 *
 * @throws ConnectError `PIPELINE_INVALID_OPTION` for a pipeline that is too large to look at
 */
export function drawSvg(picture: Picture): string {
  refuseLarge(picture)
  const scene = makeScene(picture)
  const groups = groupsOf(scene)
  const layouts = groups.map((group) => layOut(group.diagram))
  const packed = packShelves(layouts, GAP)
  const legend = drawLegend(
    picture,
    { x: MARGIN, y: MARGIN + packed.height + GAP },
    Math.max(packed.width, 420),
  )
  const width = Math.ceil(Math.max(packed.width, legend.width) + 2 * MARGIN)
  const height = Math.ceil(packed.height + (legend.height > 0 ? GAP + legend.height : 0) + 2 * MARGIN - 8)
  const parts = groups.map((group, index) => {
    const { x, y } = packed.corners[index] as Point
    const move = `translate(${coordinate(MARGIN + x)} ${coordinate(MARGIN + y)})`
    return element(
      'g',
      { class: 'group', transform: move },
      '\n',
      ...drawGroup(picture, scene, group, layouts[index] as Layout),
    )
  })
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'millrace',
      role: 'img',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    },
    '\n',
    element('title', {}, xmlText(titleOf(picture))),
    '\n',
    element('desc', {}, xmlText(descriptionOf(scene))),
    '\n',
    element('style', {}, styleSheet()),
    '\n',
    element('rect', { class: 'page', width, height }),
    '\n',
    ...parts.flatMap((part) => [part, '\n']),
    legend.svg,
    '\n',
  )}\n`
}

/** Wires first: cards and labels lie over them. */
function drawGroup(picture: Picture, { cards, pills, wires }: Scene, group: Group, layout: Layout): string[] {
  const wireAt = (index: number) => wires[group.wires[index] as number] as SceneWire
  const loops = new Set(picture.wires.filter((wire) => wire.back).map((wire) => wire.index))
  const lines = layout.wires.map(({ path }, index) => drawWire(wireAt(index), path))
  const nodes = layout.nodes.map((corner, index) => {
    const node = group.nodes[index] as number
    const card = cards[node]
    return card
      ? drawCard(card, corner, publicPorts(picture, node), loops)
      : drawPill(pills[node - cards.length] as Scene['pills'][number], corner)
  })
  const labels = layout.wires.flatMap(({ label }, index) =>
    label ? [drawConversion(wireAt(index), label)] : [],
  )
  return [...lines, ...nodes, ...labels].flatMap((part) => [part, '\n'])
}

function publicPorts({ entrances, exits }: Picture, box: number) {
  const inputs = entrances.flatMap(({ to }) => to).filter((place) => place.box === box)
  const outputs = exits.map(({ from }) => from).filter((place) => place.box === box)
  return {
    inputs: new Set(inputs.map((place) => place.port)),
    outputs: new Set(outputs.map((place) => place.port)),
  }
}

function refuseLarge({ boxes }: Picture): void {
  if (boxes.length <= MOST_COMPONENTS) return
  throw new ConnectError(
    'PIPELINE_INVALID_OPTION',
    `A pipeline with ${boxes.length} components is too large for an SVG, which holds ${MOST_COMPONENTS}. Draw it with the format 'mermaid' or 'text'.`,
  )
}

function titleOf({ boxes, wires }: Picture): string {
  return `Pipeline with ${boxes.length} components and ${wires.length} connections`
}

/** What is to be seen, in words: for those who hear the picture. */
function descriptionOf({ cards, wires }: Scene): string {
  const components = cards.map(({ box }) => `${box.name} (${box.type})`).join(', ')
  const connections = wires.map((wire) => `${wire.sender} to ${wire.receiver}`).join(', ')
  return `Components: ${components || 'none'}. Connections: ${connections || 'none'}.`
}
