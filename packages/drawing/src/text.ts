import { cellWidth, countOf, shortenEnd, shortenMiddle } from '@millrace/core/component'
import type { Box, InputPort, OutputPort, Picture, Wire } from './picture.ts'
import { type ComponentRun, runSummary } from './run-overlay.ts'

const COLUMNS = 100
/** The width of the bar of a component's share of the time. */
const BAR = 12

/**
 * A listing for terminals: one block per component, each after all that send to it except over a loop. The number before
 * a component is its step: those of one step do not wait for each other. Linear.
 */
export function drawText(picture: Picture): string {
  const blocks = picture.order.map((box) => ['', ...blockOf(box)])
  return `${[...headOf(picture), ...blocks.flat()].join('\n')}\n`
}

function headOf({ boxes, wires, loops }: Picture): string[] {
  const counts = [countOf(boxes.length, 'component'), countOf(wires.length, 'connection')]
  if (loops.length > 0) counts.push(countOf(loops.length, 'loop'))
  return [
    `Pipeline with ${counts.slice(0, -1).join(', ')} and ${counts.at(-1)}`,
    ...loops.map((loop) => shortenEnd(`↺ ${loop.map(({ name }) => name).join(', ')}`, COLUMNS)),
  ]
}

function blockOf({ layer, name, type, holds, inputs, outputs, run }: Box): string[] {
  const step = `${layer + 1}`
  const indent = ' '.repeat(step.length + 2)
  const head = `${step}  ${shortenMiddle(name, 48)}  ${shortenMiddle(type, 32)}`
  const parts = holds.map((one) => `◇ ${shortenMiddle(one.name, 36)}: ${shortenMiddle(one.type, 40)}`)
  const sockets = [...parts, ...inputs.flatMap(inputLines), ...outputs.flatMap(outputLines)]
  return [
    ...(run ? headWithRun(head, run) : [head]),
    ...(run?.failure === undefined ? [] : [shortenEnd(`${indent}✗ ${run.failure}`, COLUMNS)]),
    ...sockets.map((line) => indent + line),
  ]
}

function headWithRun(head: string, run: ComponentRun): string[] {
  const summary = `${runSummary(run)}${run.failure === undefined ? '' : ' · failed'}`
  const filled = Math.round(run.share * BAR)
  const bar = run.visits === 0 ? '' : `  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  const line = `${head}  ${summary}${bar}`
  return cellWidth(line) <= COLUMNS ? [line] : [head, `   ${summary}${bar}`]
}

/** `●` must be given, `○` may be left out; then where the value comes from. */
function inputLines(input: InputPort): string[] {
  const { optional, receives, fallback, wires, publicNames } = input
  const kind = receives === 'one' ? '' : ` (${receives})`
  const otherwise = fallback === undefined ? '' : ` = ${shortenMiddle(fallback, 16)}`
  const line = `${optional ? '○' : '●'} ${described(input)}${kind}${otherwise}`
  const callers = publicNames.map((name) => `the caller's ${shortenMiddle(name, 30)}`)
  if (callers.length === 0 && wires.length === 0 && !optional) callers.push('the caller')
  return withEnds(line, '←', [...callers, ...wires.map((wire) => pathOf(wire.from) + marks(wire))])
}

function outputLines(output: OutputPort): string[] {
  const { wires, publicNames } = output
  const results = publicNames.map((name) => `the result's ${shortenMiddle(name, 30)}`)
  if (results.length === 0 && wires.length === 0) results.push('the result')
  const ends = [...wires.map((wire) => pathOf(wire.to) + marks(wire)), ...results]
  return withEnds(`▪ ${described(output)}`, '→', ends)
}

/** One other end stands on the same line where there is room; several stand below, in their order. */
function withEnds(line: string, arrow: string, ends: readonly string[]): string[] {
  const [only] = ends
  if (only === undefined) return [line]
  const inline = `${line}  ${arrow} ${only}`
  if (ends.length === 1 && cellWidth(inline) <= COLUMNS - 8) return [inline]
  return [line, ...ends.map((end) => `    ${arrow} ${end}`)]
}

function marks({ conversion, back, idle }: Wire): string {
  const all = [
    ...(conversion === undefined ? [] : [conversion]),
    ...(back ? ['↺ loop'] : []),
    ...(idle ? ['nothing sent'] : []),
  ]
  return all.length === 0 ? '' : ` (${all.join(', ')})`
}

function described({ name, type }: InputPort | OutputPort): string {
  return `${shortenMiddle(name, 28)}: ${shortenMiddle(type, 30)}`
}

function pathOf({ box, name }: InputPort | OutputPort): string {
  return `${shortenMiddle(box.name, 22)}.${shortenMiddle(name, 18)}`
}
