import type { Picture } from '../picture.ts'
import type { Layout } from './diagram.ts'
import { drawCard } from './draw-card.ts'
import { drawConversion, drawPill, drawWire } from './draw-wire.ts'
import type { Group } from './groups.ts'
import type { Scene, SceneWire } from './scene.ts'

/** The elements of a part that hangs together. Wires come first: cards and labels lie over them. */
export function drawGroup(
  picture: Picture,
  { cards, pills, wires }: Scene,
  group: Group,
  layout: Layout,
): string[] {
  const wireAt = (index: number) => wires[group.wires[index] as number] as SceneWire
  const loops = new Set(picture.wires.filter((wire) => wire.back).map((wire) => wire.index))
  const lines = layout.wires.map(({ path }, index) => drawWire(wireAt(index), path))
  const nodes = layout.nodes.map((corner, index) => {
    const node = group.nodes[index] as number
    const card = cards[node]
    return card
      ? drawCard(card, corner, publicPorts(picture, node), loops)
      : drawPill(pills[node - cards.length] as Scene['pills'][number], corner)
  })
  const labels = layout.wires.flatMap(({ label }, index) =>
    label ? [drawConversion(wireAt(index), label)] : [],
  )
  return [...lines, ...nodes, ...labels].flatMap((part) => [part, '\n'])
}

function publicPorts({ entrances, exits }: Picture, box: number) {
  const inputs = entrances.flatMap(({ to }) => to).filter((place) => place.box === box)
  const outputs = exits.map(({ from }) => from).filter((place) => place.box === box)
  return {
    inputs: new Set(inputs.map((place) => place.port)),
    outputs: new Set(outputs.map((place) => place.port)),
  }
}
