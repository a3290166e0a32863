import { mermaidText } from './mermaid-text.ts'
import type { Box, InputPort, OutputPort, Picture, PortPlace, Wire } from './picture.ts'
import { runSummary } from './run-summary.ts'
import { shorten } from './shorten.ts'

/** Longer types, defaults and errors lose their middle. */
const LONGEST = 60

const styles = {
  open: 'fill:#ddf4ff,stroke:#0969da,color:#0a3069',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#82071e',
  skipped: 'fill:#f6f8fa,stroke:#d0d7de,color:#8c959f',
} as const

type Style = keyof typeof styles

/**
 * A Mermaid flowchart. Ids are numbers, never names; everything else that comes from the pipeline stands
 * escaped within quotes. Linear.
 */
export function drawMermaid(picture: Picture): string {
  const nodes: string[] = []
  const links: string[] = []
  const styled: Record<Style, string[]> = { open: [], failed: [], skipped: [] }

  const openNode = (id: string, label: string) => {
    nodes.push(`${id}(["${label}"])`)
    styled.open.push(id)
    return id
  }
  const named = namedPlaces(picture)
  for (const box of picture.boxes) {
    nodes.push(`c${box.index}["${boxLabel(box)}"]`)
    if (box.run?.failure !== undefined) styled.failed.push(`c${box.index}`)
    else if (box.run?.visits === 0) styled.skipped.push(`c${box.index}`)
    box.inputs.forEach((input, port) => {
      if (!isNeeded(input) || named.inputs.has(key({ box: box.index, port }))) return
      links.push(`${openNode(`i${box.index}_${port}`, described(input))} --> c${box.index}`)
    })
    box.outputs.forEach((output, port) => {
      if (output.wires.length > 0 || named.outputs.has(key({ box: box.index, port }))) return
      links.push(`c${box.index} --> ${openNode(`o${box.index}_${port}`, described(output))}`)
    })
  }
  picture.entrances.forEach(({ name, to }, index) => {
    const id = openNode(`i${index}`, mermaidText(name))
    for (const place of to) links.push(`${id} -- "${described(inputAt(picture, place))}" --> c${place.box}`)
  })
  picture.exits.forEach(({ name, from }, index) => {
    const id = openNode(`o${index}`, mermaidText(name))
    links.push(`c${from.box} -- "${described(outputAt(picture, from))}" --> ${id}`)
  })
  for (const wire of picture.wires) links.push(wireLink(picture, wire))

  const classes = (Object.keys(styles) as Style[])
    .filter((style) => styled[style].length > 0)
    .flatMap((style) => [`classDef ${style} ${styles[style]}`, `class ${styled[style].join(',')} ${style}`])
  const lines = ['flowchart TD', ...nodes, ...links, ...classes]
  return `${lines.join('\n  ')}\n`
}

/** The caller has to give it. Those it may give are listed in the box. */
function isNeeded(input: InputPort): boolean {
  return input.wires.length === 0 && !input.optional
}

function boxLabel({ name, type, inputs, run }: Box): string {
  const optional = inputs.filter((input) => input.wires.length === 0 && input.optional)
  const lines = [
    `<b>${mermaidText(name)}</b>`,
    short(type),
    ...optional.map((input) => {
      const fallback = input.fallback === undefined ? '' : ` = ${short(input.fallback)}`
      return `○ ${described(input)}${fallback}`
    }),
  ]
  if (run) lines.push(runSummary(run).replace('<', '#lt;'))
  if (run?.failure !== undefined) lines.push(`failed: ${short(run.failure)}`)
  return lines.join('<br>')
}

function wireLink(picture: Picture, { from, to, conversion, back }: Wire): string {
  const output = outputAt(picture, from)
  const input = inputAt(picture, to)
  const marks = [
    ...(input.optional ? ['optional'] : []),
    ...(input.gathers === 'variadic' || input.gathers === 'greedy' ? [input.gathers] : []),
    ...(back ? ['loop'] : []),
  ]
  const type =
    conversion === undefined
      ? short(output.type)
      : `${short(output.type)} ⇒ ${short(input.type)}<br>${mermaidText(conversion)}`
  const marked = marks.length > 0 ? `<br>(${marks.join(', ')})` : ''
  const label = `${short(output.name)} → ${short(input.name)} : ${type}${marked}`
  return back ? `c${from.box} -. "${label}" .-> c${to.box}` : `c${from.box} -- "${label}" --> c${to.box}`
}

function described(port: InputPort | OutputPort): string {
  const gathers = 'gathers' in port && (port.gathers === 'variadic' || port.gathers === 'greedy')
  return `${short(port.name)} : ${short(port.type)}${gathers ? ` (${port.gathers})` : ''}`
}

function short(text: string): string {
  return mermaidText(shorten(text, LONGEST))
}

function inputAt(picture: Picture, { box, port }: PortPlace): InputPort {
  return picture.boxes[box]?.inputs[port] as InputPort
}

function outputAt(picture: Picture, { box, port }: PortPlace): OutputPort {
  return picture.boxes[box]?.outputs[port] as OutputPort
}

/** The sockets that have a name of the pipeline's: they are drawn under that. */
function namedPlaces({ entrances, exits }: Picture) {
  return {
    inputs: new Set(entrances.flatMap(({ to }) => to.map(key))),
    outputs: new Set(exits.map(({ from }) => key(from))),
  }
}

function key({ box, port }: PortPlace): string {
  return `${box}.${port}`
}
