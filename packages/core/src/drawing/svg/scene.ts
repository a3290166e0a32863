import type { Picture, PortPlace } from '../picture.ts'
import { shorten } from '../shorten.ts'
import { type Card, makeCard, sizes } from './card.ts'
import type { Diagram, DiagramNode, DiagramWire } from './diagram.ts'
import { monospacedWidth, systemWidth } from './text-width.ts'

const PILL_HEIGHT = 26
const LABEL_HEIGHT = 16
const WIDEST_PILL = 200

/** A name that the pipeline gives to inputs, or to an output. */
export interface Pill extends DiagramNode {
  readonly name: string
  readonly fullName: string
}

export interface SceneWire extends DiagramWire {
  readonly conversion: string | undefined
  readonly idle: boolean
  /** It belongs to a name of the pipeline's. */
  readonly isPublic: boolean
  /** The paths of its two ends, such as `llm.replies`. */
  readonly sender: string
  readonly receiver: string
}

/** Everything to place: cards first, then pills. */
export interface Scene extends Diagram {
  readonly cards: readonly Card[]
  readonly pills: readonly Pill[]
  readonly wires: readonly SceneWire[]
}

export function makeScene(picture: Picture): Scene {
  const cards = picture.boxes.map(makeCard)
  const { entrances, exits } = picture
  const pills = [
    ...entrances.map(({ name }) => makePill(name, 'outputs')),
    ...exits.map(({ name }) => makePill(name, 'inputs')),
  ]
  const pill = (index: number) => ({ node: cards.length + index, port: 0 })
  const wires: SceneWire[] = picture.wires.map(({ from, to, conversion, back, idle }) => ({
    from: portAt(from),
    to: portAt(to),
    back,
    idle,
    isPublic: false,
    conversion,
    label: conversion === undefined ? undefined : { width: labelWidth(conversion), height: LABEL_HEIGHT },
    sender: pathOf(picture, 'outputs', from),
    receiver: pathOf(picture, 'inputs', to),
  }))
  const named = { back: false, idle: false, isPublic: true, conversion: undefined, label: undefined }
  entrances.forEach(({ name, to }, index) => {
    for (const place of to) {
      const receiver = pathOf(picture, 'inputs', place)
      wires.push({ ...named, from: pill(index), to: portAt(place), sender: name, receiver })
    }
  })
  exits.forEach(({ name, from }, index) => {
    const sender = pathOf(picture, 'outputs', from)
    wires.push({ ...named, from: portAt(from), to: pill(entrances.length + index), sender, receiver: name })
  })
  return { cards, pills, nodes: [...cards, ...pills], wires }
}

function makePill(fullName: string, side: 'inputs' | 'outputs'): Pill {
  const name = shorten(fullName, WIDEST_PILL, (text) => systemWidth(text, sizes.socket))
  const width = Math.ceil(systemWidth(name, sizes.socket) / 2 + 14) * 2
  const port = { inputs: [], outputs: [], [side]: [PILL_HEIGHT / 2] }
  return { name, fullName, width, height: PILL_HEIGHT, ...port }
}

function labelWidth(conversion: string): number {
  return Math.ceil(monospacedWidth(conversion, sizes.detail) / 2 + 8) * 2
}

function portAt({ box, port }: PortPlace) {
  return { node: box, port }
}

function pathOf({ boxes }: Picture, side: 'inputs' | 'outputs', { box, port }: PortPlace): string {
  return `${boxes[box]?.name}.${boxes[box]?.[side][port]?.name}`
}
