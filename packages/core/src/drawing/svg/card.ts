import type { Box, InputPort, OutputPort } from '../picture.ts'
import { runSummary } from '../run-summary.ts'
import { shorten, shortenEnd } from '../shorten.ts'
import type { DiagramNode } from './diagram.ts'
import { monospacedWidth, systemWidth } from './text-width.ts'

export const sizes = { name: 13.5, type: 11, socket: 12, detail: 10.5, footer: 10.5 } as const

/** The measures of a component's card, in pixels. */
export const card = { header: 46, row: 34, padding: 14, footer: 28, failure: 16, inset: 6 } as const

const NARROWEST = 132
const WIDEST_HEADER = 250
const WIDEST_NAME = 150
const WIDEST_DETAIL = 180
const BETWEEN = 26

/** One socket: its name, and below it its type. */
export interface Row {
  readonly name: string
  readonly detail: string
  /** Measured from the top of the card. */
  readonly y: number
}

/** A component with its texts cut to size. */
export interface Card extends DiagramNode {
  readonly box: Box
  readonly name: string
  readonly type: string
  readonly inputRows: readonly Row[]
  readonly outputRows: readonly Row[]
  /** What a run did with it; a second line when it failed. Empty when no trace is drawn. */
  readonly footer: readonly string[]
  /** Where the footer starts. */
  readonly bodyEnd: number
}

export function makeCard(box: Box): Card {
  const name = shorten(box.name, WIDEST_HEADER, (text) => systemWidth(text, sizes.name, true))
  const type = shorten(box.type, WIDEST_HEADER, (text) => monospacedWidth(text, sizes.type))
  const inputRows = box.inputs.map((port, index) => rowOf(port, index, inputDetail(port)))
  const outputRows = box.outputs.map((port, index) => rowOf(port, index, port.type))
  const header = Math.max(systemWidth(name, sizes.name, true), monospacedWidth(type, sizes.type))
  const sides = [inputRows, outputRows].filter((rows) => rows.length > 0).map(widest)
  const body = sides.reduce((sum, width) => sum + width, 0) + (sides.length - 1) * BETWEEN
  const width = Math.ceil(Math.max(NARROWEST, header + 2 * card.padding, body + 2 * card.padding) / 2) * 2
  const rows = Math.max(inputRows.length, outputRows.length)
  const footer = footerOf(box, width - 2 * card.padding)
  const bodyHeight = rows === 0 ? 0 : rows * card.row + 2 * card.inset
  return {
    box,
    name,
    type,
    inputRows,
    outputRows,
    footer,
    bodyEnd: card.header + bodyHeight,
    width,
    height: card.header + bodyHeight + footerHeight(footer.length),
    inputs: inputRows.map((row) => row.y),
    outputs: outputRows.map((row) => row.y),
  }
}

function rowOf({ name }: InputPort | OutputPort, index: number, detail: string): Row {
  return {
    name: shorten(name, WIDEST_NAME, (text) => systemWidth(text, sizes.socket)),
    detail: shorten(detail, WIDEST_DETAIL, (text) => monospacedWidth(text, sizes.detail)),
    y: card.header + card.inset + index * card.row + card.row / 2,
  }
}

function inputDetail({ type, gathers, fallback }: InputPort): string {
  const kind = gathers === 'variadic' || gathers === 'greedy' ? ` ${gathers}` : ''
  return `${type}${kind}${fallback === undefined ? '' : ` = ${shorten(fallback, 16)}`}`
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
  return lines === 0 ? 0 : card.footer + (lines - 1) * card.failure
}
