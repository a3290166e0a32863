import { expect, test } from '@jest/globals'
import type { Link, Slot } from '../../../src/drawing/svg/columns.ts'
import { uncross } from '../../../src/drawing/svg/uncross.ts'

type OpenSlot = Slot & { readonly toLeft: Link[]; readonly toRight: Link[] }

function slot(column: number, node: number): OpenSlot {
  return { column, node, wire: undefined, width: 10, height: 10, y: 0, toLeft: [], toRight: [] }
}

function link(left: OpenSlot, own: number, right: OpenSlot, other: number): void {
  left.toRight.push({ slot: right, own, other })
  right.toLeft.push({ slot: left, own: other, other: own })
}

test('neighbours whose wires cross change places', () => {
  const [a, b, c, d] = [slot(0, 0), slot(0, 1), slot(1, 2), slot(1, 3)]
  link(a, 5, d, 5)
  link(b, 5, c, 5)
  const columns = [
    [a, b],
    [c, d],
  ]
  uncross(columns)
  expect(columns.map((slots) => slots.map((one) => one.node))).toEqual([
    [1, 0],
    [2, 3],
  ])
})

test('the ports of one node count', () => {
  const [sender, upper, lower] = [slot(0, 0), slot(1, 1), slot(1, 2)]
  link(sender, 30, upper, 5)
  link(sender, 10, lower, 5)
  const columns = [[sender], [upper, lower]]
  uncross(columns)
  expect(columns[1]?.map((one) => one.node)).toEqual([2, 1])
})

test('what does not cross stays', () => {
  const [sender, upper, lower] = [slot(0, 0), slot(1, 1), slot(1, 2)]
  link(sender, 10, upper, 5)
  link(sender, 10, lower, 5)
  const columns = [[sender], [upper, lower]]
  uncross(columns)
  expect(columns[1]).toEqual([upper, lower])
})
