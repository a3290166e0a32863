import { type Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { JsonValue } from '../json.ts'
import { type DocumentPath, withinDefinition } from './document-path.ts'

/** A new node in the style of a dumped file: connections on a line each, text of several lines as a block. */
export function styledNode(document: Document, value: JsonValue, path: DocumentPath): Node {
  if (typeof value === 'string') return textNode(value)
  if (typeof value !== 'object' || value === null) return new Scalar(value)
  const collection = isList(value) ? new YAMLSeq(document.schema) : new YAMLMap(document.schema)
  if (isList(value))
    collection.items = value.map((item, index) => styledNode(document, item, [...path, index]))
  else collection.items = Object.entries(value).map(([key, item]) => styledPair(document, key, item, path))
  if (isLine(value, withinDefinition(path))) collection.flow = true
  return collection
}

/** Connections, and the ends that a name of an input leads to. */
function isLine(value: JsonValue, path: DocumentPath): boolean {
  if (path[0] === 'components' && path[2] === 'initParameters') {
    // Of a pipeline in the pipeline. Other parameters of that name may hold anything.
    return path.length === 5 && path[3] === 'inputs' && isList(value) && value.every(isText)
  }
  return (path[0] === 'connections' || path[0] === 'inputs') && path.length === 2
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string'
}

export function styledPair(
  document: Document,
  key: string,
  value: JsonValue,
  path: DocumentPath,
): Pair<Node, Node> {
  const name = new Scalar(key)
  // Plain, it would be the merge key of YAML 1.1, which the loader refuses.
  if (key === '<<') name.type = 'QUOTE_DOUBLE'
  return new Pair<Node, Node>(name, styledNode(document, value, [...path, key]))
}

function textNode(text: string): Scalar {
  const node = new Scalar(text)
  // A block of nothing but line ends is hard to see.
  if (text.includes('\n')) node.type = /\S/.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE'
  return node
}

/** `Array.isArray` does not narrow readonly arrays. */
export function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
