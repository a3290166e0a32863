import type { Pipeline } from '@millrace/core'
import { explain as explainPipeline } from '@millrace/drawing'
import { innerPipeline } from '../inner-pipeline.ts'
import { printable } from '../output/printable.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

/** `millrace explain`: a pipeline in words, and the pipelines inside it. */
export async function explain(file: string, options: RegistryOptions, terminal: Terminal): Promise<void> {
  const pipeline = await load(file, await makeRegistry(options, terminal), terminal)
  terminal.stdout.write(printable(`${explanations(pipeline).join('\n\n')}\n`))
}

function explanations(pipeline: Pipeline, around = ''): string[] {
  const inside = pipeline.names().flatMap((name) => {
    const inner = innerPipeline(pipeline.get(name))
    if (inner === undefined) return []
    const path = `${around}${name}`
    const [own = '', ...deeper] = explanations(inner, `${path}.`)
    return [`Inside '${path}': ${own}`, ...deeper]
  })
  return [explainPipeline(pipeline), ...inside]
}
