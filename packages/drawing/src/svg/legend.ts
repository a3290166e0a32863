import type { Picture } from '../picture.ts'
import { takes } from './draw-card.ts'
import { type MarkOptions, portMark, stub } from './marks.ts'
import { sizes, systemWidth } from './scene.ts'
import { element, type Point, xmlText } from './xml.ts'

interface Entry {
  readonly occurs: boolean
  readonly words: string
  readonly sign: (at: Point) => string
}

const SIGN = 26
const GAP = 22
const LINE = 22

/** Explains the signs that occur in a picture, in lines of the given width. */
export function drawLegend(
  picture: Picture,
  at: Point,
  width: number,
): { readonly svg: string; readonly width: number; readonly height: number } {
  const entries = entriesOf(picture).filter(({ occurs }) => occurs)
  let [x, y, widest] = [0, 0, 0]
  const parts = entries.map(({ words, sign }) => {
    const room = SIGN + systemWidth(words, sizes.detail)
    if (x > 0 && x + room > width) [x, y] = [0, y + LINE]
    const place = { x: at.x + x, y: at.y + y }
    x += room + GAP
    widest = Math.max(widest, x - GAP)
    const text = element('text', { class: 'note', x: place.x + SIGN, y: place.y + 4 }, xmlText(words))
    return sign({ x: place.x + SIGN / 2 - 3, y: place.y }) + text
  })
  return { svg: element('g', { class: 'legend' }, ...parts), width: widest, height: y + LINE }
}

function entriesOf({ boxes, wires }: Picture): Entry[] {
  const inputs = boxes.flatMap((box) => box.inputs)
  const mark = (filled: boolean, how: MarkOptions['takes']) => (at: Point) =>
    portMark(at, { filled, takes: how })
  return [
    { occurs: inputs.some(({ optional }) => !optional), words: 'needed', sign: mark(true, 'one') },
    { occurs: inputs.some(({ optional }) => optional), words: 'optional', sign: mark(false, 'one') },
    {
      occurs: inputs.some((input) => takes(input) === 'several'),
      words: 'takes several',
      sign: mark(true, 'several'),
    },
    {
      occurs: inputs.some((input) => takes(input) === 'first'),
      words: 'takes the first',
      sign: mark(true, 'first'),
    },
    { occurs: true, words: 'from the caller, to the result', sign: outside },
    { occurs: wires.some(({ back }) => back), words: 'loop', sign: loop },
    {
      occurs: wires.some((wire) => wire.conversion !== undefined),
      words: 'conversion',
      sign: conversion,
    },
  ]
}

function outside({ x, y }: Point): string {
  return element('g', { class: 'open' }, stub({ x: x - 10, y }, 20))
}

function loop({ x, y }: Point): string {
  return element('path', { class: 'wire loop', d: `M${x - 10} ${y}H${x + 10}` })
}

function conversion({ x, y }: Point): string {
  return element('rect', { class: 'label', x: x - 9, y: y - 6, width: 18, height: 12, rx: 6 })
}
