// @millrace/core/component, for authors of components and of packages beside this one: the checks of values, what there
// is to know of a component, and how messages show things.

export { typeOf } from './component/component.ts'
export { type Conversion, conversionBetween } from './component/conversion.ts'
export { resolveEnvironment } from './component/environment.ts'
export { HiddenValues } from './component/hidden-values.ts'
export { type HeldComponent, type HeldParts, type HeldTool, heldParts } from './component/holding/held.ts'
export { closeTools, warmUpTools } from './component/holding/sharing.ts'
export { readParameters } from './component/read-parameters.ts'
export { readValue } from './component/read-value.ts'
export { aloneContext } from './component/run-context.ts'
export { invokeTool } from './component/tool.ts'
export { flattenTools, isToolset } from './component/toolset.ts'
export { type MalformedToolCall, readMalformedCalls } from './data/merge-chunks.ts'
export { guessMimeType } from './data/mime-type.ts'
export type { StreamingChunkFields } from './data/streaming-chunk.ts'
export { type ErrorDetails, errorCodes } from './errors.ts'
export { frozenCopy } from './frozen-copy.ts'
export { checkConnection } from './graph/connect.ts'
export { type Connection, Graph } from './graph/graph.ts'
export { inputsSchema } from './graph/inputs.ts'
export type { RunInputs, RunOutputs } from './graph/path.ts'
export {
  type Plan,
  type PlannedComponent,
  type PlannedEdge,
  type PlannedSocket,
  planOf,
} from './graph/plan.ts'
export type { ComponentPolicy } from './graph/policy.ts'
export { isJsonObject } from './json.ts'
export type { MappedInputs, MappedOutputs } from './pipeline/as-component.ts'
export { fits } from './schema/fits.ts'
export { holdsCode } from './schema/holds-code.ts'
export { type MisspeltKeyword, misspeltKeyword } from './schema/keywords.ts'
export { LinearPattern, type PatternMatch } from './schema/linear-pattern.ts'
export { schemaOf } from './schema/schema.ts'
export type { SentTo } from './schema/socket.ts'
export { typeName } from './schema/socket-type.ts'
export { checkSchema, checkType, checkValue, fitsType, type ValueProblem } from './schema/validate.ts'
export { readSnapshot } from './snapshot/read-snapshot.ts'
export { cutText } from './text/cut-text.ts'
export { excerptOf, type Position } from './text/excerpt.ts'
export { didYouMean, listNames, nearest, unknownName } from './text/names.ts'
export { shorten, shortenEnd, shortenMiddle } from './text/shorten.ts'
export { countOf, describeValue, formatPath, messageOf, onOneLine, printable } from './text/show.ts'
export { cellWidth, charactersOf } from './text/width.ts'
export { warnProcess } from './warn-process.ts'
