// @millrace/mcp/server: pipelines as an MCP server. A door of its own, because it needs the SDK when it is imported.
export type { Beginning, RunServed } from './call-pipeline.ts'
export { type PipelineServerOptions, pipelineServer } from './pipeline-server.ts'
export { type StdioOptions, serveStdio } from './serve-stdio.ts'
export type { ServedPipeline } from './served-pipeline.ts'
