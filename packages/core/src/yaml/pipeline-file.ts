import { type Component, type ComponentClass, isComponent, typeOf } from '../component/component.ts'
import type { Resource, ResourceClass } from '../component/holding/resource.ts'
import type { Registry } from '../component/registry.ts'
import { LoadError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { replaceHeld } from '../schema/named-values.ts'
import type { Holding } from '../schema/socket-type.ts'
import { formatPath } from '../text/show.ts'
import { MOST_LEVELS_OF_PIPELINES } from './bounds/limits.ts'
import { filesOfHeld } from './build.ts'
import { type ComponentEntry, type PipelineFile, pipelineType } from './file-shape.ts'
import type { DocumentPath } from './problems.ts'
import { escaped, plainValue, type Unsupported, unwrapped, Written } from './writing/plain-value.ts'
import { fileOf, isOfToolClass, sharedParts } from './writing/shared-parts.ts'

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
  const writer = new FileWriter(registry)
  const file = writer.file(pipeline, [])
  if (writer.faults.length === 0) return file
  throw new LoadError(
    'DUMP_UNSUPPORTED',
    `A file cannot express this pipeline:\n${writer.faults.map((fault) => `  ${fault}`).join('\n')}`,
  )
}

class FileWriter {
  /** What a file cannot express. */
  readonly faults: string[] = []
  readonly #registry: Registry | undefined
  /** The names of the resources that are written, at the top. */
  readonly #resources = new Map<Resource, string>()

  constructor(registry: Registry | undefined) {
    this.#registry = registry
  }

  /** @param around the components around the pipeline, the outermost first */
  file(pipeline: Pipeline, around: readonly string[]): PipelineFile {
    const { metadata, maxRunsPerComponent, inputs, outputs } = pipeline.options
    const place = around.length === 0 ? '' : `Inside '${around.join('.')}': `
    const unsupported: Unsupported = (path, reason) =>
      this.faults.push(`${place}'${formatPath(path)}' ${reason}.`)
    return {
      ...some('metadata', escaped(plainValue(metadata ?? {}, ['metadata'], unsupported))),
      ...(maxRunsPerComponent === undefined || maxRunsPerComponent === 100 ? {} : { maxRunsPerComponent }),
      ...(around.length === 0 ? some('resources', this.#resourceEntries(pipeline)) : {}),
      components: Object.fromEntries(
        pipeline.names().map((name) => [name, this.#entry([...around, name], pipeline)]),
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
    } as PipelineFile
  }

  #entry(names: readonly string[], pipeline: Pipeline): ComponentEntry {
    const name = names.at(-1) as string
    const component = pipeline.get(name)
    const { retry, timeoutMs } = pipeline.policy(name)
    const label = `'${names.join('.')}' (${typeOf(component)})`
    const unsupported: Unsupported = (path, reason) =>
      this.faults.push(`${label}: '${formatPath(path)}' ${reason}.`)
    const { type, initParameters } = PipelineComponent.isInstance(component)
      ? this.#subPipeline(label, names, component, unsupported)
      : this.#component(label, component, unsupported)
    return {
      type,
      ...some('initParameters', initParameters),
      ...(retry === undefined ? {} : { retry: plainValue(retry, ['retry'], unsupported) }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    } as ComponentEntry
  }

  #component(label: string, component: Component, unsupported: Unsupported) {
    return { type: this.#typeName(label, component), ...this.#parameters(label, component, unsupported) }
  }

  /** The parameters as a file has them, with something else in the place of what they hold. Left out where there are none. */
  #parameters(label: string, part: Component | Resource, unsupported: Unsupported) {
    const given = part.toJSON?.() ?? part.initParameters ?? {}
    const { parameters, environment = [] } = Object(part.constructor) as Partial<ComponentClass>
    const named =
      parameters === undefined
        ? given
        : replaceHeld(parameters.type, given, ({ holds }, value) => this.#named(holds.kind, value, label))
    const plain = Object(plainValue(named, TOP, unsupported)) as JsonObject
    // In what a component looks up by itself, `$${` is one already.
    const written = Object.entries(plain).map(([name, value]) => [
      name,
      environment.includes(name) ? unwrapped(value) : escaped(value),
    ])
    return some('initParameters', Object.fromEntries(written) as JsonObject)
  }

  /** What a file has in the place of a value; the value itself where that has no name. */
  #named(kind: Holding['kind'], value: unknown, label: string): unknown {
    const registry = this.#registry
    switch (kind) {
      case 'callback':
        return registry?.callbacks.namesOf(value)[0] ?? value
      case 'tool':
        return this.#tool(value, label)
      case 'resource':
        return this.#resources.get(value as Resource) ?? value
      case 'pipeline': {
        const pipeline = value as Pipeline
        const file = filesOfHeld.get(pipeline)
        return new Written(
          file === undefined ? { definition: this.file(pipeline, [label.replaceAll("'", '')]) } : { file },
        )
      }
      case 'component':
        // A file has no place there for a pipeline.
        return isComponent(value) && !PipelineComponent.isInstance(value)
          ? this.#held(value, label, (holder) => this.#typeName(holder, value))
          : value
    }
  }

  #tool(value: unknown, label: string): unknown {
    const own = this.#resources.get(value as Resource)
    if (own !== undefined) return own
    // A resource of the file hides a tool of its name.
    const hidden = new Set(this.#resources.values())
    const name = this.#registry?.tools.namesOf(value).find((possible) => !hidden.has(possible))
    if (name !== undefined) return name
    return isOfToolClass(value)
      ? this.#held(value, label, (holder) => this.#resourceType(holder, value))
      : value
  }

  #held(part: Component | Resource, owner: string, typeName: (label: string) => string): Written {
    const label = `${owner} holds ${typeOf(part)}`
    const unsupported: Unsupported = (path, reason) =>
      this.faults.push(`${label}: '${formatPath(path)}' ${reason}.`)
    const type = typeName(label)
    return new Written({ type, ...this.#parameters(label, part, unsupported) } as JsonObject)
  }

  #resourceEntries(pipeline: Pipeline): object {
    const isRegistered = (tool: object) => (this.#registry?.tools.namesOf(tool).length ?? 0) > 0
    for (const [resource, name] of sharedParts(pipeline, isRegistered)) this.#resources.set(resource, name)
    const entries = [...this.#resources].map(([resource, name]) => {
      const label = `resource '${name}' (${typeOf(resource)})`
      const unsupported: Unsupported = (path, reason) =>
        this.faults.push(`${label}: '${formatPath(path)}' ${reason}.`)
      const type = this.#resourceType(label, resource)
      return [name, { type, ...this.#parameters(label, resource, unsupported) }]
    })
    return Object.fromEntries(entries)
  }

  #subPipeline(
    label: string,
    names: readonly string[],
    component: PipelineComponent,
    unsupported: Unsupported,
  ) {
    const { pipeline, mapping } = component
    const mapped = plainValue(mapping, TOP, unsupported) as object
    const file = fileOf(component)
    if (file !== undefined) return { type: pipelineType, initParameters: { file, ...mapped } }
    if (names.length > MOST_LEVELS_OF_PIPELINES) {
      this.faults.push(
        `${label}: it is inside more than the ${MOST_LEVELS_OF_PIPELINES} pipelines that are possible.`,
      )
      return { type: pipelineType, initParameters: mapped }
    }
    return { type: pipelineType, initParameters: { definition: this.file(pipeline, names), ...mapped } }
  }

  #resourceType(label: string, resource: Resource): string {
    const declared = Object(resource.constructor) as Partial<ResourceClass>
    const names = this.#registry?.resources.namesOf(declared) ?? []
    const [name = this.#registry === undefined ? declared.type : undefined] = names
    if (name !== undefined) return name
    this.faults.push(
      `${label}: its class is in no package of the registry, so that a file could not name it.`,
    )
    return ''
  }

  /** The short name of a pipeline in the pipeline is taken, whatever the registry has. */
  #typeName(label: string, component: Component): string {
    const declared = Object(component.constructor) as Partial<ComponentClass>
    const own = declared.type === undefined ? [] : [declared.type]
    const names = this.#registry === undefined ? own : this.#registry.components.namesOf(declared)
    const name = names.find((possible) => possible !== pipelineType)
    if (name !== undefined) return name
    const fault =
      this.#registry !== undefined
        ? 'its class is in no package of the registry, so that a file could not name it.'
        : names.length === 0
          ? "its class has no 'static readonly type', so that a file could not name it."
          : `a file would take '${pipelineType}' for a pipeline. Give a registry that has its package.`
    this.faults.push(`${label}: ${fault}`)
    return ''
  }
}

const TOP: DocumentPath = ['initParameters']

/** Nothing where there is nothing to say. */
function some<Key extends string, Value>(key: Key, value: Value): { [K in Key]?: Value } {
  return (Object.keys(Object(value)).length === 0 ? {} : { [key]: value }) as { [K in Key]?: Value }
}
