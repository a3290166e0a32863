import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import type { JsonValue } from '../json.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { yamlOptions } from './parse.ts'
import { type PipelineFileOptions, pipelineFile } from './pipeline-file.ts'
import type { DocumentPath } from './problems.ts'

/**
 * Writes the YAML that describes a pipeline: loaded again, it gives a pipeline with the same `pipelineFile`. The same
 * pipeline gives the same text every time.
 *
 * @throws LoadError `DUMP_UNSUPPORTED` naming every parameter that a file cannot express
 */
export function dumpPipeline(pipeline: Pipeline, options: PipelineFileOptions = {}): string {
  const document = new Document(undefined, yamlOptions)
  // The type says that the contents are what the document was made from, which was nothing.
  document.contents = styledNode(document, pipelineFile(pipeline, options), []) as never
  return document.toString({ lineWidth: 0 })
}

/** Connections stand on a line each, text of several lines is a block. */
function styledNode(document: Document, value: JsonValue, path: DocumentPath): Node {
  if (typeof value === 'string') return textNode(value)
  if (typeof value !== 'object' || value === null) return new Scalar(value)
  const collection = isList(value) ? new YAMLSeq(document.schema) : new YAMLMap(document.schema)
  collection.items = isList(value)
    ? value.map((item, index) => styledNode(document, item, [...path, index]))
    : Object.entries(value).map(
        ([key, item]) => new Pair(keyNode(key), styledNode(document, item, [...path, key])),
      )
  if (isLine(value, withinDefinition(path))) collection.flow = true
  return collection
}

/** Connections, and the sockets behind a name of an input. */
function isLine(value: JsonValue, path: DocumentPath): boolean {
  if (path[0] === 'components' && path[2] === 'initParameters') {
    // Of a pipeline in the pipeline. Other parameters of that name may hold anything.
    return path.length === 5 && path[3] === 'inputs' && isList(value) && value.every(isText)
  }
  return (path[0] === 'connections' || path[0] === 'inputs') && path.length === 2
}

/** The part of a path inside the innermost pipeline that it leads through. */
function withinDefinition(path: DocumentPath): DocumentPath {
  const isInside = path[0] === 'components' && path[2] === 'initParameters' && path[3] === 'definition'
  return isInside ? withinDefinition(path.slice(4)) : path
}

function keyNode(key: string): Scalar {
  const node = new Scalar(key)
  // Plain, it would be the merge key of YAML 1.1, which the loader refuses.
  if (key === '<<') node.type = 'QUOTE_DOUBLE'
  return node
}

function textNode(text: string): Scalar {
  const node = new Scalar(text)
  // A block of nothing but line ends is hard to see.
  if (text.includes('\n')) node.type = /\S/.test(text) ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE'
  return node
}

function isText(value: JsonValue): boolean {
  return typeof value === 'string'
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
