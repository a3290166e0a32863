import type { InputPort, Picture } from '../picture.ts'
import { sizes } from './card.ts'
import type { Point } from './diagram.ts'
import { portMark, stub } from './port-mark.ts'
import { systemWidth } from './text-width.ts'
import { element, xmlText } from './xml.ts'

interface Entry {
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
): { svg: string; width: number; height: number } {
  const entries = entriesOf(picture)
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
  const svg = parts.length === 0 ? '' : element('g', { class: 'legend' }, ...parts)
  return { svg, width: widest, height: parts.length === 0 ? 0 : y + LINE }
}

function entriesOf({ boxes, wires }: Picture): Entry[] {
  const inputs = boxes.flatMap((box) => box.inputs)
  const isMany = (input: InputPort) =>
    input.gathers === 'variadic' || (input.gathers === 'join' && input.wires.length > 1)
  const entries: (Entry & { readonly shown: boolean })[] = [
    { shown: inputs.some((input) => !input.optional), words: 'needed', sign: dot(true, 'one') },
    { shown: inputs.some((input) => input.optional), words: 'optional', sign: dot(false, 'one') },
    { shown: inputs.some(isMany), words: 'takes several', sign: dot(true, 'variadic') },
    {
      shown: inputs.some((input) => input.gathers === 'greedy'),
      words: 'takes the first',
      sign: dot(true, 'greedy'),
    },
    { shown: boxes.length > 0, words: 'from the caller, to the result', sign: outside },
    { shown: wires.some((wire) => wire.back), words: 'loop', sign: loop },
    { shown: wires.some((wire) => wire.conversion !== undefined), words: 'conversion', sign: conversion },
  ]
  return entries.filter((entry) => entry.shown)
}

function dot(filled: boolean, many: 'one' | 'variadic' | 'greedy') {
  return (at: Point) => portMark(at, { filled, many })
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
