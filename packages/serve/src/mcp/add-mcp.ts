import type { App, Service } from '../http/context.ts'
import { McpSessions } from './mcp-sessions.ts'

/** `/mcp`: each pipeline is a tool, for clients that speak MCP over streamable HTTP. Returns what ends its sessions. */
export function addMcp(app: App, service: Service): () => Promise<void> {
  const sessions = new McpSessions(service)
  app.on(['GET', 'POST', 'DELETE'], '/mcp', (c) => sessions.handle(c))
  return () => sessions.close()
}
