import { pipelineSchema } from '@millrace/core/yaml'
import type { Terminal } from '../terminal.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

/** `millrace schema`: the JSON Schema of pipeline files, for editors. */
export async function schema(options: RegistryOptions, terminal: Terminal): Promise<void> {
  const registry = await makeRegistry(options, terminal)
  terminal.stdout.write(`${JSON.stringify(pipelineSchema(registry), undefined, 2)}\n`)
}
