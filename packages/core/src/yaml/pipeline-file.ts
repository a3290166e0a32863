import { type Component, type ComponentClass, isComponent, typeOf } from '../component/component.ts'
import { escapeReferences } from '../component/environment.ts'
import { heldParts } from '../component/holding/held.ts'
import type { Resource, ResourceClass } from '../component/holding/resource.ts'
import type { Registry } from '../component/registry.ts'
import { isTool } from '../component/tool.ts'
import { isToolset } from '../component/toolset.ts'
import { LoadError } from '../errors.ts'
import { isPlainObject, type JsonObject, type JsonValue } from '../json.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { replaceHeld } from '../schema/named-values.ts'
import type { Holding } from '../schema/socket-type.ts'
import { formatPath } from '../text/show.ts'
import { MOST_LEVELS_OF_PIPELINES } from './bounds/limits.ts'
import { type ComponentEntry, type PipelineFile, pipelineType } from './file-shape.ts'
import type { DocumentPath } from './problems.ts'

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
      case 'tools':
        return Array.isArray(value) ? value.map((item) => registry?.tools.namesOf(item)[0] ?? item) : value
      case 'resource':
        return this.#resources.get(value as Resource) ?? value
      case 'component':
        // A file has no place there for a pipeline.
        return isComponent(value) && !PipelineComponent.isInstance(value) ? this.#held(value, label) : value
    }
  }

  #held(component: Component, owner: string): Written {
    const label = `${owner} holds ${typeOf(component)}`
    const unsupported: Unsupported = (path, reason) =>
      this.faults.push(`${label}: '${formatPath(path)}' ${reason}.`)
    return new Written({
      type: this.#typeName(label, component),
      ...this.#parameters(label, component, unsupported),
    } as JsonObject)
  }

  /** All resources of a pipeline, those of pipelines in it included: they share them by the names at the top. */
  #resourceEntries(pipeline: Pipeline): object {
    for (const [resource, name] of resourcesIn(pipeline)) {
      const base = name ?? typeOf(resource).replace(/^./, (first) => first.toLowerCase())
      const taken = new Set(this.#resources.values())
      let free = base
      for (let number = 2; taken.has(free); number++) free = `${base}${number}`
      this.#resources.set(resource, free)
    }
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

/** The file that a pipeline came from: see `IncludedPipeline`. */
function fileOf({ initParameters }: Component): string | undefined {
  return (initParameters as { readonly file?: string } | undefined)?.file
}

const TOP: DocumentPath = ['initParameters']

/** Nothing where there is nothing to say. */
function some<Key extends string, Value>(key: Key, value: Value): { [K in Key]?: Value } {
  return (Object.keys(Object(value)).length === 0 ? {} : { [key]: value }) as { [K in Key]?: Value }
}

/** The resources of a pipeline with the names that it has for them, and those of pipelines in it that its file has, too. */
function resourcesIn(pipeline: Pipeline): Map<Resource, string | undefined> {
  const found = new Map<Resource, string | undefined>()
  for (const [name, resource] of Object.entries(pipeline.options.resources ?? {})) found.set(resource, name)
  for (const component of pipeline.names().map((name) => pipeline.get(name))) {
    const isInPlace = PipelineComponent.isInstance(component) && fileOf(component) === undefined
    const inside = isInPlace ? resourcesIn((component as PipelineComponent).pipeline) : new Map()
    for (const resource of heldParts(component).resources) inside.set(resource, inside.get(resource))
    for (const [resource, name] of inside) found.set(resource, found.get(resource) ?? name)
  }
  return found
}

/** What is as a file has it already, in a value that is not. */
class Written {
  readonly value: JsonObject

  constructor(value: JsonObject) {
    this.value = value
  }
}

/** The value as a file has it: what looks like a reference to the environment, and is not one, written as text. */
function escaped(value: JsonValue): JsonValue {
  return writtenOut(value, escapeReferences)
}

function unwrapped(value: JsonValue): JsonValue {
  return writtenOut(value, (text) => text)
}

function writtenOut(value: JsonValue | Written, write: (text: string) => string): JsonValue {
  if (value instanceof Written) return value.value
  if (typeof value === 'string') return write(value)
  if (Array.isArray(value)) return value.map((item) => writtenOut(item, write))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [write(key), writtenOut(part, write)]))
}

/** Deeper values overflow the stack of whatever writes or reads them. */
const MOST_LEVELS = 500

/** Half of a character: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** Is called with each thing that a file cannot express. */
type Unsupported = (path: DocumentPath, reason: string) => void

/**
 * A copy of a value in plain JSON, as `JSON.stringify` sees it: a key with the value `undefined` isn't there. What no
 * file can express is reported to `unsupported`, and is null in the copy.
 */
function plainValue(value: unknown, path: DocumentPath, unsupported: Unsupported): JsonValue {
  const open: { readonly object: object; readonly path: DocumentPath }[] = []
  return copy(value, path)

  function copy(part: unknown, place: DocumentPath): JsonValue {
    // Stays until references are escaped.
    if (part instanceof Written) return part as unknown as JsonValue
    const fault = faultOf(part)
    if (fault !== undefined) return refuse(place, fault)
    if (typeof part !== 'object' || part === null) return part as JsonValue
    const around = open.find(({ object }) => object === part)
    if (around) return refuse(place, `is '${formatPath(around.path)}' again, which would have no end`)
    if (open.length >= MOST_LEVELS) return refuse(place, `is nested deeper than ${MOST_LEVELS} levels`)
    open.push({ object: part, path: place })
    const copied = Array.isArray(part) ? copyList(part, place) : copyObject(part, place)
    open.pop()
    return copied
  }

  /** `Array.from` reads the holes of an array as `undefined`. */
  function copyList(list: readonly unknown[], place: DocumentPath): JsonValue {
    return Array.from(list, (item, index) => copy(item, [...place, index]))
  }

  function copyObject(object: object, place: DocumentPath): JsonValue {
    const copied: Record<string, JsonValue> = {}
    for (const [key, field] of Object.entries(object)) {
      if (field === undefined) continue
      if (key === '__proto__') refuse([...place, key], 'is not a key that a file may have')
      else if (LONE_SURROGATE.test(key)) refuse([...place, key], 'is not well-formed Unicode')
      else copied[key] = copy(field, [...place, key])
    }
    return copied
  }

  function refuse(place: DocumentPath, reason: string): null {
    unsupported(place, reason)
    return null
  }
}

/** Why a value by itself cannot be in a file. */
function faultOf(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return LONE_SURROGATE.test(value) ? 'is not well-formed Unicode' : undefined
    case 'number':
      return Number.isFinite(value) ? undefined : `is the number ${value}`
    case 'boolean':
      return undefined
    case 'object':
      if (isTool(value))
        return `is the tool '${value.name}'. A file has only the names of tools that the registry has`
      if (isToolset(value))
        return `is the toolset '${value.name}'. A file has only the names of toolsets that the registry has`
      if (value === null || Array.isArray(value) || isPlainObject(value)) return undefined
      return `is an instance of the class ${value.constructor?.name || 'without a name'}`
    case 'undefined':
      return 'is undefined'
    case 'function':
      return `is ${value.name === '' ? 'a function' : `the function '${value.name}'`}. A file has only the names of callbacks that the registry has`
    default:
      return `is a ${typeof value}`
  }
}
