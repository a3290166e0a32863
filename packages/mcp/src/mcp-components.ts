import { type ComponentPackage, componentPackage } from '@millrace/core'
import { McpToolset } from './mcp-toolset.ts'

/** What pipeline files may name of this package: the resource `McpToolset`. */
export const mcpComponents: ComponentPackage = componentPackage({
  name: '@millrace/mcp',
  resources: [McpToolset],
})
