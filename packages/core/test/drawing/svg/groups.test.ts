import { expect, test } from '@jest/globals'
import type { DiagramWire } from '../../../src/drawing/svg/diagram.ts'
import { groupsOf } from '../../../src/drawing/svg/groups.ts'

function wire(from: number, to: number): DiagramWire {
  return { from: { node: from, port: 0 }, to: { node: to, port: 0 }, back: false, label: undefined }
}

test('parts that no wire connects are apart, each with indexes of its own', () => {
  const node = { width: 10, height: 10, inputs: [5], outputs: [5] }
  const groups = groupsOf({
    nodes: [node, node, node, node, node],
    wires: [wire(3, 1), wire(4, 0), wire(1, 3)],
  })
  expect(groups.map(({ nodes, wires }) => ({ nodes, wires }))).toEqual([
    { nodes: [0, 4], wires: [1] },
    { nodes: [1, 3], wires: [0, 2] },
    { nodes: [2], wires: [] },
  ])
  expect(groups[1]?.diagram.wires.map(({ from, to }) => [from.node, to.node])).toEqual([
    [1, 0],
    [0, 1],
  ])
})
