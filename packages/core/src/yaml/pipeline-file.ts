import { type Component, type ComponentClass, typeOf } from '../component/component.ts'
import { escapeReferences } from '../component/environment.ts'
import type { Registry } from '../component/registry.ts'
import { isTool } from '../component/tool.ts'
import { isToolset } from '../component/toolset.ts'
import { LoadError } from '../errors.ts'
import { isPlainObject, type JsonObject, type JsonValue } from '../json.ts'
import { PipelineComponent } from '../pipeline/as-component.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { formatPath } from '../text/show.ts'
import { MOST_LEVELS_OF_PIPELINES } from './bounds/limits.ts'
import { type ComponentEntry, type PipelineFile, pipelineType } from './file-shape.ts'
import { replaceNamed } from './named-values.ts'
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
    const parameters = plainValue(parametersOf(component, this.#registry), TOP, unsupported)
    const { environment = [] } = Object(component.constructor) as Partial<ComponentClass>
    // In what a component looks up by itself, `$${` is one already.
    const written = Object.entries(Object(parameters) as JsonObject).map(([name, value]) => [
      name,
      environment.includes(name) ? value : escaped(value),
    ])
    return { type: this.#typeName(label, component), initParameters: Object.fromEntries(written) }
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

function parametersOf(component: Component, registry: Registry | undefined): unknown {
  const given = component.toJSON?.() ?? component.initParameters ?? {}
  const { parameters } = Object(component.constructor) as Partial<ComponentClass>
  if (registry === undefined || parameters === undefined) return given
  return replaceNamed(parameters.type, given, {
    callback: (value) => registry.callbacks.namesOf(value)[0] ?? value,
    tools: (value) =>
      Array.isArray(value) ? value.map((item) => registry.tools.namesOf(item)[0] ?? item) : value,
  })
}

/** The value as a file has it: what looks like a reference to the environment, and is not one, written as text. */
function escaped(value: JsonValue): JsonValue {
  if (typeof value === 'string') return escapeReferences(value)
  if (Array.isArray(value)) return value.map(escaped)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [escapeReferences(key), escaped(part)]),
  )
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
