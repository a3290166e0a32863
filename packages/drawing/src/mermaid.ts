import { shortenMiddle } from '@millrace/core/component'
import { type Box, type InputPort, type OutputPort, type Picture, type Wire, wholeType } from './picture.ts'
import { runSummary } from './run-overlay.ts'

/** Longer types, defaults and errors lose their middle. */
const LONGEST = 60

const styles = {
  open: 'fill:#ddf4ff,stroke:#0969da,color:#0a3069',
  failed: 'fill:#ffebe9,stroke:#cf222e,color:#82071e',
  skipped: 'fill:#f6f8fa,stroke:#d0d7de,color:#8c959f',
} as const

type Style = keyof typeof styles

/**
 * A Mermaid flowchart. Ids are numbers, never names; everything else that comes from the pipeline stands escaped within
 * quotes. Linear.
 */
export function drawMermaid({ boxes, wires, inputs, outputs }: Picture): string {
  const nodes: string[] = []
  const links: string[] = []
  const styled: Record<Style, string[]> = { open: [], failed: [], skipped: [] }
  const openNode = (id: string, label: string) => {
    nodes.push(`${id}(["${label}"])`)
    styled.open.push(id)
    return id
  }

  for (const box of boxes) {
    const id = idOf(box)
    nodes.push(`${id}["${boxLabel(box)}"]`)
    if (box.run?.failure !== undefined) styled.failed.push(id)
    else if (box.run?.visits === 0) styled.skipped.push(id)
    for (const input of box.inputs) {
      if (input.optional || !isOpen(input)) continue
      links.push(`${openNode(`i${box.index}_${input.index}`, described(input))} --> ${id}`)
    }
    for (const output of box.outputs) {
      if (!isOpen(output)) continue
      links.push(`${id} --> ${openNode(`o${box.index}_${output.index}`, described(output))}`)
    }
  }
  inputs.forEach(({ name, to }, index) => {
    const id = openNode(`i${index}`, mermaidText(name))
    for (const input of to) links.push(`${id} -- "${described(input)}" --> ${idOf(input.box)}`)
  })
  outputs.forEach(({ name, from }, index) => {
    const id = openNode(`o${index}`, mermaidText(name))
    links.push(`${idOf(from.box)} -- "${described(from)}" --> ${id}`)
  })
  links.push(...wires.map(wireLink))

  const classes = (Object.keys(styles) as Style[])
    .filter((style) => styled[style].length > 0)
    .flatMap((style) => [`classDef ${style} ${styles[style]}`, `class ${styled[style].join(',')} ${style}`])
  return `${['flowchart TD', ...nodes, ...links, ...classes].join('\n  ')}\n`
}

function idOf({ index }: Box): string {
  return `c${index}`
}

/** A socket with a name of the pipeline is drawn under that name. */
function isOpen({ wires, publicNames }: InputPort | OutputPort): boolean {
  return wires.length === 0 && publicNames.length === 0
}

function boxLabel(box: Box): string {
  const { name, inputs, run } = box
  const optional = inputs.filter((input) => input.wires.length === 0 && input.optional)
  const lines = [
    `<b>${mermaidText(name)}</b>`,
    short(wholeType(box)),
    ...optional.map((input) => {
      const fallback = input.fallback === undefined ? '' : ` = ${short(input.fallback)}`
      return `○ ${described(input)}${fallback}`
    }),
  ]
  if (run) lines.push(runSummary(run).replace('<', '#lt;'))
  if (run?.failure !== undefined) lines.push(`failed: ${short(run.failure)}`)
  return lines.join('<br>')
}

function wireLink({ from, to, conversion, back }: Wire): string {
  const marks = [
    ...(to.optional ? ['optional'] : []),
    ...(to.receives === 'one' ? [] : [to.receives]),
    ...(back ? ['loop'] : []),
  ]
  const type =
    conversion === undefined
      ? short(from.type)
      : `${short(from.type)} ⇒ ${short(to.type)}<br>${mermaidText(conversion)}`
  const marked = marks.length > 0 ? `<br>(${marks.join(', ')})` : ''
  const label = `${short(from.name)} → ${short(to.name)} : ${type}${marked}`
  const line = back ? `-. "${label}" .->` : `-- "${label}" -->`
  return `${idOf(from.box)} ${line} ${idOf(to.box)}`
}

function described(port: InputPort | OutputPort): string {
  const kind = 'receives' in port && port.receives !== 'one' ? ` (${port.receives})` : ''
  return `${short(port.name)} : ${short(port.type)}${kind}`
}

function short(text: string): string {
  return mermaidText(shortenMiddle(text, LONGEST))
}

/**
 * What Mermaid could take for syntax within a quoted label: a quote, an entity, HTML, Markdown (its older versions read
 * it everywhere), a directive, an icon. `:`, `_`, `]`, `.`, `-` and `+` belong to most types and names, and mean
 * something in a few places only.
 */
const SPECIAL =
  /[^\p{L}\p{N}\p{M} .,:_=?/+|'(){}[\]…-]|:(?! )|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\](?=[(:])|(?<=^\d+)[.)]|^[-+=]/gu

/** A text that is safe within the quotes of a Mermaid label, and looks there as it does here. */
export function mermaidText(text: string): string {
  return text.replace(SPECIAL, (character) => `#${character.codePointAt(0)};`)
}
