import type { InputPort, OutputPort } from '../picture.ts'
import { arrowHead, type MarkOptions, markReach, portMark, stub } from './marks.ts'
import { type Card, measures, type Row } from './scene.ts'
import { coordinate, element, type Point, tooltip, xmlText } from './xml.ts'

const RADIUS = 9
const STUB = 15

/** A component: its name and type, its inputs on the left and its outputs on the right, and what a run did with it. */
export function drawCard(card: Card, at: Point): string {
  const { box, width, height } = card
  const state = box.run?.failure !== undefined ? ' failed' : box.run?.visits === 0 ? ' skipped' : ''
  return element(
    'g',
    { class: `component${state}`, 'data-component': box.name },
    element('rect', { class: 'card', ...at, width, height, rx: RADIUS }),
    drawHeader(card, at),
    ...card.inputs.map((row) => drawInput(row, { x: at.x, y: at.y + row.y })),
    ...card.outputs.map((row) => drawOutput(row, { x: at.x + width, y: at.y + row.y })),
    drawFooter(card, at),
  )
}

function drawHeader({ box, name, type, width, height }: Card, { x, y }: Point): string {
  const bottom = y + measures.header
  const background =
    height === measures.header
      ? ['', '']
      : [
          element('path', { class: 'header', d: bandPath(x + 0.5, y + 0.5, x + width - 0.5, bottom) }),
          element('path', { class: 'rule', d: `M${x} ${bottom}H${x + width}` }),
        ]
  return element(
    'g',
    {},
    tooltip(`${box.name}: ${box.type}`),
    ...background,
    text('name', x + measures.padding, y + 20, name),
    text('type mono', x + measures.padding, y + 36, type),
  )
}

/** A band with round corners at its top. */
function bandPath(left: number, top: number, right: number, bottom: number): string {
  const leftCorner = `Q${left} ${top} ${left + RADIUS} ${top}`
  const rightCorner = `Q${right} ${top} ${right} ${top + RADIUS}`
  return `M${left} ${bottom}V${top + RADIUS}${leftCorner}H${right - RADIUS}${rightCorner}V${bottom}Z`
}

/** @param at the place of the dot */
function drawInput({ port, name, detail }: Row<InputPort>, at: Point): string {
  const mark: MarkOptions = { filled: !port.optional, takes: takes(port) }
  const tip = { x: at.x - markReach(mark), y: at.y }
  const kind = !isOpen(port) ? '' : port.optional ? ' given' : ' open'
  const arrow = {
    '': () => arrowHead(tip, arrowClass(port)),
    ' open': () => stub({ x: tip.x - STUB, y: tip.y }, STUB),
    ' given': () => '',
  }[kind]()
  const textX = at.x + measures.padding
  return element(
    'g',
    { class: `input${kind}`, 'data-socket': port.name },
    tooltip(inputTooltip(port)),
    arrow,
    portMark(at, mark),
    text('socket', textX, at.y - 2, name),
    text('detail mono', textX, at.y + 11, detail),
  )
}

/** Whether neither a connection nor a name of the pipeline leads to the port. */
function isOpen({ wires, publicNames }: InputPort | OutputPort): boolean {
  return wires.length === 0 && publicNames.length === 0
}

/** How many values come to an input in this pipeline. */
export function takes({ gathers, wires }: InputPort): MarkOptions['takes'] {
  if (gathers === 'first') return 'first'
  return gathers === 'list' || (gathers === 'join' && wires.length > 1) ? 'several' : 'one'
}

function arrowClass({ wires, publicNames }: InputPort): string {
  if (wires.length > 0 && wires.every(({ back }) => back)) return 'arrow loop'
  return publicNames.length > 0 ? 'arrow public' : 'arrow'
}

/** @param at the place of the dot */
function drawOutput({ port, name, detail }: Row<OutputPort>, at: Point): string {
  const open = isOpen(port)
  const textX = at.x - measures.padding
  return element(
    'g',
    { class: `output${open ? ' open' : ''}`, 'data-socket': port.name },
    tooltip(describe(port)),
    open ? stub(at, STUB + 5) : '',
    portMark(at, { filled: true, takes: 'one' }),
    text('socket end', textX, at.y - 2, name),
    text('detail mono end', textX, at.y + 11, detail),
  )
}

function drawFooter({ box, footer, width, bodyEnd }: Card, { x, y }: Point): string {
  const { run } = box
  const [summary, failure] = footer
  if (!run || summary === undefined) return ''
  const top = y + bodyEnd
  const left = x + measures.padding
  const room = width - 2 * measures.padding
  const share = Math.max(run.share * room, run.share > 0 ? 1 : 0)
  const bar = { class: 'bar', x: left, y: top + 21, width: share, height: 3, rx: 1.5 }
  return element(
    'g',
    { class: 'run' },
    ...(run.failure === undefined ? [] : [tooltip(run.failure)]),
    element('path', { class: 'rule', d: `M${x} ${coordinate(top)}H${x + width}` }),
    run.visits === 0 ? '' : element('rect', bar),
    text('note', left, top + 15.5, summary),
    failure === undefined ? '' : text('note failure', left, top + 38, failure),
  )
}

function text(className: string, x: number, y: number, content: string): string {
  return element('text', { class: className, x, y }, xmlText(content))
}

function inputTooltip(input: InputPort): string {
  const notes = [
    input.optional ? 'optional' : 'needed',
    ...(input.gathers === 'join' ? ['joins several'] : input.receives === 'one' ? [] : [input.receives]),
    ...(input.fallback === undefined ? [] : [`default ${input.fallback.slice(0, 500)}`]),
  ]
  return `${describe(input)} (${notes.join(', ')})`
}

function describe({ name, type, description }: InputPort | OutputPort): string {
  return `${name}: ${type}${description === undefined ? '' : `. ${description}`}`
}
