import type { JsonObject, JsonValue } from '../json.ts'
import { checkNodes } from './check-nodes.ts'
import { minimalFile } from './file-shape.ts'
import type { LoadLimits, Spent } from './limits.ts'
import { type ParsedDocument, parseText } from './parse.ts'
import { ProblemList } from './problem-list.ts'
import { Report } from './report.ts'
import { SourceNodes } from './source-nodes.ts'
import { SourceText } from './source-text.ts'
import { toValue } from './to-value.ts'

/** A pipeline as a file writes it down: a whole file, or a part of one. What the mapping holds isn't checked. */
export interface PipelineDefinition {
  readonly value: JsonObject
  /** Takes paths from the top of the mapping. May know of problems already: those that leave the rest readable. */
  readonly report: Report
}

/** A text that was found to be one mapping in the YAML of a pipeline file. */
export interface PipelineDocument extends PipelineDefinition {
  readonly document: ParsedDocument
  readonly nodes: SourceNodes
  readonly problems: ProblemList
}

/** What is read for one load, besides a text. */
export interface ReadTogether {
  readonly spent: Spent
  /** The problems of the file that includes this one; absent for the first. */
  readonly problems?: ProblemList
}

/** @throws LoadError for what leaves nothing to go on with */
export function readDocument(
  text: string,
  limits: Required<LoadLimits>,
  file: string | undefined,
  together?: ReadTogether,
): PipelineDocument {
  const problems = new ProblemList(new SourceText(text), file, together?.problems)
  const document = parseText(limits, problems)
  const nodes = new SourceNodes(document)
  const report = new Report(nodes, problems)
  for (const path of checkNodes(nodes, limits, problems)) report.refuse(path)
  const value = toValue(nodes, limits, problems, nodes.root, together?.spent)
  if (isJsonMapping(value)) return { document, nodes, value, problems, report }
  problems.throwIfAny()
  const offset = value === null ? undefined : nodes.valueAt([]).offset
  return problems.fail(
    'LOAD_SHAPE',
    `${notMapping(value)} For example:\n${minimalFile}${offset === undefined ? '' : '\n'}`,
    { offset },
  )
}

function isJsonMapping(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function notMapping(value: JsonValue): string {
  if (value === null) return 'A pipeline file is a mapping, and this one is empty.'
  const found = Array.isArray(value) ? 'a list' : `a ${typeof value}`
  const isPath = typeof value === 'string' && /\.ya?ml$/.test(value)
  return `A pipeline file is a mapping, not ${found}.${isPath ? ' To load a file by its path, use loadPipelineFile.' : ''}`
}
