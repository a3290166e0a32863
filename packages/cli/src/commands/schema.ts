import { pipelineSchema } from '@millrace/core'
import type { Terminal } from '../terminal.ts'
import { makeRegistry } from './registry.ts'

/** `millrace schema`: the JSON Schema of pipeline files, for editors. */
export function schema({ stdout }: Terminal): void {
  stdout.write(`${JSON.stringify(pipelineSchema(makeRegistry()), undefined, 2)}\n`)
}
