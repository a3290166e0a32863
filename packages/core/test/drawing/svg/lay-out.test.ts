import { expect, test } from '@jest/globals'
import type { Diagram, DiagramWire } from '../../../src/drawing/svg/diagram.ts'
import { layOut } from '../../../src/drawing/svg/lay-out.ts'

function wire(from: number, to: number, more: Partial<DiagramWire> = {}): DiagramWire {
  return { from: { node: from, port: 0 }, to: { node: to, port: 0 }, back: false, label: undefined, ...more }
}

function diagram(size: number, wires: readonly DiagramWire[]): Diagram {
  const nodes = Array.from({ length: size }, () => ({ width: 100, height: 60, inputs: [40], outputs: [20] }))
  return { nodes, wires }
}

test('a chain is level, with straight wires from port to port', () => {
  const { nodes, wires, width, height } = layOut(diagram(3, [wire(0, 1), wire(1, 2)]))
  expect(nodes.map(({ y }) => y)).toEqual([40, 20, 0])
  expect(wires.every(({ path }) => !path.includes('C'))).toBe(true)
  expect(height).toBe(100)
  expect(width).toBeGreaterThan((nodes[2]?.x ?? 0) + 100)
})

test('a label has a column of its own between the two nodes, and its wire is level there', () => {
  const label = { width: 80, height: 16 }
  const { nodes, wires } = layOut(diagram(2, [wire(0, 1, { label })]))
  const [first, second] = nodes.map(({ x }) => x) as [number, number]
  const x = wires[0]?.label?.x ?? 0
  expect(x - label.width / 2).toBeGreaterThan(first + 100)
  expect(x + label.width / 2).toBeLessThan(second)
})

test('a wire that leads back runs below what is on its way', () => {
  const { nodes, wires, height } = layOut(
    diagram(3, [wire(0, 1), wire(1, 2), wire(2, 0, { back: true, label: { width: 80, height: 16 } })]),
  )
  const lane = wires[2]?.label?.y as number
  expect(lane).toBeGreaterThan(Math.max(...nodes.map(({ y }) => y)) + 60)
  expect(height).toBeGreaterThan(lane)
})

test('wires that lead back have lanes of their own', () => {
  const back = { back: true, label: { width: 80, height: 16 } }
  const { wires } = layOut(
    diagram(3, [wire(0, 1), wire(1, 2), wire(2, 0, back), wire(1, 0, back), wire(2, 1, back)]),
  )
  const lanes = wires.flatMap(({ label }) => (label ? [label.y] : []))
  expect(lanes).toHaveLength(3)
  const [one, , other] = lanes.sort((a, b) => a - b) as [number, number, number]
  expect(other - one).toBeGreaterThanOrEqual(16)
})
