import { OptionError } from '@millrace/core'
import { countOf } from '@millrace/core/component'
import type { Picture } from '../picture.ts'
import { drawGroup } from './draw-group.ts'
import { groupsOf, packShelves } from './layout/diagram.ts'
import { layOut } from './layout/lay-out.ts'
import { drawLegend } from './legend.ts'
import { makeScene, type Scene } from './scene.ts'
import { styleSheet } from './style.ts'
import { element, pair, xmlText } from './xml.ts'

const MARGIN = 28
const GAP = 44
const NARROWEST_LEGEND = 420
const EMPTY = { width: 164, height: 24 }
const MOST_COMPONENTS = 200
const MOST_SOCKETS = 2000
const MOST_WIRES = 500
const MOST_NAMES = 400
const MOST_STEPS = 500

/**
 * An SVG picture without scripts and without anything from elsewhere.
 *
 * @throws OptionError `PIPELINE_INVALID_OPTION` for a pipeline that is too large to look at
 */
export function drawSvg(picture: Picture): string {
  refuseLarge(picture)
  const scene = makeScene(picture)
  if (scene.nodes.length === 0) return drawDocument(picture, scene, [drawNothing()], EMPTY)
  const groups = groupsOf(scene).map((group) => ({ group, layout: layOut(group) }))
  const packed = packShelves(
    groups.map(({ layout }) => layout),
    GAP,
  )
  const parts = groups.map(({ group, layout }, index) => {
    const { x = 0, y = 0 } = packed.corners[index] ?? {}
    const transform = `translate(${pair({ x: MARGIN + x, y: MARGIN + y })})`
    return element('g', { class: 'group', transform }, '\n', ...drawGroup(group, layout))
  })
  const below = { x: MARGIN, y: MARGIN + packed.height + GAP }
  const legend = drawLegend(picture, below, Math.max(packed.width, NARROWEST_LEGEND))
  return drawDocument(picture, scene, [...parts, legend.svg], {
    width: Math.max(packed.width, legend.width),
    height: packed.height + GAP + legend.height - MARGIN / 2,
  })
}

/** The time for a layout grows with each of these, and with the columns that each wire passes; at the limits it is half a second. */
function refuseLarge({ boxes, wires, inputs, outputs }: Picture): void {
  const steps = wires.reduce((sum, { from, to, back }) => sum + (back ? 1 : to.box.layer - from.box.layer), 0)
  const sockets = boxes.reduce((sum, box) => sum + box.inputs.length + box.outputs.length, 0)
  const names = inputs.reduce((sum, { to }) => sum + to.length, 0) + outputs.length
  const excess =
    large(boxes.length, 'components', MOST_COMPONENTS) ??
    large(sockets, 'inputs and outputs', MOST_SOCKETS) ??
    large(wires.length, 'connections', MOST_WIRES) ??
    large(names, 'names of inputs and outputs', MOST_NAMES) ??
    (steps > MOST_STEPS
      ? `The ${wires.length} connections of the pipeline pass ${steps} steps in all, too many for an SVG, which holds ${MOST_STEPS}.`
      : undefined)
  if (excess === undefined) return
  throw new OptionError('PIPELINE_INVALID_OPTION', `${excess} Draw it with the format 'mermaid' or 'text'.`)
}

function large(count: number, what: string, most: number): string | undefined {
  if (count <= most) return undefined
  return `A pipeline with ${count} ${what} is too large for an SVG, which holds ${most}.`
}

function drawDocument(
  { boxes, wires }: Picture,
  scene: Scene,
  parts: readonly string[],
  inner: { readonly width: number; readonly height: number },
): string {
  const width = Math.ceil(inner.width + 2 * MARGIN)
  const height = Math.ceil(inner.height + 2 * MARGIN)
  const title = `Pipeline with ${countOf(boxes.length, 'component')} and ${countOf(wires.length, 'connection')}`
  // For those who hear the picture.
  const components = boxes.map(({ name, type }) => `${name} (${type})`).join(', ')
  const connections = scene.wires.map(({ sender, receiver }) => `${sender} to ${receiver}`).join(', ')
  const description = `Components: ${components || 'none'}. Connections: ${connections || 'none'}.`
  const lines = [
    element('title', {}, xmlText(title)),
    element('desc', {}, xmlText(description)),
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
    viewBox: `0 0 ${width} ${height}`,
  }
  return `${element('svg', attributes, '\n', ...lines.flatMap((line) => [line, '\n']))}\n`
}

function drawNothing(): string {
  return element('text', { class: 'note', x: MARGIN, y: MARGIN + 14 }, 'A pipeline without components.')
}
