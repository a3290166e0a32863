import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import type { JsonObject, JsonValue } from '../json.ts'
import { type DocumentPath, withinDefinition } from './document-path.ts'
import { isList, styledNode, styledPair } from './styled-node.ts'

/** One change that brings a document closer to a value. Nothing is changed before `apply`. */
export interface Edit {
  readonly apply: () => void
  /** Set when a scalar gets another value and nothing else changes: then the text around it can stay as it is. */
  readonly scalar?: { readonly node: Scalar; readonly value: JsonValue }
}

/**
 * The changes that make `document` say `wanted`, leaving alone every node that says its part already.
 * `plain` gives the plain value of a node.
 */
export function editsTo(document: Document, wanted: JsonObject, plain: (node: unknown) => JsonValue): Edit[] {
  const edits: Edit[] = []
  change(document.contents, wanted, [], (node) => {
    document.contents = node
  })
  return edits

  function change(node: unknown, value: JsonValue, path: DocumentPath, replace: (node: Node) => void): void {
    if (isMap(node) && typeof value === 'object' && value !== null && !isList(value))
      changeMap(node, value, path)
    else if (isSeq(node) && isList(value as JsonValue)) changeSeq(node, value as readonly JsonValue[], path)
    else if (!isDeepStrictEqual(plain(node), value)) changeValue(node, value, path, replace)
  }

  function changeValue(
    node: unknown,
    value: JsonValue,
    path: DocumentPath,
    replace: (node: Node) => void,
  ): void {
    const isPlain = typeof value !== 'object' || value === null
    const apply = () => replace(withNotes(styledNode(document, value, path), node))
    edits.push(isScalar(node) && isPlain ? { apply, scalar: { node, value } } : { apply })
  }

  function changeMap(map: YAMLMap, value: JsonObject, path: DocumentPath): void {
    const missing = new Set(Object.keys(value))
    for (const pair of map.items) {
      const key = keyOf(pair)
      if (!missing.delete(key)) {
        edits.push({ apply: () => map.items.splice(map.items.indexOf(pair), 1) })
        continue
      }
      change(pair.value, value[key] as JsonValue, [...path, key], (node) => {
        pair.value = node
      })
    }
    for (const key of missing) {
      edits.push({ apply: () => map.items.push(styledPair(document, key, value[key] as JsonValue, path)) })
    }
    const [first, ...others] = withinDefinition(path)
    if (first === 'components' && others.length === 0) keepOrder(map, Object.keys(value))
  }

  /** The order of the components means something; that of other keys is the author's. */
  function keepOrder(map: YAMLMap, names: readonly string[]): void {
    const present = map.items.map(keyOf).filter((name) => names.includes(name))
    const added = names.filter((name) => !present.includes(name))
    if ([...present, ...added].every((name, index) => name === names[index])) return
    edits.push({ apply: () => map.items.sort((a, b) => names.indexOf(keyOf(a)) - names.indexOf(keyOf(b))) })
  }

  /** Items that are the same at both ends stay; those between are changed one by one. */
  function changeSeq(seq: YAMLSeq, value: readonly JsonValue[], path: DocumentPath): void {
    const old = seq.items.map(plain)
    const most = Math.min(old.length, value.length)
    let start = 0
    while (start < most && isDeepStrictEqual(old[start], value[start])) start += 1
    let end = 0
    while (end < most - start && isDeepStrictEqual(old.at(-1 - end), value.at(-1 - end))) end += 1
    const common = most - start - end
    for (let index = start; index < start + common; index++) {
      change(seq.items[index], value[index] as JsonValue, [...path, index], (node) => {
        seq.items[index] = node
      })
    }
    const removed = old.length - most
    const added = value.slice(start + common, value.length - end)
    if (removed === 0 && added.length === 0) return
    edits.push({
      apply: () => {
        const nodes = added.map((item) =>
          inStyleOf(seq.items[0], styledNode(document, item, [...path, start])),
        )
        seq.items.splice(start + common, removed, ...nodes)
      },
    })
  }
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

/** What a person wrote around the old node belongs to the new one too. */
export function withNotes(node: Node, old: unknown): Node {
  const { comment, commentBefore, spaceBefore } = (old ?? {}) as Partial<Node>
  const isBlock = (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0
  // Behind a block it would stand on its last line.
  const before = isBlock ? [commentBefore, comment].filter((text) => text != null).join('\n') : commentBefore
  Object.assign(node, {
    commentBefore: before || undefined,
    comment: isBlock ? undefined : comment,
    spaceBefore,
  })
  if (isScalar(node) && isScalar(old) && typeof node.value === 'string' && keepsType(old, node.value)) {
    node.type = old.type as Scalar.Type
  }
  return node
}

function keepsType({ value, type }: Scalar, text: string): boolean {
  return typeof value === 'string' && type !== undefined && text.includes('\n') === value.includes('\n')
}

function inStyleOf(sibling: unknown, node: Node): Node {
  if (!isAlias(sibling) && (isMap(sibling) || isSeq(sibling)) && (isMap(node) || isSeq(node)))
    node.flow = sibling.flow ?? false
  return node
}
