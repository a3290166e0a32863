import { type Component, type ComponentClass, typeOf } from '../component/component.ts'
import type { Registry } from '../component/registry.ts'
import { isTool, type Tool } from '../component/tool.ts'
import { LoadError } from '../errors.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { asConnectError } from './as-connect-error.ts'
import { formatPath } from './document-path.ts'
import type { ComponentEntry, PipelineFile } from './file-shape.ts'
import { replaceNamed } from './named-values.ts'
import { plainValue, type Unsupported } from './plain-value.ts'

export interface PipelineFileOptions {
  /** Gives types their names, and writes callbacks and tools by the names it knows. Absent: types by their own name. */
  readonly registry?: Registry
}

/**
 * The plain JSON value of the file that describes a pipeline, its keys in the order in which `dumpPipeline` writes
 * them. What is empty or a default is left out.
 *
 * @throws LoadError `DUMP_UNSUPPORTED` naming every parameter that a file cannot express
 */
export function pipelineFile(pipeline: Pipeline, { registry }: PipelineFileOptions = {}): PipelineFile {
  const faults: string[] = []
  const { metadata, maxRunsPerComponent, inputs, outputs } = pipeline.options
  const unsupported: Unsupported = (path, reason) => faults.push(`'${formatPath(path)}' ${reason}.`)
  const file = {
    ...some('metadata', plainValue(metadata ?? {}, ['metadata'], unsupported)),
    ...(maxRunsPerComponent === undefined || maxRunsPerComponent === 100 ? {} : { maxRunsPerComponent }),
    components: Object.fromEntries(
      pipeline.names().map((name) => [name, entryOf(name, pipeline, registry, faults)]),
    ),
    ...some(
      'connections',
      pipeline.connections().map(({ sender, receiver }) => ({
        sender: `${sender.component}.${sender.socket}`,
        receiver: `${receiver.component}.${receiver.socket}`,
      })),
    ),
    ...some('inputs', plainValue(inputs ?? {}, ['inputs'], unsupported)),
    ...some('outputs', plainValue(outputs ?? {}, ['outputs'], unsupported)),
  }
  if (faults.length === 0) return file as PipelineFile
  throw new LoadError(
    'DUMP_UNSUPPORTED',
    `A file cannot express this pipeline:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  )
}

function entryOf(
  name: string,
  pipeline: Pipeline,
  registry: Registry | undefined,
  faults: string[],
): ComponentEntry {
  const component = pipeline.get(name)
  const { retry, timeoutMs } = pipeline.policy(name)
  const told = `'${name}' (${typeOf(component)})`
  const unsupported: Unsupported = (path, reason) => faults.push(`${told}: '${formatPath(path)}' ${reason}.`)
  const top = ['initParameters']
  return {
    type: typeNameOf(told, component, registry, faults),
    ...some('initParameters', plainValue(parametersOf(component, registry), top, unsupported)),
    ...(retry === undefined ? {} : { retry: plainValue(retry, ['retry'], unsupported) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  } as ComponentEntry
}

/** Nothing where there is nothing to say. */
function some<Key extends string, Value>(key: Key, value: Value): { [K in Key]?: Value } {
  return (Object.keys(Object(value)).length === 0 ? {} : { [key]: value }) as { [K in Key]?: Value }
}

function typeNameOf(
  told: string,
  component: Component,
  registry: Registry | undefined,
  faults: string[],
): string {
  const declared = component.constructor as ComponentClass
  const name = registry === undefined ? declared.type : registry.nameOf(declared)
  if (typeof name === 'string') return name
  faults.push(
    registry === undefined
      ? `${told}: its class has no 'static readonly type', so that a file could not name it.`
      : `${told}: its class is in no package of the registry, so that a file could not name it.`,
  )
  return ''
}

function parametersOf(component: Component, registry: Registry | undefined): unknown {
  const given = component.toJSON?.() ?? component.initParameters ?? {}
  const { parameters } = component.constructor as Partial<ComponentClass>
  if (registry === undefined || parameters === undefined) return given
  return replaceNamed(parameters.type, given, {
    callback: (value) => (typeof value === 'function' ? (callbackName(registry, value) ?? value) : value),
    tools: (value) =>
      Array.isArray(value)
        ? value.map((item) => (isTool(item) ? (toolName(registry, item) ?? item) : item))
        : value,
  })
}

function callbackName(registry: Registry, callback: unknown): string | undefined {
  for (const { name: owner, callbacks } of registry.packages) {
    const short = Object.keys(callbacks).find((name) => callbacks[name] === callback)
    if (short !== undefined) return shortest(short, owner, (name) => registry.callback(name))
  }
  return undefined
}

function toolName(registry: Registry, tool: Tool): string | undefined {
  const owner = registry.packages.find(({ tools }) => tools.includes(tool))
  return owner === undefined ? undefined : shortest(tool.name, owner.name, (name) => registry.tool(name))
}

/** The name alone, or with its package where several packages have it. */
function shortest(name: string, owner: string, find: (name: string) => unknown): string {
  try {
    find(name)
    return name
  } catch (error) {
    asConnectError(error)
    return `${owner}/${name}`
  }
}
