import { cellWidth, charactersOf, shortenEnd, shortenMiddle } from '@millrace/core/component'
import { type Box, type InputPort, type OutputPort, type Picture, wholeType } from '../picture.ts'
import { runSummary } from '../run-overlay.ts'
import type { Diagram, DiagramNode, DiagramWire } from './layout/diagram.ts'

/** Font sizes, in pixels. */
export const sizes = { name: 13.5, type: 11, socket: 12, detail: 10.5, footer: 10.5 } as const

/** The measures of a component's card, in pixels. */
export const measures = { header: 46, row: 34, padding: 14, footer: 28, failure: 16, inset: 6 } as const

const NARROWEST = 132
const WIDEST_HEADER = 250
const WIDEST_NAME = 150
const WIDEST_DETAIL = 180
const WIDEST_PILL = 200
const BETWEEN = 26
const PILL_HEIGHT = 26
const LABEL_HEIGHT = 16

/** One socket: its name, and below it its type. */
export interface Row<Port = InputPort | OutputPort> {
  readonly port: Port
  readonly name: string
  readonly detail: string
  /** Measured from the top of the card. */
  readonly y: number
}

/** A component with its texts cut to size. */
export interface Card extends DiagramNode {
  readonly kind: 'card'
  readonly box: Box
  readonly name: string
  readonly type: string
  readonly inputs: readonly Row<InputPort>[]
  readonly outputs: readonly Row<OutputPort>[]
  /** What a run did with it; a second line when it failed. Empty when no trace is drawn. */
  readonly footer: readonly string[]
  /** Where the footer starts. */
  readonly bodyEnd: number
}

/** A name that the pipeline gives to inputs, or to an output. */
export interface Pill extends DiagramNode {
  readonly kind: 'pill'
  readonly name: string
  readonly fullName: string
  /** An arrow leads into it. */
  readonly isOutput: boolean
}

export interface SceneWire extends DiagramWire {
  readonly conversion: string | undefined
  readonly idle: boolean
  /** It leads from or to a name of the pipeline. */
  readonly isPublic: boolean
  /** The paths of its two ends, such as `llm.replies`. */
  readonly sender: string
  readonly receiver: string
}

/** Everything to place: cards first, then pills. */
export type Scene = Diagram<Card | Pill, SceneWire>

export function makeScene({ boxes, wires, inputs, outputs }: Picture): Scene {
  const cards = boxes.map(makeCard)
  const ends = new Map(
    cards.flatMap((node) =>
      [...node.inputs, ...node.outputs].map(({ port, y }) => [port, { node, y }] as const),
    ),
  )
  const endAt = (port: InputPort | OutputPort) => ends.get(port) as DiagramWire['from']
  const pills: Pill[] = []
  const pillEnd = (name: string, isOutput: boolean) => {
    const node = makePill(name, isOutput)
    pills.push(node)
    return { node, y: PILL_HEIGHT / 2 }
  }
  const connections = wires.map(({ from, to, back, idle, conversion }): SceneWire => {
    const label = conversion === undefined ? undefined : labelSize(conversion)
    const [sender, receiver] = [pathOf(from), pathOf(to)]
    return {
      from: endAt(from),
      to: endAt(to),
      back,
      idle,
      isPublic: false,
      conversion,
      label,
      sender,
      receiver,
    }
  })
  const named = { back: false, idle: false, isPublic: true, conversion: undefined, label: undefined }
  const entering = inputs.flatMap(({ name, to }) => {
    const from = pillEnd(name, false)
    return to.map((port) => ({ ...named, from, to: endAt(port), sender: name, receiver: pathOf(port) }))
  })
  const leaving = outputs.map(({ name, from }) => {
    const to = pillEnd(name, true)
    return { ...named, from: endAt(from), to, sender: pathOf(from), receiver: name }
  })
  return { nodes: [...cards, ...pills], wires: [...connections, ...entering, ...leaving] }
}

function pathOf({ box, name }: InputPort | OutputPort): string {
  return `${box.name}.${name}`
}

function labelSize(conversion: string) {
  return { width: Math.ceil(monospacedWidth(conversion, sizes.detail) / 2 + 8) * 2, height: LABEL_HEIGHT }
}

function makePill(fullName: string, isOutput: boolean): Pill {
  const name = shortenMiddle(fullName, WIDEST_PILL, (text) => systemWidth(text, sizes.socket))
  const width = Math.ceil(systemWidth(name, sizes.socket) / 2 + 14) * 2
  return { kind: 'pill', name, fullName, isOutput, width, height: PILL_HEIGHT }
}

function makeCard(box: Box): Card {
  const { padding, row, inset } = measures
  const name = shortenMiddle(box.name, WIDEST_HEADER, (text) => systemWidth(text, sizes.name, true))
  const type = shortenMiddle(wholeType(box), WIDEST_HEADER, (text) => monospacedWidth(text, sizes.type))
  const inputs = box.inputs.map((port) => rowOf(port, inputDetail(port)))
  const outputs = box.outputs.map((port) => rowOf(port, port.type))
  const header = Math.max(systemWidth(name, sizes.name, true), monospacedWidth(type, sizes.type))
  const sides = [inputs, outputs].filter((rows) => rows.length > 0).map(widest)
  const body = sides.reduce((sum, width) => sum + width, 0) + (sides.length - 1) * BETWEEN
  const width = Math.ceil(Math.max(NARROWEST, header + 2 * padding, body + 2 * padding) / 2) * 2
  const rows = Math.max(inputs.length, outputs.length)
  const footer = footerOf(box, width - 2 * padding)
  const bodyEnd = measures.header + (rows === 0 ? 0 : rows * row + 2 * inset)
  const height = bodyEnd + footerHeight(footer.length)
  return { kind: 'card', box, name, type, inputs, outputs, footer, bodyEnd, width, height }
}

function rowOf<Port extends InputPort | OutputPort>(port: Port, detail: string): Row<Port> {
  return {
    port,
    name: shortenMiddle(port.name, WIDEST_NAME, (text) => systemWidth(text, sizes.socket)),
    detail: shortenMiddle(detail, WIDEST_DETAIL, (text) => monospacedWidth(text, sizes.detail)),
    y: measures.header + measures.inset + port.index * measures.row + measures.row / 2,
  }
}

function inputDetail({ type, receives, fallback }: InputPort): string {
  const kind = receives === 'one' ? '' : ` ${receives}`
  return `${type}${kind}${fallback === undefined ? '' : ` = ${shortenMiddle(fallback, 16)}`}`
}

function widest(rows: readonly Row[]): number {
  return Math.max(
    ...rows.map(({ name, detail }) =>
      Math.max(systemWidth(name, sizes.socket), monospacedWidth(detail, sizes.detail)),
    ),
  )
}

function footerOf({ run }: Box, width: number): string[] {
  if (!run) return []
  const lines = run.failure === undefined ? [runSummary(run)] : [runSummary(run), run.failure]
  return lines.map((line) => shortenEnd(line, width, (part) => systemWidth(part, sizes.footer)))
}

function footerHeight(lines: number): number {
  return lines === 0 ? 0 : measures.footer + (lines - 1) * measures.failure
}

/**
 * Widths of the letters in parts of the font size. There is nothing to measure with: these are those of DejaVu Sans,
 * which is wider than the fonts of most systems, so that no text grows out of its place.
 */
const LETTERS: readonly (readonly [letters: string, width: number])[] = [
  ["ijlI.,:;'|! ", 0.32],
  ['frt()[]{}-/"`', 0.42],
  ['mM', 0.98],
  ['wW@%', 0.95],
  ['scvkxyz_J?*^~', 0.58],
  ['ABCDEFGHKLNOPQRSTUVXYZ', 0.74],
]
const WIDTHS = new Map(LETTERS.flatMap(([letters, width]) => [...letters].map((letter) => [letter, width])))
const OTHER = 0.64
const BOLD = 1.1
const MONOSPACED = 0.605

/** How wide a text is at most in a font of the system, in pixels. */
export function systemWidth(text: string, size: number, bold = false): number {
  let width = 0
  for (const character of charactersOf(text))
    width += WIDTHS.get(character) ?? Math.max(OTHER, cellWidth(character) * OTHER)
  return width * size * (bold ? BOLD : 1)
}

/** How wide a text is in a monospaced font, in pixels. */
export function monospacedWidth(text: string, size: number): number {
  return cellWidth(text) * MONOSPACED * size
}
