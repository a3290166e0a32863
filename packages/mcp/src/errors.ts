import { MillraceError } from '@millrace/core'

/**
 * Every code that `@millrace/mcp` throws, with what it means and the way out.
 * `docs/errors.md` is this table in prose; a test keeps the two equal.
 */
export const mcpErrorCodes = {
  MCP_INVALID:
    'The parameters of an `McpToolset` contradict each other: it has a `command` or a `url`, and what belongs to that one.',
  MCP_SDK_MISSING:
    'The package `@modelcontextprotocol/sdk`, which speaks the protocol, is not installed. The text has the command.',
  MCP_CONNECT_FAILED:
    'An MCP server could not be started or reached, or did not answer as one. The text has its exit code and its last words.',
  MCP_CONNECTION_LOST:
    'An MCP server ended, or its connection broke, before it answered. The next call connects again.',
  MCP_TIMEOUT: 'An MCP server took longer to answer than `connectTimeoutMs` or `callTimeoutMs`.',
  MCP_TOOL_UNKNOWN:
    '`toolNames` names a tool that the MCP server does not have. The text lists those it has.',
  MCP_TOOL_FAILED: 'A tool of an MCP server answered with an error, or its server refused the call.',
  MCP_CLOSED: 'A tool of an MCP server was called after its toolset had been closed, or while it was.',
  MCP_SERVED_INVALID: 'Pipelines cannot be served as tools: two share a name, or one has an impossible name.',
} as const

export type McpErrorCode = keyof typeof mcpErrorCodes

/** An MCP server, or a tool of one, could not be used, or pipelines could not be served. See {@link mcpErrorCodes}. */
export class McpError extends MillraceError<McpErrorCode> {}
