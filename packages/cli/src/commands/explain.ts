import type { Pipeline } from '@millrace/core'
import { printable } from '@millrace/core/component'
import { innerPipeline } from '../inner-pipeline.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

/** `millrace explain`: a pipeline in words, and those that are inside of it. */
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
  return [pipeline.explain(), ...inside]
}
