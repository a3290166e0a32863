import { countOf } from '../count-of.ts'
import type { Picture } from '../picture.ts'
import type { Layout, Point } from './diagram.ts'
import { drawGroup } from './draw-group.ts'
import { groupsOf } from './groups.ts'
import { layOut } from './lay-out.ts'
import { drawLegend } from './legend.ts'
import { packShelves } from './pack.ts'
import { coordinate } from './path.ts'
import { refuseLarge } from './refuse-large.ts'
import { makeScene, type Scene } from './scene.ts'
import { styleSheet } from './style.ts'
import { element, xmlText } from './xml.ts'

const MARGIN = 28
const GAP = 44
const NARROWEST_LEGEND = 420
const EMPTY = { width: 164, height: 24 }

/**
 * An SVG picture without scripts and without anything from elsewhere.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a pipeline that is too large to look at
 */
export function drawSvg(picture: Picture): string {
  refuseLarge(picture)
  const scene = makeScene(picture)
  const groups = groupsOf(scene)
  if (groups.length === 0) return drawDocument(scene, [drawNothing()], EMPTY)
  const layouts = groups.map((group) => layOut(group.diagram))
  const packed = packShelves(layouts, GAP)
  const parts = groups.map((group, index) => {
    const { x, y } = packed.corners[index] as Point
    const transform = `translate(${coordinate(MARGIN + x)} ${coordinate(MARGIN + y)})`
    const elements = drawGroup(picture, scene, group, layouts[index] as Layout)
    return element('g', { class: 'group', transform }, '\n', ...elements)
  })
  const below = { x: MARGIN, y: MARGIN + packed.height + GAP }
  const legend = drawLegend(picture, below, Math.max(packed.width, NARROWEST_LEGEND))
  return drawDocument(scene, [...parts, legend.svg], {
    width: Math.max(packed.width, legend.width),
    height: packed.height + GAP + legend.height - MARGIN / 2,
  })
}

function drawDocument(
  scene: Scene,
  parts: readonly string[],
  inner: { readonly width: number; readonly height: number },
): string {
  const width = Math.ceil(inner.width + 2 * MARGIN)
  const height = Math.ceil(inner.height + 2 * MARGIN)
  const viewBox = `0 0 ${width} ${height}`
  const lines = [
    element('title', {}, xmlText(titleOf(scene))),
    element('desc', {}, xmlText(descriptionOf(scene))),
    element('style', {}, styleSheet()),
    element('rect', { class: 'page', width, height }),
    ...parts,
  ]
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'millrace',
    role: 'img',
    width,
    height,
    viewBox,
  }
  return `${element('svg', attributes, '\n', ...lines.flatMap((line) => [line, '\n']))}\n`
}

function drawNothing(): string {
  return element('text', { class: 'note', x: MARGIN, y: MARGIN + 14 }, 'A pipeline without components.')
}

function titleOf({ cards, wires }: Scene): string {
  const connections = wires.filter((wire) => !wire.isPublic)
  return `Pipeline with ${countOf(cards.length, 'component')} and ${countOf(connections.length, 'connection')}`
}

/** What is to be seen, in words: for those who hear the picture. */
function descriptionOf({ cards, wires }: Scene): string {
  const components = cards.map(({ box }) => `${box.name} (${box.type})`).join(', ')
  const connections = wires.map((wire) => `${wire.sender} to ${wire.receiver}`).join(', ')
  return `Components: ${components || 'none'}. Connections: ${connections || 'none'}.`
}
