import { isDeepStrictEqual } from 'node:util'
import { Document, isMap, isSeq, type Node, Scalar, type ToStringOptions, visit, YAMLSeq } from 'yaml'
import { LoadError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { type Edit, editsTo, withNotes } from './edit-nodes.ts'
import { completeLimits, DEEPEST, type LoadLimits } from './limits.ts'
import { yamlOptions } from './parse.ts'
import { type PipelineDocument, readDocument } from './read-document.ts'
import { toValue } from './to-value.ts'

/** The text is the caller's own: what it may ask for is bounded only where the parser is. */
const limits: Required<LoadLimits> = completeLimits({
  maxBytes: Number.MAX_SAFE_INTEGER,
  maxDepth: DEEPEST,
  maxAliases: 10_000,
})

/**
 * The text changed so that it says `wanted(old)`, where `old` is what it says. Of several ways the one that leaves the
 * most of it as it is: values replaced in the text, the document written again, the same without its aliases.
 * Undefined when none of them reads back right.
 *
 * @throws LoadError when the text is not the YAML of a pipeline file
 */
export function editText(text: string, wanted: (old: JsonObject) => JsonObject): string | undefined {
  const read = readChecked(text)
  const value = wanted(read.value)
  if (says(text, value)) return text
  const edits = editsTo(read.document, value, valuesOf(read))
  for (const write of [
    () => spliced(read, edits),
    () => rewritten(read, edits),
    () => withoutAliases(text, value),
  ]) {
    const edited = write()
    if (edited === undefined) continue
    const complete = inConventionsOf(text, edited)
    if (says(complete, value)) return complete
  }
  return undefined
}

function readChecked(text: string): PipelineDocument {
  const read = readDocument(text, limits, undefined)
  read.problems.throwIfAny()
  return read
}

function valuesOf({ nodes, problems }: PipelineDocument) {
  return (node: unknown): JsonValue => toValue(nodes, limits, problems, node as Node | null)
}

function says(text: string, value: JsonObject): boolean {
  try {
    const read = readChecked(text).value
    return isDeepStrictEqual(read, value) && isDeepStrictEqual(orderOf(read), orderOf(value))
  } catch (error) {
    if (LoadError.isInstance(error)) return false
    throw error
  }
}

/** The one order of keys that means something: that in which the components are declared. */
function orderOf({ components }: JsonObject): JsonValue {
  return Object.entries(Object(components) as JsonObject).map(([name, entry]) => [
    name,
    orderOf(Object(Object(Object(entry)['initParameters'])['definition'])),
  ])
}

/** Nothing but the values themselves replaced, when only values changed that stand on a line. */
function spliced(
  { problems, nodes, document }: PipelineDocument,
  edits: readonly Edit[],
): string | undefined {
  let { text } = problems.source
  const replaced = edits.map(({ scalar }) => {
    const [start, end] = scalar?.node.range ?? [0, 0]
    return { start, end, written: scalar && inline(document, scalar.node, scalar.value) }
  })
  for (const { start, end, written } of replaced.sort((a, b) => b.start - a.start)) {
    if (written === undefined || start === end || text.slice(start, end).includes('\n')) return undefined
    text = text.slice(0, start) + written + text.slice(end)
  }
  return nodes.targets.size === 0 ? text : undefined
}

/** A scalar as it is written within a line, in the quotes of the one it replaces. */
function inline(document: Document, { type, value: old }: Scalar, value: JsonValue): string | undefined {
  if (typeof value === 'string' && value.includes('\n')) return undefined
  const node = new Scalar(value)
  if (typeof value === 'string' && typeof old === 'string' && type !== undefined)
    node.type = type as Scalar.Type
  const list = new YAMLSeq(document.schema)
  list.items.push(node)
  list.flow = true
  const holder = new Document<Node>(undefined, yamlOptions)
  holder.contents = list
  return holder
    .toString({ lineWidth: 0, flowCollectionPadding: false, directives: false })
    .trim()
    .slice(1, -1)
}

function rewritten({ document, problems }: PipelineDocument, edits: readonly Edit[]): string {
  const style = styleOf(document, problems.source.text)
  for (const { apply } of edits) apply()
  return document.toString(style)
}

/** Where an alias and what it stands for part, each needs a text of its own. */
function withoutAliases(text: string, value: JsonObject): string | undefined {
  const read = readChecked(text)
  if (read.nodes.targets.size === 0) return undefined
  visit(read.document, {
    Alias: (_, alias) => withNotes(read.nodes.follow(alias)?.clone() as Node, alias),
  })
  visit(read.document, {
    Node: (_, node) => {
      if ('anchor' in node) delete node.anchor
    },
  })
  return rewritten(read, editsTo(read.document, value, valuesOf(read)))
}

/** The habits of a text that the document model does not keep by itself. */
function styleOf({ contents }: PipelineDocument['document'], text: string): ToStringOptions {
  const columnOf = (node: Node) => {
    const start = node.range?.[0] ?? 0
    return start - text.lastIndexOf('\n', start - 1) - 1
  }
  let indent: number | undefined
  let indentSeq: boolean | undefined
  let padding: boolean | undefined
  visit(contents, {
    Pair: (_, { key, value }) => {
      const at = columnOf(key as Node)
      if (isMap(value) && !value.flow && indent === undefined) indent = columnOf(value) - at
      if (isSeq(value) && !value.flow && indentSeq === undefined) indentSeq = columnOf(value) > at
    },
    Collection: (_, { flow, range, items }) => {
      if (flow && range && items.length > 0) padding ??= /\s/.test(text[range[0] + 1] ?? ' ')
    },
  })
  const longestLine = text.split('\n').reduce((longest, line) => Math.max(longest, line.length), 80)
  return {
    lineWidth: longestLine,
    indent: indent !== undefined && indent > 0 ? indent : 2,
    indentSeq: indentSeq ?? true,
    flowCollectionPadding: padding ?? true,
    verifyAliasOrder: false,
  }
}

/** Line ends and the byte order mark as they were. */
function inConventionsOf(text: string, edited: string): string {
  const lines = text.includes('\r\n') ? edited.replace(/\r?\n/g, '\r\n') : edited
  return text.startsWith('\uFEFF') ? `\uFEFF${lines}` : lines
}
