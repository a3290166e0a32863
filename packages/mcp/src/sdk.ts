import { createRequire } from 'node:module'
import { McpError } from './errors.ts'

const SDK = '@modelcontextprotocol/sdk'

/**
 * A module that needs the SDK, which has 97 packages below it: whoever uses servers installs it, and it is loaded with the
 * first connection.
 *
 * @throws McpError `MCP_SDK_MISSING` with the command that installs it
 */
export async function withSdk<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load()
  } catch (cause) {
    const { code, message } = Object(cause) as { readonly code?: string; readonly message?: string }
    if (code !== 'ERR_MODULE_NOT_FOUND' || !message?.includes(SDK)) throw cause
    const text = `The package '${SDK}', which speaks MCP, is not installed. Install it: npm install ${SDK}`
    throw new McpError('MCP_SDK_MISSING', text, { cause })
  }
}

/** Found without loading it. */
export function sdkIsInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve(`${SDK}/types.js`)
    return true
  } catch (error) {
    // In a bundle there is nothing to look from.
    return Object(error).code !== 'MODULE_NOT_FOUND'
  }
}
