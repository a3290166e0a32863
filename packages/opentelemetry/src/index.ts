// The whole public surface of the package.
export type { PipelineParts } from './attributes/visit.ts'
export { type TraceRunsOptions, traceRuns } from './trace-runs.ts'
