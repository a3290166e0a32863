import { cellWidth } from '../text/width.ts'
import { countOf } from './count-of.ts'
import type { Box, InputPort, OutputPort, Picture, PortPlace, Wire } from './picture.ts'
import type { ComponentRun } from './run-overlay.ts'
import { runSummary } from './run-summary.ts'
import { shorten, shortenEnd } from './shorten.ts'

const COLUMNS = 100
const BAR = 12

/**
 * A listing for terminals: one block per component, each after all that send to it, loops aside. The number
 * before a component is its step: those of one step do not wait for each other. Linear.
 */
export function drawText(picture: Picture): string {
  const names = namesOf(picture)
  const blocks = picture.order.map((index) => blockOf(picture, picture.boxes[index] as Box, names))
  return `${[...headOf(picture), ...blocks.flatMap((block) => ['', ...block])].join('\n')}\n`
}

function headOf(picture: Picture): string[] {
  const { boxes, wires, loops } = picture
  const counts = [countOf(boxes.length, 'component'), countOf(wires.length, 'connection')]
  if (loops.length > 0) counts.push(countOf(loops.length, 'loop'))
  return [
    `Pipeline with ${counts.slice(0, -1).join(', ')} and ${counts.at(-1)}`,
    ...loops.map((loop) => fit(`↺ ${loop.map((index) => boxes[index]?.name).join(', ')}`)),
  ]
}

function blockOf(picture: Picture, box: Box, names: PublicNames): string[] {
  const { run } = box
  const step = `${box.layer + 1}`
  const indent = ' '.repeat(step.length + 2)
  const head = `${step}  ${shorten(box.name, 48)}  ${shorten(box.type, 32)}`
  return [
    ...(run ? headWithRun(head, run) : [head]),
    ...(run?.failure === undefined ? [] : [`✗ ${run.failure}`]).map((line) => fit(indent + line)),
    ...box.inputs.flatMap((input, port) =>
      inputLines(picture, input, names.inputs.get(key({ box: box.index, port })) ?? []).map(
        (line) => indent + line,
      ),
    ),
    ...box.outputs.flatMap((output, port) =>
      outputLines(picture, output, names.outputs.get(key({ box: box.index, port })) ?? []).map(
        (line) => indent + line,
      ),
    ),
  ]
}

function headWithRun(head: string, run: ComponentRun): string[] {
  const failed = run.failure === undefined ? '' : ' · failed'
  const summary = `${runSummary(run)}${failed}`
  const filled = run.visits === 0 ? 0 : Math.round(run.share * BAR)
  const bar = run.visits === 0 ? '' : `  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`
  const line = `${head}  ${summary}${bar}`
  return cellWidth(line) <= COLUMNS ? [line] : [head, `   ${summary}${bar}`]
}

/** `●` must be given, `○` may be left out; then where the value comes from. */
function inputLines(picture: Picture, input: InputPort, publicNames: readonly string[]): string[] {
  const kind = input.gathers === 'variadic' || input.gathers === 'greedy' ? ` (${input.gathers})` : ''
  const fallback = input.fallback === undefined ? '' : ` = ${shorten(input.fallback, 16)}`
  const line = `${input.optional ? '○' : '●'} ${described(input)}${kind}${fallback}`
  const senders = input.wires.map((index) => {
    const wire = picture.wires[index] as Wire
    return pathOf(picture, 'outputs', wire.from) + marks(wire)
  })
  const callers = publicNames.map((name) => `the caller's ${shorten(name, 30)}`)
  if (callers.length === 0 && senders.length === 0 && !input.optional) callers.push('the caller')
  return withEnds(line, '←', [...callers, ...senders])
}

function outputLines(picture: Picture, output: OutputPort, publicNames: readonly string[]): string[] {
  const receivers = output.wires.map((index) => {
    const wire = picture.wires[index] as Wire
    return pathOf(picture, 'inputs', wire.to) + marks(wire)
  })
  const results = publicNames.map((name) => `the result's ${shorten(name, 30)}`)
  if (results.length === 0 && receivers.length === 0) results.push('the result')
  return withEnds(`▪ ${described(output)}`, '→', [...receivers, ...results])
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
  return `${shorten(name, 28)}: ${shorten(type, 30)}`
}

function pathOf(picture: Picture, side: 'inputs' | 'outputs', { box, port }: PortPlace): string {
  const { name, [side]: ports } = picture.boxes[box] as Box
  return `${shorten(name, 22)}.${shorten(ports[port]?.name ?? '', 18)}`
}

function fit(line: string): string {
  return shortenEnd(line, COLUMNS)
}

interface PublicNames {
  readonly inputs: ReadonlyMap<string, readonly string[]>
  readonly outputs: ReadonlyMap<string, readonly string[]>
}

function namesOf({ entrances, exits }: Picture): PublicNames {
  const inputs = new Map<string, string[]>()
  const outputs = new Map<string, string[]>()
  for (const { name, to } of entrances) for (const place of to) append(inputs, key(place), name)
  for (const { name, from } of exits) append(outputs, key(from), name)
  return { inputs, outputs }
}

function append(map: Map<string, string[]>, at: string, name: string): void {
  const known = map.get(at)
  if (known) known.push(name)
  else map.set(at, [name])
}

function key({ box, port }: PortPlace): string {
  return `${box}.${port}`
}
