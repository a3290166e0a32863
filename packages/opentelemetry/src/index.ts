// The whole public surface of the package.
export { type TraceRunsOptions, traceRuns } from './trace-runs.ts'
