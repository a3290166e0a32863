import { type Pipeline, PipelineComponent } from '@millrace/core'
import { printable } from '@millrace/core/component'
import { explain as explainPipeline } from '@millrace/drawing'
import { everything } from '../arguments/permissions.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

/** `millrace explain`: a pipeline in words, and the pipelines inside it. */
export async function explain(file: string, options: RegistryOptions, terminal: Terminal): Promise<void> {
  const pipeline = await load(file, await makeRegistry(options, terminal), terminal, everything)
  terminal.stdout.write(printable(`${explanations(pipeline).join('\n\n')}\n`))
}

function explanations(pipeline: Pipeline, around = ''): string[] {
  const inside = pipeline.names().flatMap((name) => {
    const component = pipeline.get(name)
    if (!PipelineComponent.isInstance(component)) return []
    const path = `${around}${name}`
    const [own = '', ...deeper] = explanations(component.pipeline, `${path}.`)
    return [`Inside '${path}': ${own}`, ...deeper]
  })
  return [explainPipeline(pipeline), ...inside]
}
