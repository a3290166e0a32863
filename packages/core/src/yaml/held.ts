import { type Component, type ComponentClass, typeOf } from '../component/component.ts'
import type { Resource, ResourceClass } from '../component/holding/resource.ts'
import type { NameTable } from '../component/name-table.ts'
import type { Registry } from '../component/registry.ts'
import { isTool, type Tool } from '../component/tool.ts'
import { isToolset, type Toolset } from '../component/toolset.ts'
import { DefinitionError } from '../errors.ts'
import { isPlainObject } from '../json.ts'
import type { Holding } from '../schema/socket-type.ts'
import { checkValue } from '../schema/validate.ts'
import { didYouMean, listNames } from '../text/names.ts'
import { describeValue } from '../text/show.ts'
import {
  classOf,
  type DeclaredComponent,
  type LoadContext,
  parametersOf,
  type ResourcesByName,
  resourceClassOf,
} from './definition.ts'
import { heldShape, pipelineType } from './file-shape.ts'
import type { DefinitionPlace } from './include.ts'
import type { DocumentPath, Report } from './problems.ts'

/** What is known where parameters are read. */
export type HeldScope = LoadContext & {
  readonly report: Report
  readonly place: DefinitionPlace
  /** Those that parameters may name. */
  readonly resources: ResourcesByName
  /** In the parameters of a resource, the names of those that are declared after it. */
  readonly below?: readonly string[]
}

/** A class that the loader makes an instance of, when its parameters are right. */
export type PartClass<T> = Pick<ComponentClass, 'type' | 'parameters' | 'environment'> &
  (new (
    parameters?: object,
  ) => T)

/** Reads what a parameter holds as `{ type, initParameters }`. Undefined for anything else, which is then reported. */
export type ReadHeld<T> = (
  written: unknown,
  path: DocumentPath,
  scope: HeldScope,
) => (Pick<DeclaredComponent, 'parameters'> & { readonly class: PartClass<T> | undefined }) | undefined

/** @param expected what messages call such a component */
export function readHeldComponent(
  expected: string,
  written: unknown,
  path: DocumentPath,
  scope: HeldScope,
): ReturnType<ReadHeld<Component>> {
  const { report, registry } = scope
  const entry = readEntry(written, `a component (${expected}) as { type, initParameters }`, path, scope)
  if (entry === undefined) return undefined
  const { type } = entry
  if (type === pipelineType) {
    const message = `A pipeline cannot stand in a parameter of a file. In code a parameter takes pipeline.asComponent().`
    report.atValue('LOAD_PARAMETERS', message, [...path, 'type'])
    return undefined
  }
  const found = typeof type === 'string' ? classOf(type, report, [...path, 'type'], registry) : undefined
  return { class: found, parameters: parametersOf(entry) }
}

/** A tool or toolset in place, of a class of resources. */
export const readHeldTool: ReadHeld<Resource> = (written, path, scope) => {
  const { report, registry } = scope
  const expected =
    'the name of a tool, of a toolset or of a resource that is one, or { type, initParameters }'
  const entry = readEntry(written, expected, path, scope)
  if (entry === undefined) return undefined
  const { type } = entry
  const found =
    typeof type === 'string'
      ? resourceClassOf(type, report, [...path, 'type'], registry, () => componentAsTool(type, registry))
      : undefined
  return { class: found, parameters: parametersOf(entry) }
}

function componentAsTool(type: string, registry: Registry): string {
  if (registry.components.find(type) instanceof DefinitionError) return ''
  const way =
    registry.resources.find('ComponentTool') instanceof DefinitionError
      ? ''
      : `: as a tool it is { type: ComponentTool, initParameters: { component: { type: ${type} } } }`
  return ` '${type}' is a component${way}.`
}

/** The class of a component or tool in a parameter: null where it is not registered, undefined where there is none. */
export function heldClass(
  { kind }: Holding,
  part: unknown,
  { components, resources }: Registry,
): ComponentClass | ResourceClass | null | undefined {
  if ((kind !== 'component' && kind !== 'tool') || !isPlainObject(part)) return undefined
  const { type } = part
  if (typeof type !== 'string') return null
  const found = kind === 'tool' ? resources.find(type) : components.find(type)
  return found instanceof DefinitionError ? null : found.value
}

function readEntry(written: unknown, expected: string, path: DocumentPath, scope: HeldScope) {
  const { report, limits, usage } = scope
  usage.components++
  if (usage.components > limits.maxComponents) {
    const message = `With this one there are ${usage.components} components, more than the ${limits.maxComponents} of 'maxComponents'.`
    report.stop(message, path)
  }
  if (!isPlainObject(written)) {
    report.atValue('LOAD_PARAMETERS', `expected ${expected}, got ${describeValue(written)}.`, path)
    return undefined
  }
  report.atParts('LOAD_SHAPE', checkValue(heldShape, written), path)
  return written
}

/** The tool or toolset of a name: a resource of the file, or what a package registers. Undefined where the resource is faulty. */
export function toolNamed(
  name: string,
  { registry, resources }: Pick<HeldScope, 'registry' | 'resources'>,
): { readonly tool: Tool | Toolset | undefined } | { readonly fault: string } {
  const own = [...resources].filter(([, made]) => made === undefined || isTool(made) || isToolset(made))
  const ofFile = own.map(([resource]) => resource)
  if (resources.has(name)) {
    const made = resources.get(name)
    if (made === undefined || isTool(made) || isToolset(made)) return { tool: made }
    const others = ofFile.length === 0 ? '' : ` Those that are: ${listNames(ofFile)}.`
    return { fault: `The resource '${name}' (${typeOf(made)}) is neither a tool nor a toolset.${others}` }
  }
  const found = registry.tools.find(name)
  if (!(found instanceof DefinitionError)) return { tool: found.value }
  if (!(registry.resources.find(name) instanceof DefinitionError)) {
    return {
      fault: `'${name}' is a type. Write { type: ${name}, initParameters: … }, or the name of a resource of this file.`,
    }
  }
  if (ofFile.length === 0 || found.code === 'REGISTRY_AMBIGUOUS')
    return { fault: withWay(found, registry.tools) }
  const registered = registry.tools.names()
  const possible = `Registered: ${listNames(registered, 60)}. Resources of this file: ${listNames(ofFile, 60)}.`
  return {
    fault: `There is no tool or toolset '${name}'. ${possible}${didYouMean(name, [...registered, ...ofFile])}`,
  }
}

/** Why a name is not found; where nothing has a name, what to do. */
export function withWay({ message }: DefinitionError, table: NameTable<unknown>): string {
  return table.names().length > 0
    ? message
    : `${message} Add the package that has it with --package, in code to the registry.`
}
