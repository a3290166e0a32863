// The whole public surface of the package for pipelines that use servers. `server/index.ts` is the door for pipelines that
// are one.
export { McpError, type McpErrorCode, mcpErrorCodes } from './errors.ts'
export { mcpComponents } from './mcp-components.ts'
export { McpToolset } from './mcp-toolset.ts'
export { withSdk } from './sdk.ts'
export type { McpProgress } from './toolset-parameters.ts'
