// For packages beside core: what components, drawings and tools around pipelines need and programs do not.
import type { Component, Components } from './component/component.ts'
import type { Conversion } from './component/conversion.ts'
import { checkConnection as check } from './pipeline/connect.ts'
import type { Connection, Graph } from './pipeline/graph.ts'
import type { Pipeline } from './pipeline/pipeline.ts'
import type { ComponentPolicy } from './pipeline/policy.ts'
import type { Socket } from './schema/socket.ts'
import { shown } from './schema/validate.ts'
import { cellWidth, charactersOf } from './text/width.ts'

export type { Conversion } from './component/conversion.ts'
export { conversionBetween } from './component/conversion.ts'
export { takesMany } from './pipeline/connect.ts'
export type { Connection } from './pipeline/graph.ts'
export type { ComponentPolicy } from './pipeline/policy.ts'
export { typeName } from './schema/socket-type.ts'
export { didYouMean, listNames } from './text/names.ts'
export { cellWidth, charactersOf } from './text/width.ts'
export { shown as describeValue }

export interface PlannedSocket {
  readonly index: number
  readonly owner: PlannedComponent
  readonly name: string
  readonly path: string
  readonly socket: Socket
  readonly gathers: 'one' | 'join' | 'list' | 'first'
  readonly mandatory: boolean
  readonly edges: readonly PlannedEdge[]
}
export interface PlannedEdge {
  readonly index: number
  readonly source: PlannedComponent
  readonly output: string
  readonly target: PlannedComponent
  readonly socket: PlannedSocket
  readonly from: string
  readonly to: string
  readonly conversion: Conversion | undefined
}
export interface PlannedComponent {
  readonly index: number
  readonly name: string
  readonly type: string
  readonly component: Component
  readonly policy: ComponentPolicy
  readonly sockets: readonly PlannedSocket[]
  readonly leaving: readonly PlannedEdge[]
  readonly named: readonly { readonly output: string; readonly name: string }[] | undefined
}
export interface Plan {
  readonly components: readonly PlannedComponent[]
  readonly byName: ReadonlyMap<string, PlannedComponent>
  readonly edges: readonly PlannedEdge[]
  readonly byPath: ReadonlyMap<string, PlannedSocket>
  readonly namedInputs: ReadonlyMap<string, readonly PlannedSocket[]>
  readonly order: readonly PlannedComponent[]
  readonly cycles: readonly (readonly PlannedComponent[])[]
}

export function planOf<C extends Components>(pipeline: Pipeline<C>): Plan {
  const old = pipeline.compiled()
  const components: any[] = old.components.map((c) => ({ ...c, sockets: [], leaving: [] }))
  const sockets: any[] = old.sockets.map((s) => {
    const owner = components[s.owner]
    const socket = { ...s, owner, path: `${owner.name}.${s.name}`, edges: [] }
    owner.sockets.push(socket)
    return socket
  })
  const edges = old.edges.map((e) => {
    const edge = {
      index: e.index, source: components[e.source], target: components[e.target], output: e.output, socket: sockets[e.socket],
      from: `${components[e.source].name}.${e.output}`, to: sockets[e.socket].path, conversion: e.connection.conversion,
    }
    edge.source.leaving.push(edge)
    edge.socket.edges.push(edge)
    return edge
  })
  return {
    components,
    byName: new Map(components.map((c) => [c.name, c])),
    byPath: new Map(sockets.map((s) => [s.path, s])),
    edges,
    namedInputs: new Map([...old.namedInputs].map(([n, list]) => [n, list.map((s) => sockets[s.index])])),
    order: old.order.map((i) => components[i]),
    cycles: old.cycles.map((c) => c.map((i) => components[i])),
  }
}

export function checkConnection<C extends Components>(pipeline: Pipeline<C>, from: string, to: string): Connection | undefined {
  return check((pipeline as unknown as { graph: Graph }).graph, from, to)
}

export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
export function onOneLine(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`)
}
const ELLIPSIS = '…'
export function shortenMiddle(text: string, limit: number, widthOf: (text: string) => number = cellWidth): string {
  const ends = endsOf(text, Math.ceil(limit))
  if (ends === text && widthOf(text) <= limit) return text
  const characters = charactersOf(ends)
  let budget = limit - widthOf(ELLIPSIS)
  let head = 0
  let tail = characters.length
  for (let fromHead = true; head < tail; fromHead = !fromHead) {
    const next = characters[fromHead ? head : tail - 1] as string
    budget -= widthOf(next)
    if (budget < 0) break
    if (fromHead) head++
    else tail--
  }
  return `${characters.slice(0, head).join('')}${ELLIPSIS}${characters.slice(tail).join('')}`
}
export function shortenEnd(text: string, limit: number, widthOf: (text: string) => number = cellWidth): string {
  const start = text.slice(0, Math.ceil(limit) * 4)
  if (start === text && widthOf(text) <= limit) return text
  let budget = limit - widthOf(ELLIPSIS)
  let kept = ''
  for (const character of charactersOf(start)) {
    budget -= widthOf(character)
    if (budget < 0) break
    kept += character
  }
  return `${kept.trimEnd()}${ELLIPSIS}`
}
function endsOf(text: string, limit: number): string {
  const enough = limit * 4
  return text.length <= 2 * enough ? text : text.slice(0, enough) + text.slice(-enough)
}
