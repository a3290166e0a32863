import type { InputPort, OutputPort } from '../picture.ts'
import { type Card, card as measures, type Row } from './card.ts'
import type { Point } from './diagram.ts'
import { coordinate } from './path.ts'
import { arrowHead, type MarkOptions, markReach, portMark, stub } from './port-mark.ts'
import { element, tooltip, xmlText } from './xml.ts'

const RADIUS = 9
const STUB = 15

/**
 * A component: its name and type, its inputs on the left and its outputs on the right, and what a run did
 * with it.
 */
export function drawCard(
  card: Card,
  at: Point,
  publicPorts: PublicPorts,
  loops: ReadonlySet<number>,
): string {
  const { box, width, height } = card
  const state = box.run?.failure !== undefined ? ' failed' : box.run?.visits === 0 ? ' skipped' : ''
  return element(
    'g',
    { class: `component${state}`, 'data-component': box.name },
    element('rect', { class: 'card', ...at, width, height, rx: RADIUS }),
    drawHeader(card, at),
    ...card.inputRows.map((row, port) => drawInput(card, row, port, at, publicPorts.inputs.has(port), loops)),
    ...card.outputRows.map((row, port) => drawOutput(card, row, port, at, publicPorts.outputs.has(port))),
    drawFooter(card, at),
  )
}

/** The ports of one component that have a name of the pipeline's. */
export interface PublicPorts {
  readonly inputs: ReadonlySet<number>
  readonly outputs: ReadonlySet<number>
}

function drawHeader({ box, name, type, width, height }: Card, { x, y }: Point): string {
  const bottom = y + measures.header
  const alone = height === measures.header
  return element(
    'g',
    {},
    tooltip(`${box.name}: ${box.type}`),
    alone ? '' : element('path', { class: 'header', d: bandPath(x + 0.5, y + 0.5, x + width - 0.5, bottom) }),
    alone ? '' : element('path', { class: 'rule', d: `M${x} ${bottom}H${x + width}` }),
    text('name', x + measures.padding, y + 20, name),
    text('type mono', x + measures.padding, y + 36, type),
  )
}

/** A band with round corners at its top. */
function bandPath(left: number, top: number, right: number, bottom: number): string {
  const [leftCorner, rightCorner] = [
    `${left} ${top} ${left + RADIUS} ${top}`,
    `${right} ${top} ${right} ${top + RADIUS}`,
  ]
  return `M${left} ${bottom}V${top + RADIUS}Q${leftCorner}H${right - RADIUS}Q${rightCorner}V${bottom}Z`
}

function drawInput(
  card: Card,
  row: Row,
  port: number,
  at: Point,
  isPublic: boolean,
  loops: ReadonlySet<number>,
): string {
  const input = card.box.inputs[port] as InputPort
  const dot = { x: at.x, y: at.y + row.y }
  const open = input.wires.length === 0 && !isPublic
  const mark: MarkOptions = {
    filled: !input.optional,
    many: input.gathers === 'join' ? (input.wires.length > 1 ? 'variadic' : 'one') : input.gathers,
  }
  const tip = { x: dot.x - markReach(mark), y: dot.y }
  const needed = open && !input.optional
  const looped = input.wires.length > 0 && input.wires.every((wire) => loops.has(wire))
  const arrow = needed
    ? stub({ x: tip.x - STUB, y: tip.y }, STUB)
    : open
      ? ''
      : arrowHead(tip, looped ? 'arrow loop' : isPublic ? 'arrow public' : 'arrow')
  return element(
    'g',
    { class: `input${needed ? ' open' : open ? ' given' : ''}`, 'data-socket': input.name },
    tooltip(inputTooltip(input)),
    arrow,
    portMark(dot, mark),
    text('socket', at.x + measures.padding, dot.y - 2, row.name),
    text('detail mono', at.x + measures.padding, dot.y + 11, row.detail),
  )
}

function drawOutput(card: Card, row: Row, port: number, at: Point, isPublic: boolean): string {
  const output = card.box.outputs[port] as OutputPort
  const dot = { x: at.x + card.width, y: at.y + row.y }
  const open = output.wires.length === 0 && !isPublic
  const textX = dot.x - measures.padding
  return element(
    'g',
    { class: `output${open ? ' open' : ''}`, 'data-socket': output.name },
    tooltip(describe(output)),
    open ? stub(dot, STUB + 5) : '',
    portMark(dot, { filled: true, many: 'one' }),
    text('socket end', textX, dot.y - 2, row.name),
    text('detail mono end', textX, dot.y + 11, row.detail),
  )
}

function drawFooter({ box, footer, width, bodyEnd }: Card, { x, y }: Point): string {
  const { run } = box
  const [summary, failure] = footer
  if (!run || summary === undefined) return ''
  const top = y + bodyEnd
  const room = width - 2 * measures.padding
  const filled = Math.max(run.share * room, run.share > 0 ? 1 : 0)
  return element(
    'g',
    { class: 'run' },
    ...(run.failure === undefined ? [] : [tooltip(run.failure)]),
    element('path', { class: 'rule', d: `M${x} ${coordinate(top)}H${x + width}` }),
    run.visits === 0
      ? ''
      : element('rect', {
          class: 'bar',
          x: x + measures.padding,
          y: top + 21,
          width: filled,
          height: 3,
          rx: 1.5,
        }),
    text('note', x + measures.padding, top + 15.5, summary),
    failure === undefined ? '' : text('note failure', x + measures.padding, top + 38, failure),
  )
}

function text(className: string, x: number, y: number, content: string): string {
  return element('text', { class: className, x, y }, xmlText(content))
}

function inputTooltip(input: InputPort): string {
  const notes = [
    input.optional ? 'optional' : 'needed',
    ...(input.gathers === 'one' ? [] : [input.gathers === 'join' ? 'joins several' : input.gathers]),
    ...(input.fallback === undefined ? [] : [`default ${input.fallback.slice(0, 500)}`]),
  ]
  return `${describe(input)} (${notes.join(', ')})`
}

function describe({ name, type, description }: InputPort | OutputPort): string {
  return `${name}: ${type}${description === undefined ? '' : `. ${description}`}`
}
